import { checkId } from '../base/id.js';
import {
  atLeast,
  bitmap,
  checkBitmaps,
  combine,
  complement,
  type Expression,
  exactly,
} from '../engine/expression.js';
import type { WindowedOptions } from '../engine/question.js';
import { takeApart } from '../engine/taking.js';
import { checkEventName, isStoredResult, periodKey, uniqueKey } from '../names/keys.js';
import type { People, Person } from '../store/people/types.js';
import type { RequestOptions, Store } from '../store/types.js';
import { cover } from '../time/cover.js';
import type { Moment } from '../time/moment.js';
import { Period } from '../time/period.js';
import type { CurrentPeriod, PeriodRange, QueryEvent, QueryNode, QueryPeriod } from './query.js';
import type { Segments } from './segments.js';

/** What the event sets of one `Bitmapist` have in common, and how names and periods become expressions over its keys. */
export interface Scope {
  /** Where results are stored and events are read. */
  readonly store: Store;
  /** Who is known by which text, if people have texts. */
  readonly people?: People | undefined;
  /** What keys begin with. */
  readonly prefix: string;
  /** IANA name. */
  readonly timeZone: string;
  /** @internal */
  readonly segments: Segments;
  /** Keys of results that were stored through this instance. */
  readonly storedKeys: Set<string>;
  /** Options of every question, unless a call says otherwise. */
  readonly defaults: WindowedOptions;
  /** What time it is. */
  now(): Moment;
}

/**
 * The set of an event, or of a segment, in a period, or of its dateless flag.
 * @param last what a range ends with that `period` begins
 * @throws RangeError for a segment in a range: its `{period}` stands for a single one
 */
export function eventExpression(
  scope: Scope,
  name: string,
  period: Period | 'unique',
  last: Period | 'unique' = period,
): Expression {
  if (scope.segments.has(name)) {
    if (last === period) return scope.segments.expressionOf(name, period);
    throw new RangeError(
      `expected a single period of the segment ${JSON.stringify(name)}, got the range ${period}..${last}`,
    );
  }
  const keys = eventKeys(scope, name, period, last);
  return combine(
    'or',
    keys.map((key) => bitmap(scope.store, key)),
  );
}

/** The keys of an event from a period to another: the fewest that hold its marks. Of a quarter or a year, those of its months. */
export function eventKeys(
  { prefix }: Scope,
  event: string,
  period: Period | 'unique',
  last: Period | 'unique' = period,
): string[] {
  checkEventName(event);
  if (period === 'unique' || last === 'unique') return [uniqueKey(prefix, event)];
  if (!(period instanceof Period)) throw new TypeError(`expected a Period, got ${String(period)}`);
  return cover(period, last).map((each) => periodKey(prefix, event, each));
}

/**
 * Refuses names that cannot be marked, since nobody would find the marks: those of segments, and those whose keys would be
 * taken for stored results. Returns it otherwise.
 */
export function checkMarkable({ prefix, segments }: Scope, event: unknown): string {
  const name = checkEventName(event);
  if (segments.has(name)) {
    throw new RangeError(`expected the name of an event to mark, got the segment ${JSON.stringify(name)}`);
  }
  if (isStoredResult(prefix, `${prefix}${name}_`)) {
    throw new RangeError(
      `expected the name of an event to mark, got ${JSON.stringify(name)}, as stored results are called`,
    );
  }
  return name;
}

/**
 * The number of somebody; `undefined` for a text that is unknown, which does not get one by that.
 * @throws TypeError or RangeError for what is nobody's number or text
 */
export async function numberOf(
  { people }: Scope,
  person: Person,
  options?: RequestOptions,
): Promise<number | undefined> {
  if (typeof person !== 'string' || people === undefined) return checkId(person);
  return (await people.numbersOf([person], options))[0];
}

/**
 * The set that a parsed expression text describes.
 * @param placeholder what `@{period}` stands for
 * @throws RangeError for a set of too many bitmaps, those of its segments included
 */
export function queryExpression(scope: Scope, node: QueryNode, placeholder?: Period | 'unique'): Expression {
  // Segments may be long and named often: each is made once per period.
  const made = new Map<string, Expression>();
  let bitmaps = 0;
  const eventOf = ({ event, period }: QueryEvent): Expression => {
    const [first, last] = resolvePeriod(scope, period, placeholder);
    const name = `${first}..${last}@${event}`;
    let expression = made.get(name);
    if (expression === undefined) {
      expression = eventExpression(scope, event, first, last);
      made.set(name, expression);
      bitmaps = checkBitmaps(
        bitmaps + (expression.kind === 'bitmap' ? 1 : takeApart([expression]).bitmaps.length),
      );
    }
    return expression;
  };
  const expressionOf = (part: QueryNode): Expression => {
    if (part.op === 'event') return eventOf(part);
    if (part.op === 'not') return complement(expressionOf(part.of));
    const operands = part.of.map(expressionOf);
    if (part.op === 'atLeast') return atLeast(part.k, operands);
    return part.op === 'exactly' ? exactly(part.k, operands) : combine(part.op, operands);
  };
  return expressionOf(node);
}

/** A period, or a range of them, as of a moment: `day-1` is the day before it. */
export function asOf(
  period: Period | CurrentPeriod | PeriodRange,
  now: Moment,
  timeZone: string,
): Period | { readonly from: Period; readonly to: Period } {
  const resolve = (end: Period | CurrentPeriod): Period =>
    end instanceof Period ? end : Period.of(end.unit, now, timeZone).delta(-end.back);
  return period instanceof Period || 'unit' in period
    ? resolve(period)
    : { from: resolve(period.from), to: resolve(period.to) };
}

/** What a period, or a range of them, begins and ends with. */
function resolvePeriod(
  scope: Scope,
  period: QueryPeriod,
  placeholder: Period | 'unique' | undefined,
): [first: Period | 'unique', last: Period | 'unique'] {
  if (period === '{period}') {
    if (placeholder === undefined) {
      throw new RangeError('expected a period, got the placeholder {period}, which only a segment can fill');
    }
    return [placeholder, placeholder];
  }
  if (period === 'unique') return [period, period];
  const resolved = asOf(period, scope.now(), scope.timeZone);
  if (resolved instanceof Period) return [resolved, resolved];
  const [first, last] = [resolved.from, resolved.to];
  if (first.startHour < last.endHour) return [first, last];
  throw new RangeError(`expected a range that ends after it starts, got ${first}..${last}`);
}
