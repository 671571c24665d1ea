/** Many requests over one connection: sent without waiting for each other, a bounded number under way. */

import { Patience } from './patience.js';

export interface Requests<Item, Reply> {
  /** What is sent, one request per item, drawn as room is made. */
  readonly items: Iterable<Item>;
  readonly maxInFlight: number;
  readonly signal?: AbortSignal | undefined;
  send(item: Item): Promise<Reply>;
  /** Called once per reply, in any order; never after the requests have ended. */
  receive(reply: Reply, item: Item): void;
  /** Without it no failed request is sent again. */
  readonly repeats?: Repeats | undefined;
  /** Called when a request has failed for good: with what all end then, or nothing if the others go on. */
  fail(error: unknown, item: Item): Promise<Error> | undefined;
}

/** Which failed requests are sent again. */
export interface Repeats {
  /** Milliseconds that the pauses before the repeats of a request take in all. */
  readonly limitMs: number;
  isWorthwhile(error: unknown): boolean;
}

/**
 * Requests of one tick leave in one round trip: clients write them to the socket one behind the other. Rejects as soon as
 * one fails or the signal fires; replies that come later are dropped.
 */
export function sendAll<Item, Reply>(requests: Requests<Item, Reply>): Promise<void> {
  const { maxInFlight, signal, repeats } = requests;
  return new Promise((resolve, reject) => {
    const items = requests.items[Symbol.iterator]();
    const pauses = new Set<ReturnType<typeof setTimeout>>();
    let inFlight = 0;
    let sent = false;
    let over = false;

    const finish = (settle: () => void): void => {
      if (over) return;
      over = true;
      signal?.removeEventListener('abort', abort);
      for (const pause of pauses) clearTimeout(pause);
      settle();
    };
    const abort = (): void => finish(() => reject(signal?.reason));
    const end = (failure: Promise<Error>): void => finish(() => failure.then(reject, reject));

    const send = async (item: Item, patience?: Patience): Promise<void> => {
      let failure: Promise<Error> | undefined;
      try {
        const reply = await requests.send(item);
        if (over) return;
        requests.receive(reply, item);
      } catch (error) {
        if (over) return;
        const waiting = repeats?.isWorthwhile(error)
          ? (patience ?? new Patience(repeats.limitMs))
          : undefined;
        const pauseMs = waiting?.next();
        if (pauseMs !== undefined) {
          const pause = setTimeout(() => {
            pauses.delete(pause);
            send(item, waiting);
          }, pauseMs);
          pauses.add(pause);
          return;
        }
        failure = requests.fail(error, item);
      }
      inFlight--;
      if (failure !== undefined) end(failure);
      else sendMore();
    };
    const sendMore = (): void => {
      while (!over && !sent && inFlight < maxInFlight) {
        let next: IteratorResult<Item>;
        try {
          next = items.next();
        } catch (error) {
          finish(() => reject(error));
          return;
        }
        if (next.done) {
          sent = true;
          break;
        }
        inFlight++;
        send(next.value);
      }
      if (inFlight === 0 && sent) finish(resolve);
    };

    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort);
    sendMore();
  });
}
