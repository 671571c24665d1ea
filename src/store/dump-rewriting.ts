/** Changing values of a dump, in a file that is replaced as a whole or not at all. For Node only. */

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { BitmapistError, StoreError } from '../base/errors.js';
import { replaceFile } from '../formats/file.js';
import { type RewriteOptions, rewriteRdb } from '../formats/rdb/rewriting.js';
import { explainSystemError } from '../formats/system-error.js';

/** Which values are changed. */
export interface RewriteDumpOptions extends Pick<RewriteOptions, 'db' | 'edit' | 'onProgress' | 'signal'> {
  /** Whether the value of a key may be changed. */
  wants(key: string): boolean;
  /** Told of every such key that holds no string, and stays as it is. */
  onOther(key: string): void;
}

const READ_BYTES = 2 ** 18;

/**
 * Everything else in the dump is copied as it is. It is packed again if it was.
 * @throws BitmapistError for keys in several databases if none is chosen; RdbError for a broken dump, StoreError if the file cannot
 * be read or written, or is another one by now. The file is as it was then.
 */
export async function rewriteDump(
  path: string,
  { db, wants, edit, onOther, onProgress, signal }: RewriteDumpOptions,
): Promise<void> {
  const expected = `a dump to be read at ${path}`;
  const file = await explainSystemError(expected, open(path));
  try {
    const { ino, size, mtimeMs } = await explainSystemError(expected, file.stat());
    const { buffer, bytesRead } = await explainSystemError(expected, file.read(Buffer.alloc(2), 0, 2, 0));
    // Of the file that was opened, whatever takes its place meanwhile.
    const read = () =>
      createReadStream('', {
        fd: file,
        start: 0,
        end: Math.max(0, size - 1),
        autoClose: false,
        highWaterMark: READ_BYTES,
      });
    let onlyDb: number | undefined;
    async function* rewritten(): AsyncGenerator<Uint8Array, void> {
      yield* rewriteRdb(read, {
        db,
        signal,
        onProgress,
        filter: wants,
        edit: (string) => {
          onlyDb ??= string.db;
          if (string.db !== onlyDb) throw severalDatabases(onlyDb, string.db);
          return edit(string);
        },
        onOther: (key, keyDb) => {
          if ((db ?? keyDb) === keyDb && wants(key)) onOther(key);
        },
      });
      const now = await explainSystemError(expected, stat(path));
      if (now.ino === ino && now.size === size && now.mtimeMs === mtimeMs) return;
      throw new StoreError(`expected ${path} to stay while it is rewritten, got another file there by now`);
    }
    const isPacked = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    await replaceFile(path, isPacked ? pack(rewritten()) : rewritten());
  } finally {
    await file.close();
  }
}

function severalDatabases(one: number, other: number): BitmapistError {
  return new BitmapistError(
    `expected the bitmaps of one database, got some of database ${one} and of database ${other}; choose one with the option db`,
  );
}

function pack(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // Whoever reads the packed chunks is told of errors by them.
  return pipeline(Readable.from(chunks), createGzip(), () => {});
}
