/** Many requests over one connection: sent without waiting for each other, a bounded number under way. */

import { pause, untilAborted } from './abort.js';
import { Patience } from './patience.js';

export interface Requests<Item, Reply> {
  /** What is sent, one request per item, drawn as room is made. */
  readonly items: Iterable<Item>;
  readonly maxInFlight: number;
  readonly signal?: AbortSignal | undefined;
  send(item: Item): Promise<Reply>;
  /** Called once per reply, in any order; never after the requests have ended. */
  readonly receive?: ((reply: Reply, item: Item) => void) | undefined;
  /** Without it no failed request is sent again. */
  readonly repeats?: Repeats | undefined;
  /** Called when a request has failed for good: with what all end then, or nothing if the others go on. */
  fail?(error: unknown, item: Item): Promise<Error> | undefined;
}

/** Which failed requests are sent again. */
export interface Repeats {
  /** Milliseconds that the pauses before the repeats of a request take in all. */
  readonly limitMs: number;
  isWorthwhile(error: unknown): boolean;
}

/**
 * Requests of one tick leave in one round trip: clients write them to the socket one after the other. Rejects as soon as
 * one fails or the signal fires; replies that come later are dropped.
 */
export async function sendAll<Item, Reply>(requests: Requests<Item, Reply>): Promise<void> {
  const { maxInFlight, signal, repeats } = requests;
  signal?.throwIfAborted();
  const items = requests.items[Symbol.iterator]();
  const pauses = new Set<ReturnType<typeof setTimeout>>();
  let isOver = false;

  /** Sends one request after the other, from `next` on. */
  const sendFrom = async (next: IteratorResult<Item>): Promise<void> => {
    let patience: Patience | undefined;
    while (!next.done && !isOver) {
      try {
        const reply = await requests.send(next.value);
        if (isOver) return;
        requests.receive?.(reply, next.value);
      } catch (error) {
        if (isOver) return;
        if (repeats?.isWorthwhile(error)) {
          patience ??= new Patience(repeats.limitMs);
          const pauseMs = patience.next();
          if (pauseMs !== undefined) {
            await new Promise((resolve) => pauses.add(setTimeout(resolve, pauseMs)));
            continue;
          }
        }
        const failure =
          requests.fail === undefined ? Promise.reject(error) : requests.fail(error, next.value);
        if (failure !== undefined) {
          isOver = true;
          throw await failure;
        }
      }
      patience = undefined;
      if (!isOver) next = items.next();
    }
  };

  const underWay: Promise<void>[] = [];
  try {
    while (underWay.length < maxInFlight) {
      const next = items.next();
      if (next.done) break;
      underWay.push(sendFrom(next));
    }
    await untilAborted(signal, Promise.all(underWay));
  } finally {
    isOver = true;
    for (const pause of pauses) clearTimeout(pause);
  }
}

/**
 * One request, sent again as long as that is worthwhile; what it is about is a request of several commands, too.
 * @param repeats which failed requests are sent again
 */
export async function sendOne<Reply>(
  send: () => Promise<Reply>,
  repeats: Repeats,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  let patience: Patience | undefined;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await untilAborted(signal, send());
    } catch (error) {
      if (signal?.aborted || !repeats.isWorthwhile(error)) throw error;
      patience ??= new Patience(repeats.limitMs);
      const pauseMs = patience.next();
      if (pauseMs === undefined) throw error;
      await pause(pauseMs, signal);
    }
  }
}
