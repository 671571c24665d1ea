import { createHash } from 'node:crypto';
import { type Bitmapist, type EventSet, formatQuery, Period, type QueryNode } from '../../../src/index.js';
import { readGoldenJson } from './files.js';

/** Combinations of sets that the Python reference was asked for, and how they are asked for here. */

export interface Bitop {
  readonly expr: Node;
  readonly count: number;
  readonly has_events_marked: boolean;
  readonly strlen: number;
  readonly value_sha256: string;
  readonly ids_sha256: string;
  readonly contains: Record<string, boolean>;
}

interface Leaf {
  readonly cls: keyof typeof UNITS | 'UniqueEvents';
  readonly event: string;
  readonly args: readonly number[];
}

export type Node = Leaf | { readonly op: 'AND' | 'OR' | 'XOR' | 'NOT'; readonly args: readonly Node[] };

const UNITS = {
  YearEvents: Period.year,
  MonthEvents: Period.month,
  WeekEvents: Period.week,
  DayEvents: Period.day,
  HourEvents: Period.hour,
} as const;

export function readBitops(name: string): Bitop[] {
  return readGoldenJson<{ bitops: Bitop[] }>(`expected/${name}.json.gz`).bitops;
}

/** Everything that the reference says of a combination. */
export async function answerOf(set: EventSet, candidates: readonly number[]) {
  const contains: Record<string, boolean> = {};
  for (const id of candidates) contains[id] = await set.has(id);
  return {
    contains,
    count: await set.count(),
    hasAny: await set.hasEventsMarked(),
    ids: [...(await set.ids())],
    bytes: await set.bytes(),
  };
}

/** A combination by the methods of event sets. */
export function setOf(analytics: Bitmapist, node: Node): EventSet {
  if ('cls' in node) {
    const period = periodOf(node);
    return period === 'unique'
      ? analytics.unique(node.event)
      : analytics.events(node.event, period.unit, period);
  }
  const [first, ...others] = node.args.map((each) => setOf(analytics, each));
  switch (node.op) {
    case 'AND':
      return first!.and(...others);
    case 'OR':
      return first!.or(...others);
    case 'XOR':
      return first!.xor(...others);
    case 'NOT':
      return first!.not();
  }
}

/** A combination as expression text. */
export function textOf(node: Node): string {
  return formatQuery(queryOf(node));
}

function queryOf(node: Node): QueryNode {
  if ('cls' in node) return { op: 'event', event: node.event, period: periodOf(node) };
  const of = node.args.map(queryOf);
  if (node.op === 'NOT') return { op: 'not', of: of[0]! };
  return of.length === 1 ? of[0]! : { op: node.op.toLowerCase() as 'and' | 'or' | 'xor', of };
}

function periodOf({ cls, args }: Leaf): Period | 'unique' {
  return cls === 'UniqueEvents' ? 'unique' : (UNITS[cls] as (...parts: readonly number[]) => Period)(...args);
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
