import type { Moment } from '../time/moment.js';
import { Period } from '../time/period.js';
import type { Field } from './field.js';
import type { MeasureScope } from './measure.js';
import { join, type People, peopleOf, shortQuery } from './people.js';
import { firstIn, isGiven, MAX_PERIODS } from './range.js';

/** Who did something before: what a first time is told by. */

/** How far back a first time is looked for. */
export interface HistoryArguments {
  /**
   * A moment of the day, or the text of a period, with which history begins: who did something before it counts as one who never
   * did (default: the first key).
   */
  readonly historyStart?: Moment | undefined;
}

/** The field of `HistoryArguments`. */
export function historyField(group: string): Field<keyof HistoryArguments> {
  return {
    kind: 'date',
    name: 'historyStart',
    label: 'History begins',
    help: 'where history begins, a date or a period; what was before does not count (default: with the first key)',
    group,
    optional: true,
  };
}

/**
 * Who did an event before each of consecutive periods, since its history begins; `undefined` before it does. The time before
 * the first of them is read as the fewest keys there are, and each further period costs one OR.
 * @throws RangeError for more than 10,000 periods of a segment
 * @param given where history begins; if it is missing, the scope has to know the first period of the event
 */
export function peopleBefore(
  scope: MeasureScope,
  name: string,
  periods: readonly Period[],
  given: Moment | undefined,
): (People | undefined)[] {
  const begin = beginOf(scope, name, periods[0]!, given);
  if (begin !== undefined && scope.isSegment(name)) checkLength(Period.count(begin, periods.at(-1)!));
  const groups: (People | undefined)[] = [];
  for (const [at, period] of periods.entries()) {
    const before = period.prev();
    const known = groups[at - 1];
    if (begin === undefined || begin.startHour >= period.startHour) groups.push(undefined);
    else if (known === undefined) groups.push(peopleOf(scope, name, begin, before));
    else {
      const { set } = join('or', [known, peopleOf(scope, name, before)]);
      groups.push({ set, query: shortQuery(scope, name, begin, before) });
    }
  }
  return groups;
}

/** Of a segment every period is asked for, and named: a stranger's address must not ask for the hours since the year 1. */
function checkLength(count: number): void {
  if (count <= MAX_PERIODS) return;
  throw new RangeError(`expected a history of at most ${MAX_PERIODS} periods of a segment, got ${count}`);
}

/** With which period history begins: a month holds what was before the first key as well, and is fewer keys than its days. */
function beginOf(
  scope: MeasureScope,
  name: string,
  shown: Period,
  given: Moment | undefined,
): Period | undefined {
  const { unit } = shown;
  const isSegment = scope.isSegment(name);
  if (isGiven(given)) {
    const finest = isSegment ? unit : unit === 'hour' ? 'hour' : 'day';
    return firstIn(finest, given, scope.timeZone);
  }
  const first = scope.firstPeriod(name);
  if (first !== undefined) return Period.at(isSegment ? unit : 'month', first.startHour);
  // Segments of flags alone have no beginning: whoever is of one was so in the period before.
  return isSegment ? shown.prev() : undefined;
}
