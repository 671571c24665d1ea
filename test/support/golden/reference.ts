import { createHash } from 'node:crypto';
import type { CohortArguments, Moment } from '../../../src/index.js';
import { readGolden, readGoldenJson } from './files.js';

/** The answers of the Python reference for four real data sets, and how its questions are asked here. */

export const DATA_SETS = ['git_express', 'git_redis', 'onlineretail', 'cdnow'];

export interface Golden {
  readonly meta: {
    readonly rows: number;
    readonly users: number;
    readonly handlers?: Record<string, Handler>;
  };
  readonly event_names: string[];
  readonly event_names_prefix: Record<string, string[]>;
  readonly counts: [kind: string, event: string, args: number[], count: number][];
  readonly cohorts: { readonly params: CohortParams; readonly percent: Row[]; readonly count: Row[] }[];
}

/** A custom handler of the reference: an expression over events in whatever period it is asked for. */
export type Handler =
  | { readonly period: string }
  | { readonly op: 'AND' | 'OR' | 'XOR' | 'NOT'; readonly args: Handler[] };

export type Row = [date: string, total: number, ...cells: (number | '')[]];

export interface CohortParams {
  readonly time_group: 'days' | 'weeks' | 'months' | 'years';
  readonly start_date: string | null;
  readonly num_results: number | string;
  readonly num_of_rows: number | string;
  readonly select1: string;
  readonly select1b: string | null;
  readonly select2: string;
  readonly select2b: string | null;
  readonly now: string | null;
}

export function readReference(name: string): Golden {
  return readGoldenJson<Golden>(`expected/${name}.json.gz`);
}

/** One line per key, as `describeKey` writes them, sorted. */
export function readKeys(name: string): string[] {
  return readGolden(`expected/${name}.keys.tsv.gz`).toString().trimEnd().split('\n').slice(1).sort();
}

/** The classic monthly retention matrix: per first month, how many came back in each month from then on. */
export function readRetention(name: string): { event: string; matrix: Record<string, number[]> } {
  return readGoldenJson(`expected/${name}.retention_months.json`);
}

export function describeKey(key: string, value: Uint8Array): string {
  let bits = 0;
  for (const byte of value) for (let rest = byte; rest > 0; rest &= rest - 1) bits++;
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 16);
  return [key, bits, value.length, hash].join('\t');
}

/** A period of the reference, given by the name of its class and its arguments, as ISO text. */
export function periodText(kind: string, args: readonly number[]): string {
  const [year, ...rest] = args.map((arg, index) => String(arg).padStart(index === 0 ? 4 : 2, '0'));
  switch (kind) {
    case 'UniqueEvents':
      return 'unique';
    case 'WeekEvents':
      return `${year}-W${rest[0]}`;
    case 'HourEvents':
      return `${year}-${rest[0]}-${rest[1]}T${rest[2]}`;
    default:
      return [year, ...rest].join('-');
  }
}

export function optionsOf(params: CohortParams): CohortArguments & { readonly now: Moment | undefined } {
  return {
    select1: params.select1,
    select1b: params.select1b ?? undefined,
    select2: params.select2,
    select2b: params.select2b ?? undefined,
    timeGroup: params.time_group,
    // The reference takes numbers as text too, as a form sends them.
    numResults: Number(params.num_results),
    numOfRows: Number(params.num_of_rows),
    startDate: params.start_date ?? undefined,
    now: params.now ?? undefined,
  };
}

/** A custom handler as the text of a segment. */
export function segmentText(handler: Handler): string {
  if ('period' in handler) return `"${handler.period}"@{period}`;
  const operands = handler.args.map((each) => `(${segmentText(each)})`);
  return handler.op === 'NOT'
    ? `~${operands[0]}`
    : operands.join({ AND: '&', OR: '|', XOR: '^' }[handler.op]);
}
