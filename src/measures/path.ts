import { combine, type Expression } from '../engine/expression.js';
import type { QueryNode } from '../events/query.js';
import type { Period } from '../time/period.js';
import type { MeasureScope } from './measure.js';
import { rangeQuery } from './people.js';

/** People who do one event after another, in the periods from that of the first on. */
export interface Path {
  /** Names of events or segments, in their order. */
  readonly steps: readonly string[];
  /** How many periods after the first step the last may be taken. */
  readonly window: number;
  /** Whether a step counts only in a later period than the one before. */
  readonly isLater: boolean;
}

/** Who has taken a step 0, 1, … periods after entry; `undefined` if nobody can have. */
export type Reached = readonly (Expression | undefined)[];

/**
 * Who of those that enter in each of consecutive periods has taken each step, and by when: by entry, then by step. Whoever has
 * taken step i by period q had taken it a period before, or takes it in q and had taken the step before it.
 */
export function reach(scope: MeasureScope, path: Path, entries: readonly Period[]): Reached[][] {
  const { steps, window, isLater } = path;
  const did = steps.map((name, step) => {
    // Only the first step is asked for in every entry, and only later ones after the last entry.
    const periods = step === 0 ? entries : timelineOf(entries, window);
    return periods.map((period) => scope.set(name, period));
  });
  return entries.map((_, entry) => {
    const reached: Reached[] = [new Array<Expression>(window + 1).fill(did[0]![entry]!)];
    for (const sets of did.slice(1)) {
      const before = reached.at(-1)!;
      const made: (Expression | undefined)[] = [];
      for (let delay = 0; delay <= window; delay += 1) {
        const ready = before[isLater ? delay - 1 : delay];
        const now = ready && combine('and', [ready, sets[entry + delay]!]);
        const earlier = made[delay - 1];
        made.push(now && earlier ? combine('or', [earlier, now]) : (now ?? earlier));
      }
      reached.push(made);
    }
    return reached;
  });
}

/** The periods of entry, and those in which the last of them may still go on. */
function timelineOf(entries: readonly Period[], window: number): Period[] {
  const last = entries.at(-1)!;
  return [...entries, ...Array.from({ length: window }, (_, after) => last.delta(after + 1))];
}

/**
 * What asks for those who enter in a period and have taken a step so many periods later; `undefined` if nobody can have, or if
 * it would name more events than `most`. From the middle one of the steps on, there is a part for every period in which it may
 * be taken: so three or four steps take no more than a few events a period.
 */
export function pathQuery(
  scope: MeasureScope,
  { steps, isLater }: Path,
  entry: Period,
  step: number,
  delay: number,
  most: number,
): QueryNode | undefined {
  const gap = isLater ? 1 : 0;
  let events = 1;
  /** Steps `first` to `last`, from one period after entry to another. */
  const between = (first: number, last: number, from: number, to: number): QueryNode[] | undefined => {
    if (first > last) return [];
    if (to - from < (last - first) * gap || events > most) return undefined;
    if (first === last) {
      events += scope.isSegment(steps[first]!) ? to - from + 1 : 1;
      return [rangeQuery(scope, steps[first]!, entry.delta(from), entry.delta(to))];
    }
    const middle = (first + last) >> 1;
    const ways: QueryNode[] = [];
    for (let at = from; at <= to; at += 1) {
      const left = between(first, middle - 1, from, at - gap);
      const right = left && between(middle + 1, last, at + gap, to);
      if (right === undefined) continue;
      events += 1;
      const own = rangeQuery(scope, steps[middle]!, entry.delta(at));
      ways.push({ op: 'and', of: [...left!, own, ...right] });
    }
    if (ways.length === 0) return undefined;
    return ways.length === 1 && ways[0]!.op === 'and' ? [...ways[0]!.of] : [{ op: 'or', of: ways }];
  };
  const entered = rangeQuery(scope, steps[0]!, entry);
  const rest = between(1, step, gap, delay);
  if (rest === undefined || events > most) return undefined;
  return rest.length === 0 ? entered : { op: 'and', of: [entered, ...rest] };
}

/** The same of all who enter in any of consecutive periods. */
export function pathQueryOfAll(
  scope: MeasureScope,
  path: Path,
  entries: readonly Period[],
  step: number,
  delay: number,
  most: number,
): QueryNode | undefined {
  if (step === 0) return rangeQuery(scope, path.steps[0]!, entries[0]!, entries.at(-1));
  const each = Math.floor(most / entries.length);
  const ways: QueryNode[] = [];
  for (const entry of entries) {
    const way = pathQuery(scope, path, entry, step, delay, each);
    if (way === undefined) return undefined;
    ways.push(way);
  }
  return ways.length === 1 ? ways[0] : { op: 'or', of: ways };
}
