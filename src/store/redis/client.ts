/**
 * What the Redis store asks of a client: the shape of ioredis 5 and 6 (`Redis` and `Cluster`) and of iovalkey. The client
 * belongs to the caller: it is never created, configured or closed here.
 */

import type { Buffer } from 'node:buffer';

/** A client of a server or a cluster. Its methods are commands of Redis, and reject with the server's error. */
export interface RedisClient extends RedisNode {
  /** Put before every key by the client itself, except that `scan` neither adds nor removes it. */
  readonly options?: { readonly keyPrefix?: string | undefined };
  /** `end` once the client is closed for good; with anything else it will connect again. Unknown if there is none. */
  readonly status?: string | undefined;
  /** The connection, if there is one: it is held back so that all requests of one tick leave in one write. */
  readonly stream?: { cork(): void; uncork(): void } | undefined;

  strlen(key: string): Promise<number>;
  getrangeBuffer(key: string, start: number, end: number): Promise<Buffer>;
  getBuffer(key: string): Promise<Buffer | null>;
  /** If the client has it: the value as in a dump, compressed. */
  dumpBuffer?(key: string): Promise<Buffer | null>;
  bitcount(key: string): Promise<number>;
  bitcount(key: string, start: number, end: number): Promise<number>;
  /** If the client has it; otherwise it is called by its name, with what the client puts before keys. */
  digest?(key: string): Promise<unknown>;
  /** If the client has it: any command. */
  call?(command: string, ...words: string[]): Promise<unknown>;
  bitpos(key: string, bit: number, start: number, end: number): Promise<number>;
  setbit(key: string, offset: number, value: 0 | 1): Promise<number>;
  /** Takes any number of such fields, one after the other. Without it every bit is a command. */
  bitfield?(key: string, set: 'SET', type: 'u1', offset: number, value: 0 | 1): Promise<unknown>;
  set(key: string, value: Buffer): Promise<unknown>;
  set(key: string, value: Buffer, secondsToken: 'EX', seconds: number): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | Buffer)[]): Promise<unknown>;
  pttl(key: string): Promise<number>;
  type(key: string): Promise<string>;
  unlink(...keys: string[]): Promise<number>;
  del(...keys: string[]): Promise<number>;
  multi(): RedisTransaction;
  /** What the server says of itself: whether it is a node of a cluster. */
  info?(section: string): Promise<string>;
  /** Only a cluster's client has it: one client per node. */
  nodes?(role: 'master'): RedisNode[];
}

/** One server. */
export interface RedisNode {
  scan(
    cursor: string,
    patternToken: 'MATCH',
    pattern: string,
    countToken: 'COUNT',
    count: number,
  ): Promise<[cursor: string, keys: string[]]>;
}

/** Commands that are sent together and run without others in between. */
export interface RedisTransaction {
  getBuffer(key: string): unknown;
  setbit(key: string, offset: number, value: 0 | 1): unknown;
  /** Takes any number of such fields, one after the other. Without it every bit is a command. */
  bitfield?(key: string, set: 'SET', type: 'u1', offset: number, value: 0 | 1): unknown;
  exec(): Promise<[error: Error | null, reply: unknown][] | null>;
}
