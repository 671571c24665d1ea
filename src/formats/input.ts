/** What the readers accept as a sequence of bytes, and how it becomes a sequence of chunks. */

/** Bytes to read: at hand, in a file of a browser, in the body of a response, or arriving in chunks. */
export type ByteInput =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

/** Longer chunks are handed on in pieces, so that whoever reads them reports progress and stops in time. */
const MAX_CHUNK_BYTES = 2 ** 20;

/**
 * The chunks of an input, in order, of 1 byte to 1 MiB. Ends early, and lets go of the input, when the signal aborts,
 * also while the input is silent.
 * @throws TypeError where the input, or a chunk of it, is something else; the signal's reason; whatever the input throws.
 */
export async function* readChunks(input: ByteInput, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  signal?.throwIfAborted();
  const { next, cancel } = openInput(input);
  const untilAborted = new AbortGate(signal);
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await untilAborted.wait(next());
      if (done) {
        finished = true;
        return;
      }
      if (!(value instanceof Uint8Array))
        throw new TypeError(`expected chunks of bytes, got ${nameOf(value)}`);
      for (let start = 0; start < value.length; start += MAX_CHUNK_BYTES) {
        signal?.throwIfAborted();
        yield value.subarray(start, start + MAX_CHUNK_BYTES);
      }
    }
  } finally {
    untilAborted.close();
    // Not awaited: an input that is silent may never answer.
    if (!finished) cancel().catch(() => {});
  }
}

interface OpenInput {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  /** Says that no more is wanted. */
  cancel(): Promise<unknown>;
}

function openInput(input: ByteInput): OpenInput {
  if (input instanceof Uint8Array) return openIterable([input]);
  if (input instanceof ArrayBuffer) return openIterable([new Uint8Array(input)]);
  if (typeof Blob === 'function' && input instanceof Blob) return openStream(input.stream());
  // Streams of older browsers cannot be iterated over, so the reader comes first.
  if (typeof (input as ReadableStream | null)?.getReader === 'function')
    return openStream(input as ReadableStream);
  if (
    typeof input === 'object' &&
    input !== null &&
    (Symbol.asyncIterator in input || Symbol.iterator in input)
  ) {
    return openIterable(input as AsyncIterable<Uint8Array> | Iterable<Uint8Array>);
  }
  throw new TypeError(`expected bytes, a Blob, a stream or chunks of bytes, got ${nameOf(input)}`);
}

function openStream(stream: ReadableStream<Uint8Array>): OpenInput {
  const reader = stream.getReader();
  return { next: () => reader.read(), cancel: () => reader.cancel() };
}

function openIterable(iterable: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): OpenInput {
  const iterator =
    Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  return { next: async () => iterator.next(), cancel: async () => iterator.return?.() };
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

function nameOf(value: unknown): string {
  if (typeof value !== 'object') return typeof value;
  return value === null ? 'null' : (value.constructor?.name ?? 'an object');
}
