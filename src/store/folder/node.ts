import { explainSystemError } from '../../formats/system-error.js';
import type { Files } from './files.js';
import { temporaryName } from './room.js';

/**
 * A folder of Node's file system, made if it is missing. Node's modules are asked for by a call: bundlers for browsers, which
 * come by here too, stumble over imports of them.
 * @throws StoreError if it cannot be made or read; so do all methods
 */
export async function openNodeFolder(path: string): Promise<Files> {
  const fs = process.getBuiltinModule('node:fs');
  const { dirname, join } = process.getBuiltinModule('node:path');
  const { appendFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } = fs.promises;
  const expected = `a folder for cached bitmaps at ${path}`;
  const explain = <T>(work: Promise<T>) => explainSystemError(expected, work);
  const pathOf = (name: string) => join(path, name);
  let buffer = new Uint8Array(0);

  // Into the same memory each time: 43 files of 1 MiB take 3 ms so, and 25 in buffers of their own.
  const readSync = (name: string): Uint8Array<ArrayBuffer> | undefined => {
    let file: number;
    try {
      file = fs.openSync(pathOf(name), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const { size } = fs.fstatSync(file);
      if (buffer.length < size) buffer = new Uint8Array(size + (size >> 2));
      let length = 0;
      while (length < size) {
        const read = fs.readSync(file, buffer, length, size - length, length);
        if (read === 0) break;
        length += read;
      }
      return buffer.subarray(0, length);
    } finally {
      fs.closeSync(file);
    }
  };

  // Node's own `recursive` never ends if a folder cannot be made in one that is there, as in /proc.
  const make = async (folder: string, isParentThere = false): Promise<void> => {
    try {
      await mkdir(folder);
    } catch (error) {
      if (isMissing(error) && !isParentThere) {
        await make(dirname(folder));
        await make(folder, true);
      } else if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
        throw error;
      }
    }
  };

  await explain(make(path));
  return {
    // Whoever removes the folder wants it empty.
    list: () => explain(make(path).then(() => readdir(path))),
    version: () => fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs,
    read: (name, use) => {
      const read = async () => {
        const bytes = readSync(name);
        return bytes && use(bytes);
      };
      return explain(read());
    },
    async write(name, bytes) {
      const temporary = pathOf(temporaryName());
      try {
        await writeFile(temporary, bytes, { flag: 'wx' });
        await rename(temporary, pathOf(name));
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        await explain(Promise.reject(error));
      }
    },
    append: (name, bytes) => explain(appendFile(pathOf(name), bytes)),
    remove: (name) => explain(rm(pathOf(name), { force: true })),
    touch: (name) => {
      const now = new Date();
      // It may be gone, or somebody else's.
      return utimes(pathOf(name), now, now).catch(() => {});
    },
    look: (name) =>
      explain(
        stat(pathOf(name)).then(
          ({ size, mtimeMs }) => ({ byteLength: size, usedMs: mtimeMs }),
          (error: unknown) => {
            if (isMissing(error)) return undefined;
            throw error;
          },
        ),
      ),
  };
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
