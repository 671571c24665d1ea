/** Many requests over one connection: sent without waiting for each other, a bounded number under way. */

export interface Requests<Reply> {
  readonly maxInFlight: number;
  readonly signal?: AbortSignal | undefined;
  /** Sends request `index`, called with 0, 1, 2, … until it returns `undefined`. */
  send(index: number): Promise<Reply> | undefined;
  /** Called once per reply, in any order; never after the requests have failed or were aborted. */
  receive(reply: Reply, index: number): void;
  /** What to reject with where request `index` failed. */
  explain(error: unknown, index: number): Promise<Error>;
}

/**
 * Requests of one tick leave in one round trip: clients write them to the socket one behind the other. Rejects as soon as
 * one fails or the signal fires; replies that come later are dropped.
 */
export function sendAll<Reply>(requests: Requests<Reply>): Promise<void> {
  const { maxInFlight, signal } = requests;
  return new Promise((resolve, reject) => {
    let next = 0;
    let inFlight = 0;
    let sent = false;
    let over = false;

    const finish = (settle: () => void): void => {
      if (over) return;
      over = true;
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => finish(() => reject(signal?.reason));
    const fail = (error: unknown, index: number): void =>
      finish(() => requests.explain(error, index).then(reject, reject));
    const sendMore = (): void => {
      while (!over && !sent && inFlight < maxInFlight) {
        const index = next++;
        let request: Promise<Reply> | undefined;
        try {
          request = requests.send(index);
        } catch (error) {
          fail(error, index);
          return;
        }
        if (request === undefined) {
          sent = true;
          break;
        }
        inFlight++;
        request
          .then((reply) => {
            inFlight--;
            if (over) return;
            requests.receive(reply, index);
            sendMore();
          })
          .catch((error) => fail(error, index));
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
