/** A connection to one server that ranges of bytes are read over. */

import type { Redis } from 'ioredis';
import { onAbort } from '../../../base/abort.js';
import type { ByteRead } from '../../types.js';
import { Batch } from './batch.js';
import { connectorBeside, type Receive } from './connector.js';
import { ReplyParser, ReplyProblem } from './parser.js';
import type { Reading } from './reading.js';
import { getRanges } from './request.js';

type Stream = Redis['stream'];

const NOTHING = Buffer.alloc(0);

/** After a connection that could not be made, the next is tried by a read that comes so much later. */
const REST_MS = 1000;

interface Wire {
  readonly stream: Stream;
  readonly parser: ReplyParser;
  /** Whether ioredis has done what it does at first. */
  isReady: boolean;
}

/**
 * The second connection of a client of ioredis that has one of its own. ioredis connects it as it connects the first one;
 * requests then go out in one write per call, and the bytes of their replies straight to where they are wanted. Each call ends
 * with a PING of ioredis' own, so that whatever ends its commands (a timeout, somebody who watches it) ends a call too, and
 * replies are known to be in step with requests.
 *
 * It is made by the first read, which does not wait for it.
 */
export class ReadingConnection implements Reading {
  readonly #main: Redis;
  readonly #client: Redis;
  readonly #isLasting: (error: unknown) => boolean;
  #wire: Wire | undefined;
  #restUntilMs = 0;
  /** Whether no further connection is to be made. */
  #isOver = false;

  /** @param isLasting whether what the server said means that a command is unknown there, or not allowed */
  constructor(main: Redis, isLasting: (error: unknown) => boolean) {
    this.#main = main;
    this.#isLasting = isLasting;
    this.#client = main.duplicate({
      Connector: connectorBeside(main, (stream) => this.#attend(stream)),
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      enableAutoPipelining: false,
      reconnectOnError: null,
      monitor: false,
    });
    this.#client.on('error', () => {});
    // The server may be another one when the client is back.
    main.on('close', () => this.#wire?.stream.destroy());
  }

  async read(
    reads: readonly ByteRead[],
    keyPrefix: string,
    signal: AbortSignal | undefined,
  ): Promise<ArrayLike<number> | undefined> {
    signal?.throwIfAborted();
    const [client, wire] = [this.#client, this.#wire];
    if (!wire?.isReady) {
      this.#open();
      return undefined;
    }
    const { stream, parser } = wire;
    // The reply to a command of somebody else would be taken for one of ours.
    if (!stream.writable || client.commandQueue.length !== parser.length) return undefined;
    const batch = new Batch(reads);
    const requests = getRanges(reads, keyPrefix);
    stream.cork();
    stream.write(requests);
    parser.expect(batch);
    client.ping().catch((error: unknown) => {
      batch.fail(error);
      if (this.#isLasting(error)) this.#giveUp(stream);
    });
    stream.uncork();
    const close = onAbort(signal, () => batch.fail(signal!.reason));
    try {
      return await batch.outcome;
    } finally {
      close();
    }
  }

  close(): void {
    this.#isOver = true;
    this.#wire?.stream.destroy();
    if (this.#client.status !== 'end') this.#client.disconnect();
  }

  #open(): void {
    const { status } = this.#client;
    const isIdle = status === 'wait' || status === 'end';
    if (this.#isOver || !isIdle || this.#main.status !== 'ready' || performance.now() < this.#restUntilMs)
      return;
    this.#restUntilMs = performance.now() + REST_MS;
    this.#connect().catch(() => this.#wire?.stream.destroy());
  }

  async #connect(): Promise<void> {
    const client = this.#client;
    await client.connect();
    const wire = this.#wire;
    // Refused a database, ioredis stays in the first one and says nothing.
    const { db = 0 } = client.options;
    if (db !== 0) await client.select(db);
    if (wire !== undefined) wire.isReady = true;
  }

  /** A server that breaks the rules, or allows no PING, is not asked in this way again. */
  #giveUp(stream: Stream): void {
    this.#isOver = true;
    stream.destroy();
  }

  /** Looks after a connection from its first byte on. */
  #attend(stream: Stream): Receive {
    const parser = new ReplyParser((bytes) => stream.emit('data', bytes));
    const wire = { stream, parser, isReady: false };
    this.#wire = wire;
    stream.once('close', () => {
      parser.end();
      if (this.#wire === wire) this.#wire = undefined;
    });
    return (chunk, length) => {
      try {
        // ioredis hears of no more than the end of a call; others may listen for signs of life.
        if (parser.length > 0 && stream.listenerCount('data') > 1) stream.emit('data', NOTHING);
        parser.push(chunk, length);
      } catch (error) {
        if (error instanceof ReplyProblem) this.#giveUp(stream);
        else stream.destroy();
      }
    };
  }
}
