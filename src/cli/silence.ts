import type { Redis } from 'ioredis';
import { type Progress, startProgress } from './progress.js';

/** A server that answers no more: a connection on which an answer is awaited and no byte moves is given up. */

export interface TimeoutOptions {
  /** Seconds that a server may be silent while an answer is awaited (default 30); 0 for any time. */
  readonly timeout?: number;
}

const DEFAULT_TIMEOUT_S = 30;

/** 0 for any time. */
export function timeoutMsOf({ timeout = DEFAULT_TIMEOUT_S }: TimeoutOptions): number {
  return Math.ceil(timeout * 1000);
}

/** What a command fails with then. */
export class SilenceError extends Error {
  override name = 'SilenceError';

  constructor(timeoutMs: number, server?: string) {
    const from = server === undefined ? '' : ` from ${server}`;
    super(`silence${from} for ${timeoutMs / 1000} s (--timeout waits longer)`);
  }
}

/** Silence as long as this is shown to people. */
const NOTICEABLE_MS = 1000;

/** Gives up every connection of `client` that is silent for so long: what waits for it fails with a `SilenceError`. */
export function endIfSilent(client: Redis, timeoutMs: number): void {
  client.on('connect', () => watch(client, timeoutMs));
  client.on('error', ({ message }: Error) => {
    // Before there is a connection, the client itself looks after the time, and says only that there is none.
    if (message === CONNECT_TIMED_OUT) giveUp(client, new SilenceError(timeoutMs, addressOf(client)));
  });
}

/** What the client says if it waited for a connection for so long as it was told to. */
export const CONNECT_TIMED_OUT = 'connect ETIMEDOUT';

/** Of a connection that is gone, the client would say just that to those who wait for an answer, and they would ask again. */
function giveUp(client: Redis, silence: SilenceError): void {
  client.recoverFromFatalError(silence, silence, {});
  client.stream.destroy();
}

function addressOf({ options: { host, port, path } }: Redis): string {
  return path ?? `${host}:${port}`;
}

function watch(client: Redis, timeoutMs: number): void {
  const { stream } = client;
  const server = stream.remoteAddress ? `${stream.remoteAddress}:${stream.remotePort}` : addressOf(client);
  // Several ticks make a silence: after one that is late, because this process was busy, an answer may wait to be read.
  const tickMs = Math.min(NOTICEABLE_MS, timeoutMs / 4);
  let silentMs = 0;
  let bytesRead = stream.bytesRead;
  let tickedMs = 0;
  let waiting: Progress | undefined;
  const stopShowing = (): void => {
    waiting?.end();
    waiting = undefined;
  };
  const show = (): void => {
    if (silentMs < NOTICEABLE_MS) return;
    if (waiting === undefined) stream.once('data', stopShowing);
    waiting ??= startProgress('');
    waiting.show(`waiting for ${server}: nothing for ${Math.floor(silentMs / 1000)} s`);
  };
  stream.once('close', stopShowing);
  stream.setTimeout(tickMs).on('timeout', () => {
    // It is the next byte that starts the clock again.
    if (client.commandQueue.length === 0) return;
    const nowMs = performance.now();
    // Bytes that leave put the next tick off.
    const isSending = stream.writableLength > 0 && nowMs - tickedMs > 1.5 * tickMs;
    if (stream.bytesRead !== bytesRead || isSending) silentMs = 0;
    silentMs += tickMs;
    bytesRead = stream.bytesRead;
    tickedMs = nowMs;
    if (silentMs >= timeoutMs) {
      giveUp(client, new SilenceError(timeoutMs, server));
      return;
    }
    show();
    stream.setTimeout(tickMs);
  });
}
