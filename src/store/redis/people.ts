/** A map of people in Redis. */

import { Buffer } from 'node:buffer';
import { inBatches } from '../../base/batches.js';
import { describe, StoreError } from '../../base/errors.js';
import { ID_LIMIT } from '../../base/limits.js';
import { checkPersonText } from '../../base/person.js';
import { peopleKeys } from '../../names/people.js';
import { encodeEntries, type Texts } from '../people/entries.js';
import { MemoryPeople } from '../people/memory.js';
import { decodePage, PAGE_PEOPLE } from '../people/pages.js';
import { refuseToMix } from '../people/refusal.js';
import { encodePerson, hashPerson, LONG } from '../people/texts.js';
import type { KeptPeople, LookupOptions, PeopleEntry } from '../people/types.js';
import type { RedisClient } from './client.js';
import { RedisCommands } from './commands.js';
import { RedisLink } from './link.js';
import { type RedisStoreOptions, settingsOf } from './options.js';
import {
  ASSIGN_SCRIPT,
  CLAIM_SCRIPT,
  DAMAGED,
  FIND_SCRIPT,
  FULL,
  REMOVE_SCRIPT,
  UNKNOWN,
} from './people-scripts.js';
import { isRefusedCommand } from './refusal.js';

/** Texts per script: long enough to be fast, short enough not to keep the server from others for more than milliseconds. */
const BATCH_TEXTS = 500;
/** The next script is there when one ends, and others are served in between. */
const MAX_SCRIPTS_IN_FLIGHT = 4;
/** Pages, of some kilobytes each. */
const MAX_PAGES_IN_FLIGHT = 64;

/** Where a map is kept, and how its server is asked. */
export interface RedisPeopleOptions extends Pick<RedisStoreOptions, 'maxInFlight' | 'retryMs'> {
  /** What its keys begin with, if there are to be several maps (default: nothing). */
  readonly prefix?: string | undefined;
}

/**
 * Keeps people's texts and their numbers in Redis or a Redis Cluster, through a client that is received, and never closed here.
 * Scripts look up and give numbers, each at one moment, so that any number of writers may do so at once; a server without
 * scripts is refused when it is first asked. Its keys, all of one slot of a cluster, begin with `{bitmapist:people}`: no event has
 * one of them, and deleting events leaves them. Pages of texts are read by themselves, so that looking up texts of numbers takes
 * little memory.
 *
 * Every method rejects with a `StoreError` if Redis does not answer, refuses, or holds something else under those keys.
 * @example
 * import { Redis } from 'ioredis';
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { RedisPeople, RedisStore } from 'bitmapist-wasm/redis';
 *
 * const client = new Redis(process.env.REDIS_URL ?? 'redis://localhost');
 * const bitmapist = new Bitmapist({ store: new RedisStore(client), people: new RedisPeople(client) });
 * await bitmapist.markUnique('pro', ['u_8f3a', 'u_77b0']);
 * console.log(await bitmapist.unique('pro').has('u_8f3a')); // true
 * client.disconnect();
 */
export class RedisPeople implements KeptPeople {
  readonly prefix: string;
  readonly #link: RedisLink;
  readonly #keys: string;

  /** @throws RangeError for options out of their range */
  constructor(client: RedisClient, options: RedisPeopleOptions = {}) {
    const { maxInFlight, retryMs } = settingsOf(options);
    this.#link = new RedisLink(new RedisCommands(client), maxInFlight, retryMs);
    this.prefix = options.prefix ?? '';
    this.#keys = peopleKeys(this.prefix);
  }

  async numbersFor(texts: readonly string[], options?: LookupOptions): Promise<Uint32Array<ArrayBuffer>> {
    const numbers = await this.#run(ASSIGN_SCRIPT, texts, 0, options);
    return Uint32Array.from(texts, (text) => numbers.get(text)!);
  }

  async numbersOf(texts: readonly string[], options?: LookupOptions): Promise<(number | undefined)[]> {
    const numbers = await this.#run(FIND_SCRIPT, texts, UNKNOWN, options);
    return texts.map((text) => knownOf(numbers.get(text)!));
  }

