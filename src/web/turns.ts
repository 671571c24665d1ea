import { GONE, Refusal } from './refusal.js';

/** How many requests are answered at once, and for how long: each has a turn. */

export interface Turn {
  /** Ends the question once its time is up, or who asked has left. */
  readonly signal: AbortSignal;
  /** To be called whatever became of it; again, it does nothing. */
  end(): void;
}

export class Turns {
  readonly #most: number;
  readonly #milliseconds: number;
  #taken = 0;

  constructor(most: number, milliseconds: number) {
    this.#most = most;
    this.#milliseconds = milliseconds;
  }

  /** @throws Refusal if too many are being answered */
  begin(client: AbortSignal): Turn {
    if (this.#taken >= this.#most) {
      throw new Refusal(503, 'too many questions at once; ask again in a moment', { 'retry-after': '1' });
    }
    this.#taken += 1;
    const controller = new AbortController();
    const late = new Refusal(504, `no answer within ${this.#milliseconds} ms`);
    const timer = setTimeout(() => controller.abort(late), this.#milliseconds);
    const leave = (): void => controller.abort(new Refusal(GONE, 'who asked has left'));
    client.addEventListener('abort', leave, { once: true });
    if (client.aborted) leave();
    let isOver = false;
    return {
      signal: controller.signal,
      end: () => {
        if (isOver) return;
        isOver = true;
        this.#taken -= 1;
        clearTimeout(timer);
        client.removeEventListener('abort', leave);
      },
    };
  }
}

/** What a promise that others wait for too comes to, unless the signal aborts first. */
export function waitFor<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
