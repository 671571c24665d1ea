import { describe } from '../base/errors.js';
import { ID_LIMIT } from '../base/limits.js';
import type { IdRange } from '../engine/pieces.js';
import type { EvaluateOptions } from '../engine/question.js';
import { ALL_IDS, type Selection } from '../engine/ranks.js';
import type { Person } from '../store/people/types.js';
import type { RequestOptions } from '../store/types.js';
import { numberOf, type Scope } from './scope.js';

/** Which people of a set are meant, as options say it. */

/** Which people, in the order of their ids. */
export interface PeopleOptions extends EvaluateOptions {
  /** The smallest id that is wanted (default 0). Here and below, a text stands for its number. */
  readonly from?: Person | undefined;
  /** The largest id that is wanted (default 2^32 - 1). */
  readonly to?: Person | undefined;
  /** Only ids greater than this one: the last of the page before, say. */
  readonly after?: Person | undefined;
  /** How many of those ids to leave out first (default 0). */
  readonly offset?: number | undefined;
  /** How many ids to give at most, 1 or more. */
  readonly limit?: number | undefined;
}

/**
 * @param otherwise the limit, if nothing is said
 * @throws RangeError or TypeError for what is no id, offset or limit, and for a text that is unknown
 */
export async function selectionOf(
  scope: Scope,
  { offset = 0, limit, ...options }: PeopleOptions,
  otherwise: number,
): Promise<Selection> {
  const place = checkWhole('an offset', offset, 0);
  const most = Math.min(ID_LIMIT, checkWhole('a limit', limit ?? otherwise, 1));
  return { range: await rangeOf(scope, options), offset: place, limit: most };
}

async function rangeOf(
  scope: Scope,
  { from = ALL_IDS.first, to = ALL_IDS.last, after, ...options }: PeopleOptions,
): Promise<IdRange> {
  const first = await knownNumber(scope, from, options);
  const last = await knownNumber(scope, to, options);
  if (first > last) {
    throw new RangeError(
      `expected ids up to one that is no smaller than ${describe(from)}, got up to ${describe(to)}`,
    );
  }
  if (after === undefined) return { first, last };
  return { first: Math.max(first, (await knownNumber(scope, after, options)) + 1), last };
}

/**
 * The number of somebody who has one.
 * @throws RangeError for a text that is unknown: it has no place among others; TypeError or RangeError for what is no id
 */
export async function knownNumber(scope: Scope, person: Person, options?: RequestOptions): Promise<number> {
  const number = await numberOf(scope, person, options);
  if (number !== undefined) return number;
  throw new RangeError(`expected somebody who is known, got ${describe(person)}`);
}

/** @throws RangeError for what is no whole number of at least `least` */
export function checkWhole(what: string, number: number, least: number): number {
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new RangeError(
    `expected ${what} that is a whole number of at least ${least}, got ${describe(number)}`,
  );
}
