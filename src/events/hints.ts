import { Period } from '../time/period.js';
import type { QueryEvent, QueryNode, QueryPeriod } from './query.js';

/** Names in a question that nobody has: its answer is 0 then, and a sentence beside it says why. */

/**
 * Every `event@PERIOD` of a parsed expression, from left to right.
 * @example
 * import { parseQuery, queryEvents } from 'bitmapist-wasm';
 * const events = Array.from(queryEvents(parseQuery('signup@week & ~pro@unique')), ({ event }) => event);
 * console.log(events.join(' and ')); // signup and pro
 */
export function* queryEvents(query: QueryNode): Generator<QueryEvent, void, undefined> {
  if (query.op === 'event') yield query;
  else for (const operand of query.op === 'not' ? [query.of] : query.of) yield* queryEvents(operand);
}

/**
 * Whether hours must be marked to answer a period of a parsed expression.
 * @example
 * import { needsHours, Period } from 'bitmapist-wasm';
 * console.log(needsHours({ from: Period.parse('2026-11-22T13'), to: { unit: 'day', back: 0 } })); // true
 */
export function needsHours(period: QueryPeriod): boolean {
  if (typeof period === 'string') return false;
  const ends = period instanceof Period || 'unit' in period ? [period] : [period.from, period.to];
  return ends.some(({ unit }) => unit === 'hour');
}

/**
 * A sentence for each name that is asked for and not known, such as `no event "sigup" here; did you mean "signup"?`.
 * @param known names of events, and of segments if they can be asked for
 * @example
 * import { noteUnknownNames } from 'bitmapist-wasm';
 * console.log(noteUnknownNames(['sigup'], ['active', 'signup'])[0]); // no event "sigup" here; did you mean "signup"?
 */
export function noteUnknownNames(asked: Iterable<string>, known: Iterable<string>): string[] {
  const names = known instanceof Set ? (known as ReadonlySet<string>) : new Set(known);
  return [...new Set(asked)]
    .filter((name) => !names.has(name))
    .map((name) => {
      const nearest = nearestName(name, names);
      const hint = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`;
      return `no event ${JSON.stringify(name)} here${hint}`;
    });
}

/** Of a name, this share may be mistyped, and never more than so many characters. */
const MAX_SHARE = 0.4;
const MAX_DISTANCE = 3;

/** The name that takes the fewest changes, capitals aside; `undefined` if none is near. */
function nearestName(name: string, known: Iterable<string>): string | undefined {
  const asked = fold(name);
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const folded = fold(candidate);
    const length = Math.max(asked.length, folded.length);
    const most = Math.min(MAX_DISTANCE, Math.floor(length * MAX_SHARE), least - 1);
    if (Math.abs(asked.length - folded.length) > most) continue;
    const changes = changesBetween(asked, folded, most);
    if (changes > most) continue;
    nearest = candidate;
    least = changes;
  }
  return nearest;
}

/**
 * Characters to insert, remove or replace to make one text of another (Levenshtein), if they are at most `most`; otherwise
 * some larger number. Only the places of the table that far from its diagonal can tell.
 */
function changesBetween(a: string, b: string, most: number): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const from = Math.max(1, row - most);
    const to = Math.min(b.length, row + most);
    const changes: number[] = [];
    changes[from - 1] = from === 1 ? row : most + 1;
    for (let column = from; column <= to; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      changes[column] = Math.min(replaced, changes[column - 1]! + 1, (above[column] ?? most) + 1);
    }
    above = changes;
  }
  return above[b.length]!;
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
