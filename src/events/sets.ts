import { countSets } from '../engine/answers.js';
import { bitmap, type Combination, combine, complement, type Expression } from '../engine/expression.js';
import type { EvaluateOptions } from '../engine/question.js';
import { sameExpression } from '../engine/taking.js';
import type { Person } from '../store/people/types.js';
import type { PutOptions, RequestOptions } from '../store/types.js';
import type { Period } from '../time/period.js';
import { eventExpression, numberOf, type Scope } from './scope.js';
import type { PeopleOptions } from './selection.js';

/**
 * A set of ids: the users who did something, or a combination of such sets. It is lazy: nothing is read until a question
 * is asked, and asking again reads again. Sets of different instances and stores may be combined.
 */
export class EventSet implements AsyncIterable<number> {
  /** The set as data. */
  readonly expression: Expression;
  /** @internal */
  readonly scope: Scope;

  /** @internal */
  constructor(scope: Scope, expression: Expression) {
    this.scope = scope;
    this.expression = expression;
  }

  /**
   * The number of ids (the reference's `get_count`, `len`).
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * console.log(await bitmapist.unique('web').count()); // 2
   */
  async count(options?: EvaluateOptions): Promise<number> {
    const { sets } = await countSets({ sets: [this.expression] }, this.#with(options));
    return sets[0]!;
  }

  /**
   * Whether somebody belongs to the set (the reference's `in`); reads one byte per bitmap.
   * @param id an integer in [0, 2^32), or a text if the instance has `people`; nobody if it is unknown
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * console.log(await bitmapist.unique('web').has(2)); // true
   */
  async has(id: Person, options?: EvaluateOptions): Promise<boolean> {
    const number = await numberOf(this.scope, id, options);
    return number !== undefined && (await membership()).hasId(this.expression, number, this.#with(options));
  }

  /**
   * Whether the set has any id; stops reading at the first.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * console.log(await bitmapist.unique('web').hasEventsMarked()); // true
   */
  async hasEventsMarked(options?: EvaluateOptions): Promise<boolean> {
    return (await membership()).hasIds(this.expression, this.#with(options));
  }

  /**
   * All ids, ascending: 4 bytes each. For sets that may be huge, iterate or use `pages`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * console.log(await bitmapist.unique('web').ids()); // Uint32Array(2) [ 1, 2 ]
   */
  async ids(options?: EvaluateOptions): Promise<Uint32Array<ArrayBuffer>> {
    return (await contents()).idsOf(this.expression, this.#with(options));
  }

  /**
   * The ids, ascending, in pages of at most 65,536.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * for await (const page of bitmapist.unique('web').pages()) console.log(page); // Uint32Array(2) [ 1, 2 ]
   */
  async *pages(options?: EvaluateOptions): AsyncGenerator<Uint32Array<ArrayBuffer>, void, undefined> {
    yield* (await contents()).pagesOf(this.expression, this.#with(options));
  }

  /**
   * Who is in the set, in the order of their numbers and in pages of at most 65,536: texts, and the numbers of those who have
   * none. Everybody unless told otherwise.
   * @throws RangeError for an unknown text as `from`, `to` or `after`
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * import { MemoryPeople } from 'bitmapist-wasm/people';
   *
   * const bitmapist = new Bitmapist({ people: new MemoryPeople() });
   * await bitmapist.markUnique('web', ['u_8f3a', 'u_77b0', 'u_0c41']);
   * for await (const page of bitmapist.unique('web').people({ after: 'u_8f3a' })) console.log(page); // [ 'u_77b0', 'u_0c41' ]
   */
  async *people(options?: PeopleOptions): AsyncGenerator<Person[], void, undefined> {
    const { peopleIn } = await import('./naming.js');
    yield* peopleIn(this.scope, this.expression, this.#with(options));
  }

  /** The ids, ascending, one by one; read in pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, undefined> {
    for await (const page of this.pages()) yield* page;
  }

  /**
   * The set as a Redis string: bit n is bit `0x80 >> (n & 7)` of byte `n >> 3`; as long as its longest operand.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * console.log(await bitmapist.unique('web').bytes()); // Uint8Array(1) [ 96 ]
   */
  async bytes(options?: EvaluateOptions): Promise<Uint8Array<ArrayBuffer>> {
    return (await contents()).bytesOf(this.expression, this.#with(options));
  }

  /**
   * Reads the set once, for many questions: the result lives in this process, compressed, and no longer changes.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * const loaded = await bitmapist.unique('web').load();
   * await bitmapist.markUnique('web', 3);
   * console.log(await loaded.count()); // 2
   */
  async load(options?: EvaluateOptions): Promise<EventSet> {
    const { loadExpression } = await import('./loading.js');
    return new EventSet(this.scope, await loadExpression(this.expression, this.#with(options)));
  }

  /**
   * Stores the set in Redis under the key that the reference gives such a combination (`trackist_bitop_AND_…`), for others
   * to read. `deleteRuntimeBitopKeys` of the instance deletes it.
   * @param options `ttlSeconds` until the store forgets it, an hour by default
   * @throws RangeError for a single bitmap, which has its key already, and for sets of other stores or loaded ones, which
   * have none here
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.markUnique('phone', [2, 3]);
   * const either = bitmapist.unique('web').or(bitmapist.unique('phone'));
   * const stored = await either.storeResult({ ttlSeconds: 60 });
   * console.log(stored.key); // trackist_bitop_OR_trackist_web_u-trackist_phone_u
   */
  async storeResult(options: EvaluateOptions & PutOptions = {}): Promise<StoredEvents> {
    // Loaded when first asked: few store results.
    const { storeResult } = await import('./results.js');
    return new StoredEvents(this.scope, await storeResult(this.scope, this.expression, this.#with(options)));
  }

  /**
   * Ids that are in this set and in all others.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.markUnique('phone', [2, 3]);
   * const [web, phone] = [bitmapist.unique('web'), bitmapist.unique('phone')];
   * console.log(await web.and(phone).ids()); // Uint32Array(1) [ 2 ]
   */
  and(...others: readonly EventSet[]): EventSet {
    return this.#combined('and', others);
  }

  /**
   * Ids that are in this set or in any other.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.markUnique('phone', [2, 3]);
   * const [web, phone] = [bitmapist.unique('web'), bitmapist.unique('phone')];
   * console.log(await web.or(phone).ids()); // Uint32Array(3) [ 1, 2, 3 ]
   */
  or(...others: readonly EventSet[]): EventSet {
    return this.#combined('or', others);
  }

  /**
   * Ids that are in an odd number of these sets.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.markUnique('phone', [2, 3]);
   * const [web, phone] = [bitmapist.unique('web'), bitmapist.unique('phone')];
   * console.log(await web.xor(phone).ids()); // Uint32Array(2) [ 1, 3 ]
   */
  xor(...others: readonly EventSet[]): EventSet {
    return this.#combined('xor', others);
  }

  /**
   * Ids that are in this set and in none of the others.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.markUnique('phone', [2, 3]);
   * const [web, phone] = [bitmapist.unique('web'), bitmapist.unique('phone')];
   * console.log(await web.andNot(phone).ids()); // Uint32Array(1) [ 1 ]
   */
  andNot(...others: readonly EventSet[]): EventSet {
    return this.#combined('andNot', others);
  }

  /**
   * Ids that are not in this set, up to the end of the longest bitmap of the expression it is asked in, in whole bytes:
   * alone, it is Redis' BITOP NOT, padding bits included.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * console.log(await bitmapist.unique('web').not().ids()); // Uint32Array(6) [ 0, 3, 4, 5, 6, 7 ]
   */
  not(): EventSet {
    return new EventSet(this.scope, complement(this.expression));
  }

  /**
   * Whether two sets ask the same of the same keys of the same store, operands in the same order; it does not compare what
   * they hold. False for anything else.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * const [web, phone] = [bitmapist.unique('web'), bitmapist.unique('phone')];
   * console.log(web.or(phone).equals(bitmapist.query('web@unique | phone@unique'))); // true
   */
  equals(other: EventSet): boolean {
    return other instanceof EventSet && sameExpression(this.expression, other.expression);
  }

  #combined(kind: Combination, others: readonly EventSet[]): EventSet {
    return new EventSet(this.scope, combine(kind, expressionsOf([this, ...others])));
  }

  #with(options: EvaluateOptions | undefined): EvaluateOptions {
    return { ...this.scope.defaults, ...options };
  }
}

/** Loaded when they are first asked for, and kept, as loaders wrap `import()` in what takes longer than a few ids. */
let loadedMembership: typeof import('../engine/membership.js') | undefined;
let loadedContents: typeof import('../engine/contents.js') | undefined;

async function membership(): Promise<typeof import('../engine/membership.js')> {
  loadedMembership ??= await import('../engine/membership.js');
  return loadedMembership;
}

async function contents(): Promise<typeof import('../engine/contents.js')> {
  loadedContents ??= await import('../engine/contents.js');
  return loadedContents;
}

/**
 * The sets as data.
 * @throws TypeError for what is no set
 */
export function expressionsOf(sets: readonly EventSet[]): Expression[] {
  return sets.map((set: unknown) => {
    if (set instanceof EventSet) return set.expression;
    throw new TypeError(`expected a set of events, got ${String(set)}`);
  });
}

/** A result that was stored under a key. */
export class StoredEvents extends EventSet {
  /** Where the result is, without a prefix that the client adds. */
  readonly key: string;

  /** @internal */
  constructor(scope: Scope, key: string) {
    super(scope, bitmap(scope.store, key));
    this.key = key;
  }

  /**
   * Deletes the result; asked again, the set is empty.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.markUnique('phone', [2, 3]);
   * const stored = await bitmapist.unique('web').or(bitmapist.unique('phone')).storeResult();
   * await stored.delete();
   * console.log(await stored.count()); // 0
   */
  async delete(options?: RequestOptions): Promise<void> {
    await this.scope.store.delete([this.key], options);
    this.scope.storedKeys.delete(this.key);
  }
}

/** The users who did an event in a year, month, ISO week, day or hour. */
export class PeriodEvents extends EventSet {
  /** The name of the event, or of a segment. */
  readonly event: string;
  /** When. */
  readonly period: Period;

  /** @internal */
  constructor(scope: Scope, event: string, period: Period) {
    super(scope, eventExpression(scope, event, period));
    this.event = event;
    this.period = period;
  }

  /**
   * The same event `n` periods later (earlier if negative).
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const day = new Bitmapist().day('active', '2026-11-22');
   * console.log(day.delta(-7).period.toString()); // 2026-11-15
   */
  delta(n: number): PeriodEvents {
    return new PeriodEvents(this.scope, this.event, this.period.delta(n));
  }

  /**
   * The same event in the period after.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const day = new Bitmapist().day('active', '2026-11-22');
   * console.log(day.next().period.toString()); // 2026-11-23
   */
  next(): PeriodEvents {
    return this.delta(1);
  }

  /**
   * The same event in the period before.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const day = new Bitmapist().day('active', '2026-11-22');
   * console.log(day.prev().period.toString()); // 2026-11-21
   */
  prev(): PeriodEvents {
    return this.delta(-1);
  }

  /**
   * The first instant of the period in the time zone of the instance.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const day = new Bitmapist().day('active', '2026-11-22');
   * console.log(day.periodStart().toISOString()); // 2026-11-22T00:00:00.000Z
   */
  periodStart(): Date {
    return new Date(this.period.start(this.scope.timeZone).epochMilliseconds);
  }

  /**
   * The last millisecond of the period in the time zone of the instance.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const day = new Bitmapist().day('active', '2026-11-22');
   * console.log(day.periodEnd().toISOString()); // 2026-11-22T23:59:59.999Z
   */
  periodEnd(): Date {
    return new Date(this.period.end(this.scope.timeZone).epochMilliseconds);
  }

  /**
   * Deletes the marks of this event and period, and of no other; of a year, those of its months.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', 7, { now: '2026-11-22' });
   * await bitmapist.day('active', '2026-11-22').delete();
   * console.log(await bitmapist.month('active', '2026-11').count()); // 1
   */
  async delete(options?: RequestOptions): Promise<void> {
    const { deleteEvents } = await import('./deleting.js');
    await deleteEvents(this.scope, this.event, this.period, options);
  }
}

/** The users who carry a dateless flag. It has no period: `next`, `prev` and `delta` are the set itself. */
export class UniqueEvents extends EventSet {
  /** The name of the flag, or of a segment. */
  readonly event: string;

  /** @internal */
  constructor(scope: Scope, event: string) {
    super(scope, eventExpression(scope, event, 'unique'));
    this.event = event;
  }

  /**
   * The set itself.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const flag = new Bitmapist().unique('web');
   * console.log(flag.delta(3) === flag); // true
   */
  delta(_n: number): this {
    return this;
  }

  /**
   * The set itself.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const flag = new Bitmapist().unique('web');
   * console.log(flag.next() === flag); // true
   */
  next(): this {
    return this;
  }

  /**
   * The set itself.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const flag = new Bitmapist().unique('web');
   * console.log(flag.prev() === flag); // true
   */
  prev(): this {
    return this;
  }

  /**
   * Deletes the flag of all users.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.unique('web').delete();
   * console.log(await bitmapist.unique('web').count()); // 0
   */
  async delete(options?: RequestOptions): Promise<void> {
    const { deleteEvents } = await import('./deleting.js');
    await deleteEvents(this.scope, this.event, 'unique', options);
  }
}
