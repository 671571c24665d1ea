import { describe } from './base/errors.js';
import { countSets } from './engine/answers.js';
import { atLeast, exactly } from './engine/expression.js';
import { checkEvaluateOptions, checkThreads, type EvaluateOptions, type Threads } from './engine/question.js';
import { type Ids, MarkBatch, type MarkMomentOptions } from './events/batch.js';
import type { BulkOptions, BulkResult, MarkRows } from './events/bulk.js';
import type { Catalog, CatalogOptions } from './events/catalog.js';
import type { ForgetOptions, Forgotten } from './events/forgetting.js';
import { MarkKeys, type MarkOptions } from './events/marks.js';
import { parseQuery } from './events/query.js';
import { checkMarkable, queryExpression, type Scope } from './events/scope.js';
import { Segments } from './events/segments.js';
import { EventSet, expressionsOf, PeriodEvents, UniqueEvents } from './events/sets.js';
import type { AskOptions } from './measures/asking.js';
import type { CohortArguments } from './measures/cohort.js';
import type { Measure } from './measures/measure.js';
import { DEFAULT_PREFIX } from './names/keys.js';
import { MemoryStore } from './store/memory.js';
import type { People } from './store/people/types.js';
import type { KeysOptions, RequestOptions, Store } from './store/types.js';
import type { Table } from './tables/table.js';
import type { Team } from './threads/team.js';
import type { Moment } from './time/moment.js';
import { Period, type PeriodUnit } from './time/period.js';
import { checkTimeZone } from './time/zone.js';

/** Kept, because loaders and bundlers wrap `import()` in what takes longer than a small table. */
let loadedAsking: typeof import('./measures/asking.js') | undefined;
let loadedCohort: Measure<CohortArguments> | undefined;

/** Where bitmaps are kept, under which keys, and how time is counted. */
export interface BitmapistOptions {
  /** Where bitmaps are kept (default: a new `MemoryStore`). */
  readonly store?: Store;
  /**
   * Who is known by which text: marks and questions take texts in place of numbers then (default: they are refused). Everything
   * else stays numbers.
   */
  readonly people?: People | undefined;
  /** What keys begin with (default `trackist_`; bitmapist4 uses `bitmapist_`). */
  readonly prefix?: string;
  /** IANA zone in which days, weeks and months are counted (default `UTC`). */
  readonly timeZone?: string;
  /** Also mark hours, unless a call says otherwise (default false; the reference's `TRACK_HOURLY`). */
  readonly trackHourly?: boolean;
  /** Also mark the dateless flag, unless a call says otherwise (default false; the reference's `TRACK_UNIQUE`). */
  readonly trackUnique?: boolean;
  /** What time it is if no moment is given (default: the system clock). */
  readonly clock?: () => Moment;
  /** Options of every question, unless a call says otherwise. */
  readonly evaluate?: EvaluateOptions;
  /**
   * How many threads count for large questions, the caller's included: a number, `auto` (one per core, at most 8) or a `Team` of
   * `bitmapist-wasm/threads` that several instances share (default 1). They start at the first question that is worth it; see
   * `close`. What is made of another's `options` shares its threads.
   */
  readonly threads?: 'auto' | number | Team | Threads | undefined;
}

/** When an event happened, and what to mark of it. */
export interface MarkEventOptions extends MarkMomentOptions, RequestOptions {}

/**
 * Records that users did something, and answers who did. Reads and writes the keys of Python's bitmapist; all of its
 * functions are here under their own names in camelCase.
 */
export class Bitmapist {
  /** As it was made: what makes another of the same events. */
  readonly options: BitmapistOptions;
  /** As given, or the embedded store that was made. */
  readonly store: Store;
  /** Who is known by which text, as given. */
  readonly people: People | undefined;
  /** What keys begin with. */
  readonly prefix: string;
  /** IANA name of the zone in which periods are counted. */
  readonly timeZone: string;
  readonly #tracking: MarkOptions;
  /** By what is tracked: marks of an event in a day, or an hour, go to the same keys. */
  readonly #markKeys: MarkKeys[] = [];
  readonly #clock: () => Moment;
  readonly #scope: Scope;
  readonly #ownThreads: Threads | undefined;

