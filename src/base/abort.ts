/** Drawing from what arrives over time, and no longer once a signal aborts. */

/** Items that are asked for one by one. */
export interface Source<T> {
  next(): Promise<IteratorResult<T, unknown>>;
  /** Says that no more is wanted. */
  cancel(): Promise<unknown>;
}

export function openIterable<T>(iterable: AsyncIterable<T> | Iterable<T>): Source<T> {
  const iterator =
    Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  return { next: async () => iterator.next(), cancel: async () => iterator.return?.() };
}

/**
 * The items of a source, in order. Ends early with the signal's reason, and lets go of the source, also while the source
 * is silent.
 */
export async function* drawUntilAborted<T>(
  { next, cancel }: Source<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void> {
  const gate = new AbortGate(signal);
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await gate.wait(next());
      if (done) {
        finished = true;
        return;
      }
      yield value;
    }
  } finally {
    gate.close();
    // Not awaited: a source that is silent may never answer.
    if (!finished) cancel().catch(() => {});
  }
}

/** Waits for one promise after the other, and no longer once a signal aborts. */
class AbortGate {
  readonly #signal: AbortSignal | undefined;
  #reject: ((reason: unknown) => void) | undefined;
  readonly #listener = () => this.#reject?.(this.#signal?.reason);

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener('abort', this.#listener, { once: true });
  }

  wait<T>(promise: Promise<T>): Promise<T> {
    if (!this.#signal) return promise;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
      if (this.#signal?.aborted) reject(this.#signal.reason);
    });
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#listener);
  }
}
