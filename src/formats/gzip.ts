/** gzip around another format: recognised by its first two bytes and unpacked on the way, by the platform. */

import { FormatError, fromPlatform } from '../base/errors.js';
import { joinHead } from './bytes.js';
import { readChunks } from './input.js';

/** The same chunks, unpacked if they begin like a gzip file. */
export async function* unpackGzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const source = chunks[Symbol.asyncIterator]();
  const joined = joinHead({ [Symbol.asyncIterator]: () => source }, 2);
  try {
    const { value: head, done } = await joined.next();
    if (done) return;
    const all = prepend(head, joined);
    if (head[0] === 0x1f && head[1] === 0x8b) yield* unpack(all);
    else yield* all;
  } finally {
    // Not awaited: unpacking asks ahead, and a silent source may never answer.
    source.return?.()?.catch(() => {});
  }
}

async function* prepend(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* rest;
}

async function* unpack(packed: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  let byteOffset = 0;
  /** What the source itself threw, so that it is not taken for broken gzip data. */
  let failure: { readonly error: unknown } | undefined;
  const unpacking = new (fromPlatform('DecompressionStream'))('gzip');
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await packed.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        failure = { error };
        controller.error(error);
      }
    },
  });
  try {
    for await (const chunk of readChunks(source.pipeThrough(unpacking))) {
      byteOffset += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    if (failure) throw failure.error;
    throw new FormatError('expected gzip data, got something else or the end of it', byteOffset, { cause });
  }
}