  async textsOf(ids: ArrayLike<number>, options?: LookupOptions): Promise<(string | undefined)[]> {
    const texts = new Array<string | undefined>(ids.length).fill(undefined);
    const { commands } = this.#link;
    await this.#link.sendAll(
      placesByPage(ids),
      {
        send: ([page]) => commands.get(this.#pageKey(page)),
        receive: (bytes, [page, indexes]) => {
          if (bytes === null) return;
          const wanted = new Set(indexes.map((index) => ids[index]! % PAGE_PEOPLE));
          const found = this.#decode(page, bytes, wanted);
          for (const index of indexes) texts[index] = found[ids[index]! % PAGE_PEOPLE];
        },
        keyOf: ([page]) => this.#pageKey(page),
        maxInFlight: MAX_PAGES_IN_FLIGHT,
      },
      options,
    );
    return texts;
  }

  async remove(texts: readonly string[], options?: LookupOptions): Promise<number> {
    const numbers = await this.#run(REMOVE_SCRIPT, texts, UNKNOWN, options);
    let removed = 0;
    for (const number of numbers.values()) if (number !== UNKNOWN) removed += 1;
    return removed;
  }

  async size(options?: LookupOptions): Promise<number> {
    const key = this.#nextKey;
    const bytes = await this.#link.sendOne(() => this.#link.commands.get(key), key, options);
    const text = bytes === null ? '0' : Buffer.from(bytes).toString('latin1');
    const size = Number(text);
    if (/^\d+$/.test(text) && size <= ID_LIMIT) return size;
    throw damaged(`expected a number under ${key}, got ${describe(text)}`);
  }

  async *entries(options?: LookupOptions): AsyncGenerator<PeopleEntry, void> {
    const size = await this.size(options);
    yield* encodeEntries(this.prefix, size, this.#pages(size, options));
  }

  /**
   * As `KeptPeople` has it. Until all is written, whoever asks for a text is refused. After an interruption the keys have to be
   * deleted before it can be done again.
   */
  async restore(
    entries: Iterable<PeopleEntry> | AsyncIterable<PeopleEntry>,
    options?: LookupOptions,
  ): Promise<number> {
    const copy = new MemoryPeople({ prefix: this.prefix });
    const size = await copy.restore(entries, options);
    if (size === 0) return size;
    await this.#claim(options);
    const { commands } = this.#link;
    const put = async ({ key, bytes }: PeopleEntry): Promise<void> =>
      commands.set(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), undefined);
    for await (const batch of inBatches(copy.entries(options), MAX_PAGES_IN_FLIGHT)) {
      // With the next number all is there, so it comes last, by itself.
      const [rest, last] = partition(batch, ({ key }) => key !== this.#nextKey);
      for (const some of [rest, last]) {
        await this.#link.sendAll(some, { send: put, keyOf: ({ key }) => key }, options);
      }
    }
    return size;
  }

  /** Keeps others from giving out numbers, if nobody has yet. */
  async #claim(options: LookupOptions | undefined): Promise<void> {
    const key = this.#nextKey;
    const claim = (): Promise<number> =>
      this.#link.commands.evalForInteger(CLAIM_SCRIPT, [key], [], 0).catch((error: unknown) => {
        throw explain(error);
      });
    // A repeat would find its own claim.
    const claimed: number[] = [];
    await this.#link.sendAll(
      [claim],
      { send: (ask) => ask(), receive: (reply) => claimed.push(reply), once: true },
      options,
    );
    if (claimed[0] === 1) return;
    const size = await this.size(options);
    if (size > 0) throw refuseToMix(size);
    throw damaged(`expected ${key}, which is missing, beside its pages (was restoring it interrupted?)`);
  }

  async *#pages(size: number, options: LookupOptions | undefined): AsyncGenerator<Texts, void> {
    const step = MAX_PAGES_IN_FLIGHT * PAGE_PEOPLE;
    for (let from = 0; from < size; from += step) {
      const to = Math.min(from + step, size);
      const texts = await this.textsOf(
        Array.from({ length: to - from }, (_, index) => from + index),
        options,
      );
      for (let at = 0; at < texts.length; at += PAGE_PEOPLE) yield texts.slice(at, at + PAGE_PEOPLE);
    }
  }

  get #nextKey(): string {
    return `${this.#keys}n`;
  }

  #pageKey(page: number): string {
    return `${this.#keys}t:${page}`;
  }

  #decode(page: number, bytes: Uint8Array, wanted: ReadonlySet<number>): (string | undefined)[] {
    try {
      return decodePage(bytes, (place) => wanted.has(place));
    } catch {
      throw damaged(`expected a page of texts under ${this.#pageKey(page)}`);
    }
  }

  /** Runs a script over texts, and says what it answered of each. A repeat answers the same, except of what it removed. */
  async #run(
    script: string,
    texts: readonly string[],
    min: number,
    options: LookupOptions | undefined,
  ): Promise<Map<string, number>> {
    const distinct = [...new Set(texts)];
    for (const text of distinct) checkPersonText(text);
    const numbers = new Map<string, number>();
    const { commands } = this.#link;
    const key = this.#nextKey;
    const send = (batch: readonly string[]): Promise<number[]> =>
      commands
        .evalForIntegers(script, [key], [pack(batch)], min, ID_LIMIT - 1, batch.length)
        .catch((error: unknown) => {
          throw explain(error);
        });
    await this.#link.sendAll(
      batchesOf(distinct),
      {
        send,
        receive: (found, batch) => {
          for (const [at, text] of batch.entries()) numbers.set(text, found[at]!);
        },
        keyOf: () => key,
        maxInFlight: MAX_SCRIPTS_IN_FLIGHT,
        once: script === REMOVE_SCRIPT,
      },
      options,
    );
    return numbers;
  }
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function knownOf(number: number): number | undefined {
  return number === UNKNOWN ? undefined : number;
}

