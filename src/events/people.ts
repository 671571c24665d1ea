import { describe } from '../base/errors.js';
import { ID_LIMIT } from '../base/limits.js';
import type { Expression } from '../engine/expression.js';
import { joinedPages } from '../engine/joining.js';
import type { EvaluateOptions } from '../engine/question.js';
import { ALL_IDS, countIn, eachId, endsOf, pageIn } from '../engine/ranks.js';
import { Sampler } from '../engine/sampling.js';
import type { Person } from '../store/people/types.js';
import { checkWhole, knownNumber, type PeopleOptions, selectionOf } from './selection.js';
import { type EventSet, expressionsOf } from './sets.js';

/** Who is in a set: pages, ranks, samples and joins, none of which makes a list of everybody. */

/** A page of people. */
export interface PeoplePage {
  /** Ascending. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Whether there are others behind the last of them. */
  readonly hasMore: boolean;
}

/** How people are drawn. */
export interface SampleOptions extends EvaluateOptions {
  /** Draws other people, an integer in [0, 2^32) (default 0). */
  readonly seed?: number | undefined;
}

/** The ends of a set. */
export interface Extent {
  /** The smallest id. */
  readonly min: number;
  /** The largest id. */
  readonly max: number;
}

/** A page of people, and what flags say of each. */
export interface JoinedPeople {
  /** At most 65,536 ids, ascending. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** Per flag as many numbers as there are ids: 1 for each person who has it, 0 for the others. */
  readonly flags: readonly Uint8Array<ArrayBuffer>[];
}

/** Of a page if nothing is said. */
const PAGE_LIMIT = 100;

/**
 * Some people of a set in the order of their ids, 100 unless told otherwise. A page at an offset is counted up to, a page after
 * an id begins there; of neither, what lies behind is read. A budget (`maxBytes`) is for the set from `after` or `from` on.
 * @throws RangeError or TypeError for what is no id, offset or limit, and for a text that is unknown
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { pageOf } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('web', [5, 6, 7, 8]);
 * const { ids, hasMore } = await pageOf(bitmapist.unique('web'), { after: 5, limit: 2 });
 * console.log([...ids], hasMore); // [ 6, 7 ] true
 */
export async function pageOf(set: EventSet, options: PeopleOptions = {}): Promise<PeoplePage> {
  const expression = expressionOf(set);
  const selection = await selectionOf(set.scope, options, PAGE_LIMIT);
  return pageIn(expression, selection, optionsOf(set, options));
}

/**
 * How many people of a set have a smaller id than this one, which need not be in it: its place in the set, from 0.
 * @param id an integer in [0, 2^32), or a text that is known
 * @throws RangeError for a text that is unknown
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { rankOf } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('web', [5, 6, 70_000]);
 * console.log(await rankOf(bitmapist.unique('web'), 70_000)); // 2
 */
export async function rankOf(set: EventSet, id: Person, options?: EvaluateOptions): Promise<number> {
  const expression = expressionOf(set);
  const below = { first: 0, last: (await knownNumber(set.scope, id, options)) - 1 };
  return countIn(expression, below, optionsOf(set, options));
}

/**
 * The person at a place of a set, counted from 0 in the order of ids; `undefined` if the set has no more people than that.
 * @param rank a whole number of at least 0
 * @throws RangeError for any other number
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { idAt } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('web', [5, 6, 70_000]);
 * console.log(await idAt(bitmapist.unique('web'), 2)); // 70000
 */
export async function idAt(
  set: EventSet,
  rank: number,
  options?: EvaluateOptions,
): Promise<number | undefined> {
  const selection = { range: ALL_IDS, offset: checkWhole('a rank', rank, 0), limit: 1 };
  const { ids } = await pageIn(expressionOf(set), selection, optionsOf(set, options));
  return ids[0];
}

