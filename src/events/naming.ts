/** People's texts where events have numbers: looked up before bits are written, and given back with pages of ids. */

import { ID_LIMIT } from '../base/limits.js';
import type { Expression } from '../engine/expression.js';
import { joinedPages } from '../engine/joining.js';
import type { People, Person } from '../store/people/types.js';
import type { BitWrite, RequestOptions } from '../store/types.js';
import type { Scope } from './scope.js';
import { type PeopleOptions, selectionOf } from './selection.js';

/** A write of which some people may still be texts. */
export interface PersonWrite extends Omit<BitWrite, 'ids'> {
  readonly ids: ArrayLike<Person>;
}

/**
 * The writes with numbers in place of texts: those of bits that are set are given one if they have none, those of bits that
 * are cleared are left out then.
 */
export async function numberWrites(
  people: People,
  writes: readonly PersonWrite[],
  options: RequestOptions | undefined,
): Promise<BitWrite[]> {
  const marked = textsIn(writes.filter(({ value }) => value === 1));
  const given = marked.length > 0 ? await people.numbersFor(marked, options) : [];
  const numbers = new Map<string, number | undefined>(marked.map((text, index) => [text, given[index]!]));
  const unmarked = textsIn(writes).filter((text) => !numbers.has(text));
  const found = unmarked.length > 0 ? await people.numbersOf(unmarked, options) : [];
  for (const [index, text] of unmarked.entries()) numbers.set(text, found[index]);
  // Several writes are of the same people.
  const numbered = new Map<ArrayLike<Person>, ArrayLike<number>>();
  return writes.map(({ key, ids, value }) => {
    let all = numbered.get(ids);
    if (all === undefined) {
      all = ids instanceof Uint32Array ? ids : knownIn(ids, numbers);
      numbered.set(ids, all);
    }
    return { key, ids: all, value };
  });
}

function knownIn(ids: ArrayLike<Person>, numbers: ReadonlyMap<string, number | undefined>): number[] {
  const all = Array.from(ids, (id) => (typeof id === 'string' ? numbers.get(id) : id));
  return all.filter((id) => id !== undefined);
}

/** Each once. */
function textsIn(writes: readonly PersonWrite[]): string[] {
  const texts = new Set<string>();
  for (const ids of new Set(writes.map(({ ids }) => ids))) {
    if (ids instanceof Uint32Array) continue;
    for (let at = 0; at < ids.length; at++) {
      const id = ids[at]!;
      if (typeof id === 'string') texts.add(id);
    }
  }
  return [...texts];
}

/** Who is in a set, in the order of their numbers: texts, and numbers that have none. */
export async function* peopleIn(
  scope: Scope,
  expression: Expression,
  options: PeopleOptions,
): AsyncGenerator<Person[], void, undefined> {
  const selection = await selectionOf(scope, options, ID_LIMIT);
  for await (const { ids } of joinedPages(expression, [], selection, options)) {
    const texts = await scope.people?.textsOf(ids, options);
    yield Array.from(ids, (id, index) => texts?.[index] ?? id);
  }
}
