import { checkId } from '../base/id.js';
import { checkPersonText } from '../base/person.js';
import { uniqueKey } from '../names/keys.js';
import type { Person } from '../store/people/types.js';
import type { BitWrite, RequestOptions, WriteOptions } from '../store/types.js';
import type { Moment } from '../time/moment.js';
import type { MarkKeys, MarkOptions } from './marks.js';
import type { PersonWrite } from './naming.js';
import { checkMarkable, type Scope } from './scope.js';

/** One person or several: numbers, or texts if the instance has `people`. */
export type Ids = Person | readonly Person[] | Uint32Array;

export interface MarkMomentOptions extends MarkOptions {
  /** When it happened (default: now). */
  readonly now?: Moment | undefined;
}

/**
 * Marks that are collected and sent together: in one round trip, and all or none if the store can (a single Redis
 * server, the embedded store; not across the slots of a cluster). The reference's pipelines and bitmapist4's transactions.
 */
export class MarkBatch {
  readonly #scope: Scope;
  readonly #keysOf: (options: MarkOptions) => MarkKeys;
  #writes: PersonWrite[] = [];

  /** @internal */
  constructor(scope: Scope, keysOf: (options: MarkOptions) => MarkKeys) {
    this.#scope = scope;
    this.#keysOf = keysOf;
  }

  /**
   * Adds marks as `Bitmapist.markEvent` makes them.
   * @throws TypeError or RangeError for what is no id, event name or moment; the batch is as before then
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * const batch = bitmapist.batch();
   * for (const id of [1, 2]) batch.markEvent('signup', id, { now: '2026-11-22' });
   * await batch.send();
   * console.log(await bitmapist.day('signup', '2026-11-22').count()); // 2
   */
  markEvent(event: string, ids: Ids, options: MarkMomentOptions = {}): this {
    return this.#add(this.#eventKeys(event, options), ids, 1);
  }

  /**
   * Adds marks to be taken back, as `Bitmapist.unmarkEvent` does; otherwise as `markEvent`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.batch().markEvent('a', 1).unmarkEvent('a', 1).send();
   * console.log(await bitmapist.day('a').count()); // 0
   */
  unmarkEvent(event: string, ids: Ids, options: MarkMomentOptions = {}): this {
    return this.#add(this.#eventKeys(event, options), ids, 0);
  }

  /**
   * Adds dateless flags to be given; otherwise as `markEvent`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.batch().markUnique('pro', 1).markUnique('beta', 1).send();
   * console.log(await bitmapist.unique('beta').has(1)); // true
   */
  markUnique(event: string, ids: Ids): this {
    return this.#add([this.#uniqueKey(event)], ids, 1);
  }

  /**
   * Adds dateless flags to be taken back; otherwise as `markEvent`.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * await bitmapist.batch().markUnique('pro', [1, 2]).unmarkUnique('pro', 2).send();
   * console.log(await bitmapist.unique('pro').count()); // 1
   */
  unmarkUnique(event: string, ids: Ids): this {
    return this.#add([this.#uniqueKey(event)], ids, 0);
  }

  /**
   * Sends what was collected since the last time. What was not confirmed is kept, so that sending can be tried again.
   * @example
   * import { Bitmapist } from 'bitmapist-wasm';
   * const bitmapist = new Bitmapist();
   * const batch = bitmapist.batch().markEvent('signup', 1);
   * await batch.send();
   * await batch.send(); // sends nothing
   * console.log(await bitmapist.month('signup').count()); // 1
   */
  async send(options?: RequestOptions): Promise<void> {
    const writes = this.#writes;
    this.#writes = [];
    try {
      if (writes.length > 0) {
        const { store, people } = this.#scope;
        const numbered =
          people === undefined
            ? (writes as BitWrite[])
            : await (await import('./naming.js')).numberWrites(people, writes, options);
        await store.write(numbered, options === undefined ? ATOMIC : atomic(options));
      }
    } catch (error) {
      this.#writes = [...writes, ...this.#writes];
      throw error;
    }
  }

  #eventKeys(event: string, options: MarkMomentOptions): readonly string[] {
    const { now = this.#scope.now() } = options;
    return this.#keysOf(options).of(event, now);
  }

  #uniqueKey(event: string): string {
    return uniqueKey(this.#scope.prefix, checkMarkable(this.#scope, event));
  }

  #add(keys: readonly string[], ids: Ids, value: 0 | 1): this {
    const all = copyIds(ids, this.#scope.people === undefined ? checkId : checkPerson);
    for (const key of keys) this.#writes.push({ key, ids: all, value });
    return this;
  }
}

const ATOMIC: WriteOptions = { atomic: true };

function atomic({ signal, maxBytes, kernel }: RequestOptions): WriteOptions {
  return { signal, maxBytes, kernel, atomic: true };
}

/** Those that are ids; what becomes of the array afterwards is the caller's business. */
function copyIds(ids: Ids, check: (id: unknown) => Person): ArrayLike<Person> {
  if (ids instanceof Uint32Array) return ids.slice();
  if (!Array.isArray(ids)) return [check(ids)];
  const copy: Person[] = [];
  for (let at = 0; at < ids.length; at++) copy.push(check(ids[at]));
  return copy;
}

function checkPerson(id: unknown): Person {
  return typeof id === 'string' ? checkPersonText(id) : checkId(id);
}
