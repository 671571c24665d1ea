/** The caller's client behind commands whose replies are what Redis answers, or a `StoreError`: the only place that talks to it. */

import type { Buffer } from 'node:buffer';
import { nextTick } from 'node:process';
import { StoreError } from '../../base/errors.js';
import { checkByteLength, ID_LIMIT } from '../../base/limits.js';
import type { BitWrite } from '../types.js';
import type { RedisClient, RedisNode, RedisTransaction } from './client.js';
import { addFields, checkFields, groupByKey, type KeyBits, MAX_FIELDS } from './fields.js';
import { codeOf, isRefusedCommand, NoTransactionsError } from './refusal.js';
import { toBytes, toInteger, toList, toText, unexpected } from './replies.js';

/** PTTL answers with -1 for a key without expiry and with -2 for a missing one. */
const MISSING = -2;
const DIGEST = /^[0-9a-f]{16,64}$/i;
const MAX_INTEGER = Number.MAX_SAFE_INTEGER;

export class RedisCommands {
  readonly #client: RedisClient;
  /** The connection that is held back until the end of this tick. */
  #held: unknown;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  get isCluster(): boolean {
    return typeof this.#client.nodes === 'function';
  }

  get keyPrefix(): string {
    return this.#client.options?.keyPrefix ?? '';
  }

  /** Whether a connection that is lost will come back by itself, as far as the client tells. */
  get reconnects(): boolean {
    return this.#client.status !== undefined && this.#client.status !== 'end';
  }

  async strlen(key: string): Promise<number> {
    const reply = await this.#with('strlen').strlen(key);
    return checkByteLength(key, toInteger(reply, 0, MAX_INTEGER, 'STRLEN', key));
  }

  /** The bytes from `start` to `end`, both included, or as many as there are: a view that holds until the next tick. */
  async getrange(key: string, start: number, end: number): Promise<Uint8Array> {
    const reply = await this.#with('getrangeBuffer').getrangeBuffer(key, start, end);
    return toBytes(reply, end - start + 1, 'GETRANGE', key);
  }

  /** `null` for a missing key. */
  async get(key: string): Promise<Uint8Array | null> {
    return toValue(key, await this.#with('getBuffer').getBuffer(key));
  }

  /** Whether the client knows `dump`. */
  get canDump(): boolean {
    return typeof this.#client.dumpBuffer === 'function';
  }

  /** The value as in a dump; `null` for a missing key. */
  async dump(key: string): Promise<Uint8Array | null> {
    const reply = await this.#with('dumpBuffer').dumpBuffer!(key);
    // A copy, since the reply holds until the next tick, and is read in several.
    return reply === null ? null : Uint8Array.from(toBytes(reply, MAX_INTEGER, 'DUMP', key));
  }

  async bitcount(key: string): Promise<number> {
    return toInteger(await this.#with('bitcount').bitcount(key), 0, ID_LIMIT, 'BITCOUNT', key);
  }

  /** What tells one value from another, in Redis from 8.4 on; `null` for a missing key. */
  async digest(key: string): Promise<string | null> {
    const client = this.#with(this.#client.digest === undefined ? 'call' : 'digest');
    // Clients put their prefix only before keys of commands that they know.
    const reply = await (client.digest?.(key) ?? client.call!('DIGEST', this.keyPrefix + key));
    if (reply === null) return null;
    const digest = toText(reply, 'DIGEST', key);
    if (!DIGEST.test(digest)) throw unexpected(reply, 'hexadecimal digits', 'DIGEST', key);
    return digest;
  }

  /** Within bytes `start` to `end`, both included. */
  async bitcountWithin(key: string, start: number, end: number): Promise<number> {
    const reply = await this.#with('bitcount').bitcount(key, start, end);
    return toInteger(reply, 0, (end - start + 1) * 8, 'BITCOUNT', key);
  }

  /** The first bit that is set within bytes `start` to `end`, both included; -1 if none is. */
  async bitpos(key: string, start: number, end: number): Promise<number> {
    const last = end * 8 + 7;
    const bit = toInteger(await this.#with('bitpos').bitpos(key, 1, start, end), -1, last, 'BITPOS', key);
    return bit === -1 ? bit : toInteger(bit, start * 8, last, 'BITPOS', key);
  }

  async setbit(key: string, offset: number, value: 0 | 1): Promise<void> {
    toInteger(await this.#with('setbit').setbit(key, offset, value), 0, 1, 'SETBIT', key);
  }

  async set(key: string, value: Buffer, ttlSeconds: number | undefined): Promise<void> {
    const client = this.#with('set');
    const reply = await (ttlSeconds === undefined
      ? client.set(key, value)
      : client.set(key, value, 'EX', ttlSeconds));
    if (toText(reply, 'SET', key) !== 'OK') throw unexpected(reply, 'OK', 'SET', key);
  }

  /** A script that answers with a whole number, `min` or more. */
  async evalForInteger(
    script: string,
    keys: readonly string[],
    values: readonly (string | Buffer)[],
    min: number,
  ): Promise<number> {
    const reply = await this.#with('eval').eval(script, keys.length, ...keys, ...values);
    return toInteger(reply, min, MAX_INTEGER, 'EVAL', keys[0]);
  }

  /**
   * A script that answers with a list of whole numbers from `min` to `max`: one for each key, or for as many of the first ones as it
   * did; or with exactly `length`.
   */
  async evalForIntegers(
    script: string,
    keys: readonly string[],
    values: readonly (string | Buffer)[],
    min: number,
    max = MAX_INTEGER,
    length?: number,
  ): Promise<number[]> {
    const reply = await this.#with('eval').eval(script, keys.length, ...keys, ...values);
    const list = toList(reply, length, 'EVAL', keys[0]);
    if (length === undefined && (list.length === 0 || list.length > keys.length)) {
      throw unexpected(reply, `a list of 1 to ${keys.length}`, 'EVAL', keys[0]);
    }
    return list.map((number) => toInteger(number, min, max, 'EVAL', keys[0]));
  }

  /** Milliseconds until the key expires; `undefined` if it does not, or is missing. */
  async pttl(key: string): Promise<number | undefined> {
    const reply = await this.#with('pttl').pttl(key);
    const milliseconds = toInteger(reply, MISSING, MAX_INTEGER, 'PTTL', key);
    return milliseconds < 0 ? undefined : milliseconds;
  }

  async type(key: string): Promise<string> {
    return toText(await this.#with('type').type(key), 'TYPE', key);
  }

  /** UNLINK came with Redis 4; servers without it know DEL. */
  async remove(keys: readonly string[], command: 'unlink' | 'del'): Promise<number> {
    const reply = await this.#with(command)[command](...keys);
    return toInteger(reply, 0, keys.length, command.toUpperCase());
  }

  /** `undefined` if the client does not offer it. */
  async info(section: string): Promise<string | undefined> {
    if (this.#client.info === undefined) return undefined;
    return toText(await this.#client.info(section), 'INFO');
  }

  /** One client per server that has keys: the masters of a cluster, or the client itself. */
  nodes(): readonly RedisNode[] {
    if (this.#client.nodes === undefined) return [this.#client];
    const nodes = toList(this.#client.nodes('master'), undefined, 'the client') as readonly RedisNode[];
    if (nodes.length === 0) throw new StoreError('expected the masters of a cluster, got none');
    return nodes;
  }

  /** The cursor `0` ends a scan. It may be text of any kind before. */
  async scan(
    node: RedisNode,
    cursor: string,
    pattern: string,
    count: number,
  ): Promise<[cursor: string, keys: string[]]> {
    if (typeof node.scan !== 'function') throw lacking('scan');
    const reply = await node.scan(cursor, 'MATCH', pattern, 'COUNT', count);
    const [next, keys] = toList(reply, 2, 'SCAN');
    return [toCursor(next), toList(keys, undefined, 'SCAN').map((key) => toText(key, 'SCAN'))];
  }

  /** GETs in one transaction: per key its bytes, `null` if it is missing, or the error it ended in. */
  async getAll(keys: readonly string[]): Promise<(Uint8Array | Error | null)[]> {
    const transaction = this.#begin();
    for (const key of keys) transaction.getBuffer(key);
    const replies = await this.#execute(transaction, keys.length);
    return replies.map((reply, index) => (reply instanceof Error ? reply : toValue(keys[index]!, reply)));
  }

  /** Whether several bits of a key can be one command, as far as the client tells. */
  get hasFields(): boolean {
    return typeof this.#client.bitfield === 'function';
  }

  async setKeyFields(bits: KeyBits): Promise<void> {
    checkFields(await addFields(this.#with('bitfield'), bits), bits);
  }

  /** SETBITs in one transaction: per bit the error it ended in, or `null`. */
  async setBits(writes: readonly BitWrite[]): Promise<(Error | null)[]> {
    const transaction = this.#begin();
    const keys: string[] = [];
    for (const { key, ids, value } of writes) {
      for (let at = 0; at < ids.length; at++) {
        transaction.setbit(key, ids[at]!, value);
        keys.push(key);
      }
    }
    const replies = await this.#execute(transaction, keys.length);
    return replies.map((reply, bit) => errorOf(reply, () => toInteger(reply, 0, 1, 'SETBIT', keys[bit])));
  }

  /** The same, with several bits of a key in one BITFIELD, if the client has that. */
  async setFields(writes: readonly BitWrite[]): Promise<(Error | null)[]> {
    const transaction = this.#begin();
    if (typeof transaction.bitfield !== 'function') return this.setBits(writes);
    const groups = groupByKey(writes, MAX_FIELDS);
    for (const group of groups) addFields(transaction, group);
    const replies = await this.#execute(transaction, groups.length);
    const errors: (Error | null)[] = [];
    for (const [index, group] of groups.entries()) {
      const error = errorOf(replies[index], () => checkFields(replies[index], group));
      for (const place of group.places) errors[place] = error;
    }
    return errors;
  }

  #begin(): RedisTransaction {
    const transaction = this.#with('multi').multi();
    for (const method of TRANSACTION) {
      if (typeof transaction?.[method] !== 'function') throw lacking(`${method} of multi`);
    }
    return transaction;
  }

  async #execute(transaction: RedisTransaction, length: number): Promise<unknown[]> {
    const replies: unknown[] = [];
    for (const reply of toList(await execute(transaction), length, 'EXEC')) {
      const [error, value] = toList(reply, undefined, 'EXEC');
      if (error !== null && !(error instanceof Error)) throw unexpected(error, 'errors or null', 'EXEC');
      replies.push(error ?? value);
    }
    return replies;
  }

  #with(method: keyof RedisClient): RedisClient {
    if (typeof this.#client[method] !== 'function') throw lacking(method);
    this.#holdBack();
    return this.#client;
  }

  /** Clients write every command by itself, which costs more than all else about a short one. */
  #holdBack(): void {
    const { stream } = this.#client;
    if (stream === this.#held || typeof stream?.cork !== 'function' || typeof stream.uncork !== 'function') {
      return;
    }
    this.#held = stream;
    stream.cork();
    nextTick(() => {
      this.#held = undefined;
      stream.uncork();
    });
  }
}

const TRANSACTION = ['getBuffer', 'setbit', 'exec'] as const;

async function execute(transaction: RedisTransaction): Promise<unknown> {
  try {
    return await transaction.exec();
  } catch (error) {
    const cause = firstCause(error);
    // What was aborted was begun: then it is one of its commands that is not allowed.
    const isUnknown = codeOf(error) !== 'EXECABORT' && isRefusedCommand(cause);
    throw isUnknown ? new NoTransactionsError(cause) : cause;
  }
}

/** Clients reject with EXEC's error, which may only say that there were others before. */
function firstCause(error: unknown): unknown {
  const hasOthers = error instanceof Error && 'previousErrors' in error;
  return hasOthers && Array.isArray(error.previousErrors) ? (error.previousErrors[0] ?? error) : error;
}

/** What a command within a transaction ended in. */
function errorOf(reply: unknown, check: () => void): Error | null {
  if (reply instanceof Error) return reply;
  try {
    check();
    return null;
  } catch (error) {
    return error as Error;
  }
}

function toValue(key: string, reply: unknown): Uint8Array | null {
  if (reply === null) return null;
  const bytes = toBytes(reply, MAX_INTEGER, 'GET', key);
  checkByteLength(key, bytes.length);
  return bytes;
}

/** Of Redis a whole number of 64 bits, elsewhere text of any kind. */
function toCursor(reply: unknown): string {
  if (typeof reply === 'bigint' && reply >= 0) return String(reply);
  const cursor =
    typeof reply === 'number' ? String(toInteger(reply, 0, MAX_INTEGER, 'SCAN')) : toText(reply, 'SCAN');
  if (cursor === '') throw unexpected(reply, 'a cursor', 'SCAN');
  return cursor;
}

function lacking(method: string): StoreError {
  return new StoreError(
    `expected a client of ioredis or iovalkey, or one of node-redis in fromNodeRedis, got one without ${method}`,
  );
}
