/** Doing something no longer once a signal aborts. */

/** Calls `listener` when the signal aborts, at once if it has; returns what ends that. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {};
  signal.addEventListener('abort', listener, { once: true });
  if (signal.aborted) listener();
  return () => signal.removeEventListener('abort', listener);
}

/** What `start` comes to, unless the signal aborts first: then it rejects with the signal's reason. */
export function untilAborted<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const close = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(close);
  });
}

/** Waits, unless the signal aborts: then it rejects with the signal's reason. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return untilAborted(signal, elapsed).finally(() => clearTimeout(timer));
}

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
  let isFinished = false;
  let reject: ((reason: unknown) => void) | undefined;
  const close = onAbort(signal, () => reject?.(signal?.reason));
  // One listener for all items: there may be millions.
  const wait = <R>(promise: Promise<R>): Promise<R> =>
    signal === undefined
      ? promise
      : new Promise((resolve, refuse) => {
          reject = refuse;
          promise.then(resolve, refuse);
          if (signal.aborted) refuse(signal.reason);
        });
  try {
    for (;;) {
      const { done, value } = await wait(next());
      isFinished = done === true;
      if (done) return;
      yield value;
    }
  } finally {
    close();
    // Not awaited: a source that is silent may never answer.
    if (!isFinished) cancel().catch(() => {});
  }
}
