/** What the readers accept as a sequence of bytes, and how it becomes a sequence of chunks. */

import { drawUntilAborted, openIterable, type Source } from '../base/abort.js';

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
 * @throws TypeError if the input, or a chunk of it, is something else; the signal's reason; whatever the input throws.
 */
export async function* readChunks(input: ByteInput, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  signal?.throwIfAborted();
  for await (const chunk of drawUntilAborted(openInput(input), signal)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`expected chunks of bytes, got ${nameOf(chunk)}`);
    for (let start = 0; start < chunk.length; start += MAX_CHUNK_BYTES) {
      signal?.throwIfAborted();
      yield chunk.subarray(start, start + MAX_CHUNK_BYTES);
    }
  }
}

function openInput(input: ByteInput): Source<unknown> {
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

function openStream(stream: ReadableStream<Uint8Array>): Source<unknown> {
  const reader = stream.getReader();
  return { next: () => reader.read() as Promise<IteratorResult<unknown>>, cancel: () => reader.cancel() };
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object') return typeof value;
  return value === null ? 'null' : (value.constructor?.name ?? 'an object');
}
