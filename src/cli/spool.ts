import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../index.js';
import { type Input, type InputStream, progressOf, READ_BYTES } from './input.js';
import { startProgress } from './progress.js';

/**
 * Lets `use` read an input more than once. What comes only once is kept in a temporary file meanwhile, which has no name any
 * more when the first byte is written: it goes with this process, however that ends.
 */
export async function withRepeatable<T>(input: Input, use: (input: Input) => Promise<T>): Promise<T> {
  if (!input.comesOnce) return use(input);
  const path = join(tmpdir(), `bitmapist-${randomUUID()}`);
  const file = await explained(open(path, 'wx+', OWNER_ONLY));
  try {
    await explained(unlink(path));
    const byteLength = await copy(input, file);
    return await use({ ...input, comesOnce: false, open: async () => openAgain(file, byteLength) });
  } finally {
    await file.close();
  }
}

const OWNER_ONLY = 0o600;

async function copy(input: Input, file: FileHandle): Promise<number> {
  const stream = await input.open();
  const progress = startProgress(`reading ${input.name}`);
  let byteLength = 0;
  try {
    for await (const chunk of stream) {
      await explained(file.appendFile(chunk));
      byteLength += chunk.length;
      progress.show(`reading ${input.name}: ${progressOf(stream)}`);
    }
    return byteLength;
  } finally {
    stream.destroy();
    progress.end();
  }
}

/** A stream of Node would close the file with itself. */
function openAgain(file: FileHandle, byteLength: number): InputStream {
  let bytesRead = 0;
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const read = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, bytesRead);
      if (read.bytesRead === 0) return;
      bytesRead += read.bytesRead;
      yield read.buffer.subarray(0, read.bytesRead);
    }
  }
  return {
    [Symbol.asyncIterator]: chunks,
    get bytesRead() {
      return bytesRead;
    },
    byteLength,
    destroy: () => {},
  };
}

async function explained<T>(promise: Promise<T>): Promise<T> {
  return promise.catch((cause: NodeJS.ErrnoException) => {
    throw new StoreError(
      `expected room for standard input in ${tmpdir()}, got ${cause.code ?? cause.message}`,
      {
        cause,
      },
    );
  });
}