/** Which of `ids` are on each page, by their index. */
function placesByPage(ids: ArrayLike<number>): Map<number, number[]> {
  const indexesByPage = new Map<number, number[]>();
  for (let index = 0; index < ids.length; index++) {
    const page = Math.floor(ids[index]! / PAGE_PEOPLE);
    const indexes = indexesByPage.get(page);
    if (indexes === undefined) indexesByPage.set(page, [index]);
    else indexes.push(index);
  }
  return indexesByPage;
}

function* batchesOf(texts: readonly string[]): Generator<readonly string[], void> {
  for (let from = 0; from < texts.length; from += BATCH_TEXTS) yield texts.slice(from, from + BATCH_TEXTS);
}

const HASH_BYTES = 4;
const LENGTH_BYTES = 2;

function pack(texts: readonly string[]): Buffer {
  const people = texts.map(encodePerson);
  const length = people.reduce((sum, { bytes }) => sum + HASH_BYTES + 1 + LENGTH_BYTES + bytes.length, 0);
  const packed = Buffer.alloc(length);
  let at = 0;
  for (const person of people) {
    const { code, bytes } = person;
    at = packed.writeUInt32BE(hashPerson(person), at);
    at = packed.writeUInt8(code, at);
    if (code === LONG) at = packed.writeUInt16BE(bytes.length, at);
    packed.set(bytes, at);
    at += bytes.length;
  }
  return packed.subarray(0, at);
}

function explain(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const [code, detail = ''] = [/^[A-Z]+/.exec(message)?.[0], message.slice(message.indexOf(' ') + 1)];
  if (code === DAMAGED) return damaged(detail);
  if (code === FULL) return new StoreError(`expected at most 2^32 people in all, got more than that`);
  if (!isRefusedCommand(error)) return error;
  return new StoreError(
    `expected a Redis that runs scripts (EVAL), which a map of people needs, got ${describe(message)}`,
  );
}

function damaged(detail: string): StoreError {
  return new StoreError(`expected a map of people that is whole, got one that is damaged: ${detail}`);
}
