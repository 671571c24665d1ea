/** node-redis 5 and 6 behind the shape that the store asks for. */

import { Buffer } from 'node:buffer';
import type { RedisClient, RedisTransaction } from './client.js';

/** What is asked of a client made by node-redis' `createClient`. */
export interface NodeRedisClient {
  /** What the client was made with. */
  readonly options?: { readonly keyPrefix?: string | Buffer | undefined } | undefined;
  /** Sends a command, word by word, and answers with its reply. */
  sendCommand(args: readonly Word[], options?: NodeRedisCommandOptions): Promise<unknown>;
}

/** How a command is sent and its reply is read. */
export interface NodeRedisCommandOptions {
  /** RESP's bulk strings, by their first byte (`$`), as bytes. */
  readonly typeMapping?: { readonly 36: typeof Buffer };
  /** Commands with the same id stay together, also when the connection breaks. */
  readonly chainId?: symbol;
}

type Word = string | Buffer;
const AS_BYTES = { 36: Buffer };

/**
 * Makes a client of node-redis (5 and 6, a single server) usable for `RedisStore`. The client stays the caller's: it is
 * connected and closed by the caller.
 */
export function fromNodeRedis(client: NodeRedisClient): RedisClient {
  const keyPrefix = String(client.options?.keyPrefix ?? '');
  // Commands are sent as words, to which node-redis adds no prefix.
  const nameOf = (key: string): string => keyPrefix + key;
  const send = async <Reply>(...words: (Word | number)[]): Promise<Reply> =>
    (await client.sendCommand(words.map(toWord))) as Reply;
  const sendForBytes = async <Reply>(...words: (Word | number)[]): Promise<Reply> =>
    (await client.sendCommand(words.map(toWord), { typeMapping: AS_BYTES })) as Reply;
  return {
    options: { keyPrefix },
    strlen: (key) => send('STRLEN', nameOf(key)),
    getrangeBuffer: (key, start, end) => sendForBytes('GETRANGE', nameOf(key), start, end),
    getBuffer: (key) => sendForBytes('GET', nameOf(key)),
    bitcount: (key: string, ...range: number[]) => send('BITCOUNT', nameOf(key), ...range),
    bitpos: (key, bit, start, end) => send('BITPOS', nameOf(key), bit, start, end),
    setbit: (key, offset, value) => send('SETBIT', nameOf(key), offset, value),
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
  };
}

/** By hand, because node-redis 6 gives the replies of a transaction as text, whatever was asked for. */
function createTransaction(client: NodeRedisClient, nameOf: (key: string) => string): RedisTransaction {
  const commands: string[][] = [];
  return {
    getBuffer: (key) => commands.push(['GET', nameOf(key)]),
    setbit: (key, offset, value) => commands.push(['SETBIT', nameOf(key), String(offset), String(value)]),
    exec: async () => {
      const options = { typeMapping: AS_BYTES, chainId: Symbol('transaction') };
      const sent = [['MULTI'], ...commands, ['EXEC']].map((words) => client.sendCommand(words, options));
      const outcomes = await Promise.allSettled(sent);
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      const replies = (await sent.at(-1)) as readonly unknown[] | null;
      return replies?.map((reply) => (reply instanceof Error ? [reply, null] : [null, reply])) ?? null;
    },
  };
}

function toWord(word: Word | number): Word {
  return typeof word === 'number' ? String(word) : word;
}
