import { bitmap, type Expression } from '../../../src/engine/expression.js';
import type { Ask, Counts, MeasureScope } from '../../../src/measures/measure.js';
import type { Store } from '../../../src/store/types.js';
import type { Moment } from '../../../src/time/moment.js';

/** Nobody reads from it. */
const nowhere = {} as Store;

export interface ScopeOptions {
  readonly now?: Moment;
  readonly timeZone?: string;
}

/** A scope whose sets are called as in expression texts: `signup@2026-11`. */
export function scopeOf({ now = '2026-03-17T12:00:00Z', timeZone = 'UTC' }: ScopeOptions = {}): MeasureScope {
  return {
    now,
    timeZone,
    set: (name, period) => bitmap(nowhere, `${name}@${period}`),
    query: (text) => bitmap(nowhere, text),
  };
}

export type Ids = Readonly<Record<string, readonly number[]>>;

/** What an engine would count, from ids by name. */
export function countsOf({ sets, pairs = [] }: Ask<unknown>, ids: Ids): Counts {
  const counted = sets.map((set) => idsOf(set, ids));
  return {
    sets: counted.map(({ length }) => length),
    pairs: pairs.map(([a, b]) => counted[a]!.filter((id) => counted[b]!.includes(id)).length),
  };
}

/** An expression as text, to compare. */
export function textOf(expression: Expression): string {
  if (expression.kind === 'bitmap') return expression.key;
  if (!('operands' in expression)) throw new Error(`expected a join, got ${expression.kind}`);
  return expression.operands.map(textOf).join(expression.kind === 'and' ? ' & ' : ' | ');
}

function idsOf(expression: Expression, ids: Ids): readonly number[] {
  if (expression.kind === 'bitmap') return ids[expression.key] ?? [];
  if (!('operands' in expression)) throw new Error(`expected a join, got ${expression.kind}`);
  const sets = expression.operands.map((operand) => idsOf(operand, ids));
  if (expression.kind === 'or') return [...new Set(sets.flat())];
  return sets.reduce((both, set) => both.filter((id) => set.includes(id)));
}
