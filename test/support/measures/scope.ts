import {
  bitmap,
  type CombinedExpression,
  type Expression,
  type ThresholdExpression,
} from '../../../src/engine/expression.js';
import type { Ask, Counts, MeasureScope } from '../../../src/measures/measure.js';
import type { Store } from '../../../src/store/types.js';
import type { Moment } from '../../../src/time/moment.js';
import { Period } from '../../../src/time/period.js';

const SIGNS = { and: '&', or: '|', xor: '^', andNot: '& ~', atLeast: 'at least' };

/** Nobody reads from it. */
const nowhere = {} as Store;

export interface ScopeOptions {
  readonly now?: Moment;
  readonly timeZone?: string;
  /** Names of segments. */
  readonly segments?: readonly string[];
  /** The first period of each event. */
  readonly firsts?: Readonly<Record<string, string>>;
}

/** A scope whose sets are called as in expression texts: `signup@2026-11`. */
export function scopeOf({
  now = '2026-03-17T12:00:00Z',
  timeZone = 'UTC',
  segments = [],
  firsts = {},
}: ScopeOptions = {}): MeasureScope {
  return {
    now,
    timeZone,
    set: (name, period, last) => bitmap(nowhere, `${name}@${period}${last === undefined ? '' : `..${last}`}`),
    query: (text, period) => bitmap(nowhere, text.replaceAll('{period}', String(period))),
    isSegment: (name) => segments.includes(name),
    firstPeriod: (name) => (firsts[name] === undefined ? undefined : Period.parse(firsts[name])),
    names: Object.keys(firsts).sort(),
  };
}

export type Ids = Readonly<Record<string, readonly number[]>>;

/** What an engine would count, from ids by name. */
export function countsOf({ sets, pairs = [] }: Ask<unknown>, ids: Ids): Counts {
  const known = new Map<Expression, readonly number[]>();
  const counted = sets.map((set) => idsOf(set, ids, known));
  return {
    sets: counted.map(({ length }) => length),
    pairs: pairs.map(([a, b]) => counted[a]!.filter((id) => counted[b]!.includes(id)).length),
  };
}

/** An expression as text, to compare. */
export function textOf(expression: Expression): string {
  if (expression.kind === 'bitmap') return expression.key;
  if (!('operands' in expression)) throw new Error(`expected a join, got ${expression.kind}`);
  return expression.operands.map(textOf).join(` ${SIGNS[expression.kind]} `);
}

/** Sets share what they are made of, which is worked out once. */
function idsOf(
  expression: Expression,
  ids: Ids,
  known: Map<Expression, readonly number[]>,
): readonly number[] {
  if (expression.kind === 'bitmap') return ids[expression.key] ?? [];
  let found = known.get(expression);
  if (found === undefined) {
    if (!('operands' in expression)) throw new Error(`expected a join, got ${expression.kind}`);
    found = joined(
      expression,
      expression.operands.map((operand) => idsOf(operand, ids, known)),
    );
    known.set(expression, found);
  }
  return found;
}

function joined(
  expression: CombinedExpression | ThresholdExpression,
  sets: readonly (readonly number[])[],
): readonly number[] {
  const all = [...new Set(sets.flat())];
  const timesOf = (id: number): number => sets.filter((set) => set.includes(id)).length;
  switch (expression.kind) {
    case 'and':
      return all.filter((id) => timesOf(id) === sets.length);
    case 'or':
      return all;
    case 'xor':
      return all.filter((id) => timesOf(id) % 2 === 1);
    case 'andNot':
      return sets[0]!.filter((id) => timesOf(id) === 1);
    case 'atLeast':
      return all.filter((id) => timesOf(id) >= expression.k);
  }
}
