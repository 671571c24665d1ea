/** node-redis 5 and 6 in the shape that the store asks for. */

import { Buffer } from 'node:buffer';
import type { RedisClient, RedisTransaction } from './client.js';

/** What is asked of a client made by node-redis' `createClient`. */
export interface NodeRedisClient {
  /** What the client was made with. */
  readonly options?: { readonly keyPrefix?: string | Buffer | undefined } | undefined;
  /** Whether it is connected, or connects again when the connection is lost. */
  readonly isOpen?: boolean | undefined;
  /** Sends a command, word by word, and answers with its reply. */
  sendCommand(args: readonly Word[], options?: NodeRedisCommandOptions): Promise<unknown>;
}

/** How a command is sent and its reply is read. */
export interface NodeRedisCommandOptions {
  /** RESP's bulk strings, by their first byte (`$`), as bytes; everything else as it comes. */
  readonly typeMapping?: { readonly 36?: typeof Buffer };
  /** Commands with the same id stay together, also when the connection breaks. */
  readonly chainId?: symbol;
}

type Word = string | Buffer;
const AS_BYTES = { typeMapping: { 36: Buffer } };
/** Whatever the client was told to make of replies. */
const AS_THEY_COME = { typeMapping: {} };

/**
 * Makes a client of node-redis (5 and 6, a single server) usable for `RedisStore`. The client stays the caller's: it is
 * connected and closed by the caller.
 * @throws TypeError for what cannot serve: a pool, a client of a cluster or of sentinels, version 4 and earlier
 * @example
 * import { createClient } from 'redis';
 * import { fromNodeRedis, RedisStore } from 'bitmapist-wasm/redis';
 *
 * const client = await createClient({ url: process.env.REDIS_URL ?? 'redis://localhost' }).connect();
 * const store = new RedisStore(fromNodeRedis(client));
 * await store.write([{ key: 'key', ids: [1, 2], value: 1 }]);
 * console.log(await store.count('key')); // 2
 * client.destroy();
 */
export function fromNodeRedis(client: NodeRedisClient): RedisClient {
  checkClient(client);
  const keyPrefix = String(client.options?.keyPrefix ?? '');
  // Commands are sent as words, to which node-redis adds no prefix.
  const nameOf = (key: string): string => keyPrefix + key;
  const send = async <Reply>(...words: (Word | number)[]): Promise<Reply> =>
    (await client.sendCommand(words.map(toWord), AS_THEY_COME)) as Reply;
  const sendForBytes = async <Reply>(...words: (Word | number)[]): Promise<Reply> =>
    (await client.sendCommand(words.map(toWord), AS_BYTES)) as Reply;
  return {
    options: { keyPrefix },
    get status() {
      return client.isOpen === undefined ? undefined : client.isOpen ? 'open' : 'end';
    },
    strlen: (key) => send('STRLEN', nameOf(key)),
    getrangeBuffer: (key, start, end) => sendForBytes('GETRANGE', nameOf(key), start, end),
    getBuffer: (key) => sendForBytes('GET', nameOf(key)),
    dumpBuffer: (key) => sendForBytes('DUMP', nameOf(key)),
    bitcount: (key: string, ...range: number[]) => send('BITCOUNT', nameOf(key), ...range),
    digest: (key) => send('DIGEST', nameOf(key)),
    bitpos: (key, bit, start, end) => send('BITPOS', nameOf(key), bit, start, end),
    setbit: (key, offset, value) => send('SETBIT', nameOf(key), offset, value),
    bitfield: (key: string, ...fields: (string | number)[]) => send('BITFIELD', nameOf(key), ...fields),
    set: (key: string, value: Buffer, ...expiry: (string | number)[]) =>
      send('SET', nameOf(key), value, ...expiry),
    eval: (script, numberOfKeys, ...words) =>
      send(
        'EVAL',
        script,
        numberOfKeys,
        ...words.map((word, index) => (index < numberOfKeys ? nameOf(String(word)) : word)),
      ),
    pttl: (key) => send('PTTL', nameOf(key)),
    type: (key) => send('TYPE', nameOf(key)),
    unlink: (...keys) => send('UNLINK', ...keys.map(nameOf)),
    del: (...keys) => send('DEL', ...keys.map(nameOf)),
    scan: (cursor, ...words) => send('SCAN', cursor, ...words),
    multi: () => createTransaction(client, nameOf),
    info: (section) => send('INFO', section),
  };
}

function checkClient(client: NodeRedisClient): void {
  const expected = 'expected a client made by createClient of node-redis, version 5 or later, got';
  if (typeof client?.sendCommand !== 'function') {
    throw new TypeError(`${expected} something without sendCommand`);
  }
  if ('totalClients' in client) {
    throw new TypeError(
      `${expected} a pool: commands that belong together would go over several connections`,
    );
  }
  if ('getRandomNode' in client || 'getMasterNode' in client) {
    throw new TypeError(`${expected} one of a cluster or of sentinels, for which ioredis has clients`);
  }
  // What tells replies apart came with version 5; before, bytes came as text.
  if (client.isOpen !== undefined && !('withTypeMapping' in client)) {
    throw new TypeError(`${expected} one of an earlier version, which answers with text in place of bytes`);
  }
}

/** By hand, because node-redis 6 gives the replies of a transaction as text, whatever was asked for. */
function createTransaction(client: NodeRedisClient, nameOf: (key: string) => string): RedisTransaction {
  const commands: string[][] = [];
  return {
    getBuffer: (key) => commands.push(['GET', nameOf(key)]),
    setbit: (key, offset, value) => commands.push(['SETBIT', nameOf(key), String(offset), String(value)]),
    bitfield: (key: string, ...fields: (string | number)[]) =>
      commands.push(['BITFIELD', nameOf(key), ...fields.map(String)]),
    exec: async () => {
      const options = { ...AS_BYTES, chainId: Symbol('transaction') };
      const sent = [['MULTI'], ...commands, ['EXEC']].map((words) => client.sendCommand(words, options));
      const outcomes = await Promise.allSettled(sent);
      const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      // As ioredis has it: EXEC's error, with those before it.
      if (errors.length > 0) throw Object.assign(errors.at(-1), { previousErrors: errors.slice(0, -1) });
      const replies = (await sent.at(-1)) as readonly unknown[] | null;
      return replies?.map((reply) => (reply instanceof Error ? [reply, null] : [null, reply])) ?? null;
    },
  };
}

function toWord(word: Word | number): Word {
  return typeof word === 'number' ? String(word) : word;
}