  /** @throws RangeError for a time zone that does not exist, and for threads that are neither `auto`, a whole number from 1 to 256 nor a `Team` */
  constructor(options: BitmapistOptions = {}) {
    this.store = options.store ?? new MemoryStore();
    this.people = options.people;
    this.prefix = options.prefix ?? DEFAULT_PREFIX;
    this.timeZone = checkTimeZone(options.timeZone ?? 'UTC');
    this.#tracking = { trackHourly: options.trackHourly, trackUnique: options.trackUnique };
    this.#clock = options.clock ?? (() => new Date());
    const threads = checkThreads(options.threads);
    this.#ownThreads = typeof options.threads === 'object' ? undefined : threads;
    // Another instance made of these shares the team, also one that is yet to be made.
    this.options = { ...options, store: this.store, threads };
    this.#scope = {
      store: this.store,
      people: this.people,
      prefix: this.prefix,
      timeZone: this.timeZone,
      segments: new Segments(),
      storedKeys: new Set(),
      defaults: { ...checkEvaluateOptions(options.evaluate ?? {}), threads },
      now: this.#clock,
    };
  }

  /**
   * Marks an event for month, week and day, and for hour and unique flag if tracked, in one round trip.
   * @param ids integers in [0, 2^32), or texts if there are `people`
   * @throws TypeError or RangeError for what is no id, event name or moment; nothing is written then
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('signup', [1, 2], { now: '2026-11-22' });
   * console.log(await bitmapist.month('signup', '2026-11').count()); // 2
   */
  async markEvent(event: string, ids: Ids, options: MarkEventOptions = {}): Promise<void> {
    await this.batch().markEvent(event, ids, options).send(options);
  }

  /**
   * Takes back a mark in every period it was made in, even if another mark of the same month or week remains.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('signup', [1, 2], { now: '2026-11-22' });
   * await bitmapist.unmarkEvent('signup', 1, { now: '2026-11-22' });
   * console.log(await bitmapist.month('signup', '2026-11').has(1)); // false
   */
  async unmarkEvent(event: string, ids: Ids, options: MarkEventOptions = {}): Promise<void> {
    await this.batch().unmarkEvent(event, ids, options).send(options);
  }

  /**
   * Gives users a dateless flag, such as a plan or the arm of an experiment.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('pro', [1, 2]);
   * console.log(await bitmapist.unique('pro').count()); // 2
   */
  async markUnique(event: string, ids: Ids, options?: RequestOptions): Promise<void> {
    await this.batch().markUnique(event, ids).send(options);
  }

  /**
   * Takes a dateless flag back.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('pro', [1, 2]);
   * await bitmapist.unmarkUnique('pro', 2);
   * console.log(await bitmapist.unique('pro').has(2)); // false
   */
  async unmarkUnique(event: string, ids: Ids, options?: RequestOptions): Promise<void> {
    await this.batch().unmarkUnique(event, ids).send(options);
  }

  /**
   * Collects marks of any kind to be sent together, all or none if the store can.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.batch().markEvent('signup', 1).markUnique('pro', 1).send();
   * console.log(await bitmapist.unique('pro').has(1)); // true
   */
  batch(): MarkBatch {
    return new MarkBatch(this.#scope, (options) => this.#keysOf(options));
  }

  /**
   * Marks many rows, from an array, a generator or a stream, in batches and in bounded memory.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * const rows = [1, 2, 3].map((id) => ({ event: 'signup', id, at: '2026-11-22' }));
   * console.log(await bitmapist.markEvents(rows)); // { rows: 3, events: 1, ids: 3 }
   */
  async markEvents(rows: MarkRows, options: BulkOptions = {}): Promise<BulkResult> {
    const { markAll } = await import('./events/bulk.js');
    return markAll(this.#scope, this.#keysOf(options), rows, options);
  }

  /**
   * The users who did an event in a year, which is the OR of its months.
   * @param when a moment, a period or its text (default: the current one)
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22T13:00', trackHourly: true });
   * console.log(await bitmapist.year('active', '2026').count()); // 2
   */
  year(event: string, when?: Period | Moment): PeriodEvents {
    return this.events(event, 'year', when);
  }

  /**
   * The users who did an event in a quarter, which is the OR of its months; `when` as for `year`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22T13:00', trackHourly: true });
   * console.log(await bitmapist.quarter('active', '2026-Q4').count()); // 2
   */
  quarter(event: string, when?: Period | Moment): PeriodEvents {
    return this.events(event, 'quarter', when);
  }

  /**
   * The users who did an event in a month; `when` as for `year`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22T13:00', trackHourly: true });
   * console.log(await bitmapist.month('active', '2026-11').count()); // 2
   */
  month(event: string, when?: Period | Moment): PeriodEvents {
    return this.events(event, 'month', when);
  }

  /**
   * The users who did an event in an ISO week; `when` as for `year`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22T13:00', trackHourly: true });
   * console.log(await bitmapist.week('active', '2026-W47').count()); // 2
   */
  week(event: string, when?: Period | Moment): PeriodEvents {
    return this.events(event, 'week', when);
  }

  /**
   * The users who did an event on a day; `when` as for `year`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22T13:00', trackHourly: true });
   * console.log(await bitmapist.day('active', '2026-11-22').count()); // 2
   */
  day(event: string, when?: Period | Moment): PeriodEvents {
    return this.events(event, 'day', when);
  }

  /**
   * The users who did an event in an hour, nobody unless hours are tracked; `when` as for `year`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22T13:00', trackHourly: true });
   * console.log(await bitmapist.hour('active', '2026-11-22T13').count()); // 2
   */
  hour(event: string, when?: Period | Moment): PeriodEvents {
    return this.events(event, 'hour', when);
  }

  /**
   * The users who did an event in the period of a unit that holds `when` (default: the current one).
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22T13:00', trackHourly: true });
   * console.log(await bitmapist.events('active', 'quarter', '2026-11-22').count()); // 2
   */
  events(event: string, unit: PeriodUnit, when: Period | Moment = this.#clock()): PeriodEvents {
    return new PeriodEvents(this.#scope, event, Period.from(unit, when, this.timeZone));
  }

  /**
   * The users who carry a dateless flag.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('pro', 7);
   * console.log(await bitmapist.unique('pro').ids()); // Uint32Array(1) [ 7 ]
   */
  unique(event: string): UniqueEvents {
    return new UniqueEvents(this.#scope, event);
  }

  /**
   * The set that an expression text describes, such as `active@2026-11 & ~paying@unique`.
   * @throws SyntaxProblem that says where the text goes wrong
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-20' });
   * await bitmapist.markUnique('paying', 2);
   * console.log(await bitmapist.query('active@2026-11-16..2026-11-22 & ~paying@unique').ids()); // Uint32Array(1) [ 1 ]
   */
  query(text: string): EventSet {
    return new EventSet(this.#scope, queryExpression(this.#scope, parseQuery(text)));
  }

  /**
   * The users who are in at least `k` of the sets; a set that is given twice counts twice.
   * @param k a whole number from 1 (in any of them) to the number of sets (in all of them)
   * @param sets of this instance or others, over the same store or others
   * @throws RangeError for another `k`; TypeError for what is no set
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-26' });
   * await bitmapist.markEvent('active', [2, 3], { now: '2026-11-27' });
   * await bitmapist.markEvent('active', [2, 3], { now: '2026-11-28' });
   * const days = ['2026-11-26', '2026-11-27', '2026-11-28'].map((day) => bitmapist.day('active', day));
   * console.log(await bitmapist.atLeast(2, days).count()); // 2
   */
  atLeast(k: number, sets: readonly EventSet[]): EventSet {
    return new EventSet(this.#scope, atLeast(k, expressionsOf(sets)));
  }

  /**
   * The users who are in `k` of the sets, no more and no fewer; otherwise as `atLeast`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * await bitmapist.markUnique('phone', [2, 3]);
   * const onOne = bitmapist.exactly(1, [bitmapist.unique('web'), bitmapist.unique('phone')]);
   * console.log(await onOne.ids()); // Uint32Array(2) [ 1, 3 ]
   */
  exactly(k: number, sets: readonly EventSet[]): EventSet {
    return new EventSet(this.#scope, exactly(k, expressionsOf(sets)));
  }

  /**
   * The number of ids of each set, asked as one question: a bitmap that several sets need is read once. Many times as fast
   * as a `count` for each.
   * @param sets of this instance or others, over the same store or others
   * @throws TypeError for what is no set; otherwise as `EventSet.count`
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2, 3], { now: '2026-11-27' });
   * await bitmapist.markEvent('active', [2, 3], { now: '2026-11-28' });
   * const [before, after] = [bitmapist.day('active', '2026-11-27'), bitmapist.day('active', '2026-11-28')];
   * console.log(await bitmapist.counts([before, after, before.and(after)])); // [ 3, 2, 2 ]
   */
  async counts(sets: readonly EventSet[], options?: EvaluateOptions): Promise<number[]> {
    const counts = await countSets({ sets: expressionsOf(sets) }, { ...this.#scope.defaults, ...options });
    return counts.sets;
  }

  /**
   * Defines a name that can stand wherever an event name can: in sets, expression texts and cohorts (the reference's
   * `set_custom_handler`). Defining it again replaces it.
   * @param definition an expression text in which `@{period}` stands for the period asked for, or a function of the period
   * (`'unique'` if the dateless flag is asked for)
   * @throws SyntaxProblem for a text that is no expression; TypeError, when it is asked, for a function that returns no set
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [1, 2], { now: '2026-11-22' });
   * await bitmapist.markUnique('paying', 2);
   * bitmapist.defineSegment('customers', 'active@{period} & paying@unique');
   * console.log(await bitmapist.day('customers', '2026-11-22').count()); // 1
   */
  defineSegment(name: string, definition: string | ((period: Period | 'unique') => EventSet)): void {
    if (typeof definition === 'function') {
      this.#scope.segments.define(name, (period) => {
        const set: unknown = definition(period);
        if (set instanceof EventSet) return set.expression;
        throw new TypeError(
          `expected a set of events from the segment ${JSON.stringify(name)}, got ${describe(set)}`,
        );
      });
    } else {
      const node = parseQuery(definition);
      this.#scope.segments.define(name, (period) => queryExpression(this.#scope, node, period));
    }
    // An event of this name can be marked no longer.
    this.#markKeys.length = 0;
  }

  /**
   * Names of the segments defined here, sorted.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * bitmapist.defineSegment('customers', 'active@{period} & paying@unique');
   * console.log(bitmapist.segmentNames); // [ 'customers' ]
   */
  get segmentNames(): string[] {
    return this.#scope.segments.names;
  }

  /**
   * What the store holds under the prefix: events, units, periods, flags, and keys of other kinds. Only keys are listed; how
   * many ever did an event is counted when asked for.
   *
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('signup', [1, 2], { now: '2026-10-31' });
   * await bitmapist.markEvent('signup', 3, { now: '2026-11-02' });
   * const catalog = await bitmapist.catalog();
   * for (const history of catalog.events) {
   *   console.log(`${history.event}: ${history.first} to ${history.last}`); // signup: 2026-10-31 to 2026-11-02
   *   console.log(await history.everybody().count()); // 3
   * }
   */
  async catalog(options: CatalogOptions = {}): Promise<Catalog> {
    const { readCatalog } = await import('./events/catalog.js');
    return readCatalog(this.#scope, options);
  }

  /**
   * The names of all events that begin with `prefix` (taken literally), sorted.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('plan:free', 1);
   * await bitmapist.markUnique('plan:pro', 2);
   * console.log(await bitmapist.eventNames({ prefix: 'plan:' })); // [ 'plan:free', 'plan:pro' ]
   */
  async eventNames(options: CatalogOptions = {}): Promise<string[]> {
    return (await this.catalog(options)).names;
  }

  /**
   * Deletes everything under the prefix, and says how many keys there were (the reference's `delete_all_events`).
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('web', [1, 2]);
   * console.log(await bitmapist.deleteAllEvents()); // 1
   */
  async deleteAllEvents(options: KeysOptions = {}): Promise<number> {
    return (await deleting()).deleteEverything(this.#scope, options);
  }

  /**
   * Forgets people: clears their bits in every key of every event, unit, flag and stored result under the prefix, and shortens or
   * deletes keys that were there for them alone, so that every question answers as if they had never been. After that their texts are
   * removed, if they have any. In bounded batches; it can be done again, also after it was interrupted. Marks that others make of them
   * meanwhile stay.
   * @param people integers in [0, 2^32), or texts if there are `people`
   * @throws TypeError or RangeError for what is no id, BitmapistError for a store that cannot (HTTP), before anything is cleared;
   * StoreError, also from a Redis without scripts
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.markUnique('pro', [1, 2]);
   * const { keys, events } = await bitmapist.forget(2);
   * console.log(keys, events[0]?.unique, await bitmapist.unique('pro').count()); // 1 1 1
   */
  async forget(people: Ids, options: ForgetOptions = {}): Promise<Forgotten> {
    return (await import('./events/forgetting.js')).forgetPeople(this.#scope, people, options);
  }

  /**
   * Deletes every stored result, whoever stored it, and says how many there were (the reference's
   * `delete_temporary_bitop_keys`). Events whose names begin with `bitop` are left alone.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.unique('web').or(bitmapist.unique('phone')).storeResult();
   * console.log(await bitmapist.deleteTemporaryBitopKeys()); // 1
   */
  async deleteTemporaryBitopKeys(options: KeysOptions = {}): Promise<number> {
    return (await deleting()).deleteResults(this.#scope, options);
  }

  /**
   * Deletes exactly the results that were stored through this instance (the reference's `delete_runtime_bitop_keys`).
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist();
   * await bitmapist.unique('web').or(bitmapist.unique('phone')).storeResult();
   * console.log(await bitmapist.deleteRuntimeBitopKeys()); // 1
   */
  async deleteRuntimeBitopKeys(options: RequestOptions = {}): Promise<number> {
    return (await deleting()).deleteOwnResults(this.#scope, options);
  }

  /**
   * The table of a measure, such as `cohort` and `trend` of `bitmapist-wasm/measures`; every bitmap is read once.
   * @param args what the measure needs; see its `fields`
   * @throws RangeError for arguments that make no sense
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * import { trend } from 'bitmapist-wasm/measures';
   * const bitmapist = new Bitmapist();
   * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
   * const table = await bitmapist.ask(trend, { events: ['active'], from: '2026-11-22', to: '2026-11-22' });
   * console.log(table.rows[0]?.cells[0]?.count); // 2
   */
  async ask<Args, Answer = Table>(
    measure: Measure<Args, Answer>,
    args: Args,
    options: AskOptions = {},
  ): Promise<Answer> {
    loadedAsking ??= await import('./measures/asking.js');
    return loadedAsking.askMeasure(this.#scope, measure, args, options);
  }

  /**
   * The cohort (retention) table of two selections: of those who did the first in a period, how many did the second in the
   * periods after it. Every bitmap is read once.
   * @throws RangeError for arguments that make no sense
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist({ clock: () => new Date('2026-11-24') });
   * await bitmapist.markEvent('signup', [1, 2], { now: '2026-11-22' });
   * await bitmapist.markEvent('active', 2, { now: '2026-11-23' });
   * const { rows } = await bitmapist.cohort({ select1: 'signup', select2: 'active', startDate: '2026-11-22', numResults: 1 });
   * console.log(rows[0]?.size, rows[0]?.cells[1]?.count); // 2 1
   */
  async cohort(args: CohortArguments & AskOptions): Promise<Table> {
    // Loaded when first asked: most pages that mark or count need no table.
    loadedCohort ??= (await import('./measures/cohort.js')).cohort;
    return this.ask(loadedCohort, args, args);
  }

  /**
   * Ends the threads that were started for this instance; neither a `Team` that it was given nor its store. Questions that they are
   * counting for are rejected; those that come later are answered on the caller's thread. With
   * `await using bitmapist = new Bitmapist(…)` it happens at the end of the block.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   *
   * const bitmapist = new Bitmapist({ threads: 'auto' });
   * await bitmapist.markUnique('pro', [1, 2]);
   * console.log(await bitmapist.unique('pro').count()); // 2
   * await bitmapist.close();
   */
  async close(): Promise<void> {
    const threads = this.#ownThreads;
    if (threads) threads.wanted = 1;
    await threads?.team?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #keysOf(options: MarkOptions): MarkKeys {
    const trackHourly = options.trackHourly ?? this.#tracking.trackHourly;
    const trackUnique = options.trackUnique ?? this.#tracking.trackUnique;
    const kind = (trackHourly ? 2 : 0) + (trackUnique ? 1 : 0);
    this.#markKeys[kind] ??= new MarkKeys(this.prefix, this.timeZone, { trackHourly, trackUnique }, (event) =>
      checkMarkable(this.#scope, event),
    );
    return this.#markKeys[kind];
  }
}

/** Loaded when it is first asked for: few delete. */
function deleting(): Promise<typeof import('./events/deleting.js')> {
  return import('./events/deleting.js');
}
