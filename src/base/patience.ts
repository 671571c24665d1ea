/** How long, and how often, something is tried again that may heal by itself. */

const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 1000;

/** The pauses before repeats: they double up to a second, until the limit is reached. */
export class Patience {
  readonly #limitMs: number;
  #spentMs = 0;
  #nextMs = FIRST_PAUSE_MS;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Milliseconds to wait before the next attempt; `undefined` if there is to be none. */
  next(): number | undefined {
    const pauseMs = Math.min(this.#nextMs, this.#limitMs - this.#spentMs);
    if (pauseMs <= 0) return undefined;
    this.#spentMs += pauseMs;
    this.#nextMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    return pauseMs;
  }
}