/**
 * So many people of a set drawn at random, ascending: every choice of them is as likely as any other; all of them if there are
 * no more. The same seed draws the same people, however the set is read. If the set grows, a sample keeps all but those who are
 * pushed out by somebody new; those of it who are in a smaller set are in that set's sample too.
 *
 * The seed shuffles all 2^32 ids, by the finaliser of MurmurHash3 run twice with keys made of the seed; the sample are those of
 * the set who come first. It is read once.
 * @param size a whole number of at least 1
 * @throws RangeError for another size or seed
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { sampleOf } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('web', Array.from({ length: 1000 }, (_, id) => id));
 * console.log([...(await sampleOf(bitmapist.unique('web'), 3, { seed: 7 }))]); // [ 32, 100, 144 ]
 */
export async function sampleOf(
  set: EventSet,
  size: number,
  options: SampleOptions = {},
): Promise<Uint32Array<ArrayBuffer>> {
  const { seed = 0 } = options;
  if (!(Number.isInteger(seed) && seed >= 0 && seed < ID_LIMIT)) {
    throw new RangeError(`expected a seed that is a whole number in [0, 2^32), got ${describe(seed)}`);
  }
  const sampler = new Sampler(checkWhole('the size of a sample', size, 1), seed);
  await eachId(expressionOf(set), optionsOf(set, options), (ids) => sampler.add(ids));
  return sampler.ids();
}

/**
 * The smallest and the largest id of a set, found from either end; `undefined` if it is empty.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { extentOf } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('web', [5, 6, 70_000]);
 * console.log(await extentOf(bitmapist.unique('web'))); // { min: 5, max: 70000 }
 */
export async function extentOf(set: EventSet, options?: EvaluateOptions): Promise<Extent | undefined> {
  const ends = await endsOf(expressionOf(set), optionsOf(set, options));
  return ends && { min: ends.first, max: ends.last };
}

/**
 * The ids of a set from one to another, both included, ascending, in pages of at most 65,536. Nothing else is read.
 * @param from an integer in [0, 2^32), or a text that is known
 * @param to no smaller than `from`
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { idsBetween } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('web', [5, 6, 7, 70_000]);
 * for await (const ids of idsBetween(bitmapist.unique('web'), 6, 1000)) console.log([...ids]); // [ 6, 7 ]
 */
export async function* idsBetween(
  set: EventSet,
  from: Person,
  to: Person,
  options?: EvaluateOptions,
): AsyncGenerator<Uint32Array<ArrayBuffer>, void, undefined> {
  for await (const { ids } of joinFlags(set, [], { ...options, from, to })) yield ids;
}

/**
 * The people of a set, all or some, in pages of at most 65,536, with a column for each of other sets: whether they are in it.
 * Every key is read once, however many sets it occurs in. A flag counts as `set.and(flag)`, so that `~foo` is true of everybody
 * in the set who is not in foo.
 * @param flags sets of any kind, of any stores
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { joinFlags } from 'bitmapist-wasm/people';
 *
 * const bitmapist = new Bitmapist();
 * await bitmapist.markUnique('web', [5, 6, 7]);
 * await bitmapist.markUnique('pro', [6, 9]);
 * for await (const { ids, flags: [pro] } of joinFlags(bitmapist.unique('web'), [bitmapist.unique('pro')])) {
 *   console.log([...ids], [...pro!]); // [ 5, 6, 7 ] [ 0, 1, 0 ]
 * }
 */
export async function* joinFlags(
  set: EventSet,
  flags: readonly EventSet[],
  options: PeopleOptions = {},
): AsyncGenerator<JoinedPeople, void, undefined> {
  const expression = expressionOf(set);
  const selection = await selectionOf(set.scope, options, ID_LIMIT);
  const pages = joinedPages(expression, expressionsOf(flags), selection, optionsOf(set, options));
  for await (const { ids, columns } of pages) yield { ids, flags: columns };
}

function expressionOf(set: EventSet): Expression {
  return expressionsOf([set])[0]!;
}

/** Those of the set's instance, unless the call says otherwise. */
function optionsOf({ scope }: EventSet, options: EvaluateOptions | undefined): EvaluateOptions {
  return { ...scope.defaults, ...options };
}
