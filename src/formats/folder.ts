/** Folders that are written as a whole or not at all. For Node only. */

import { existsSync } from 'node:fs';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followLinks } from './file.js';
import { explainSystemError } from './system-error.js';
import { removeAbandoned, temporaryPath } from './temporary.js';

/** A file of a new folder. */
export interface FolderFile {
  /** Without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes `files` to a folder at `path`, which has another name until the last of them is written. An empty folder may be
 * there, or a link to one or to nothing yet, which stays a link. What a process that died had written of the same folder is
 * removed.
 * @throws StoreError if a file cannot be written (`cause` is what the file system says), also because the file system
 * takes its name for that of another one; whatever `files` throw.
 * @example
 * import { readdir } from 'node:fs/promises';
 * import { createFolder } from 'bitmapist-wasm/node';
 *
 * await createFolder('bitmaps', [{ name: 'active', bytes: Uint8Array.of(0x41) }]);
 * console.log(await readdir('bitmaps')); // [ 'active' ]
 */
export async function createFolder(
  path: string,
  files: AsyncIterable<FolderFile> | Iterable<FolderFile>,
): Promise<void> {
  const expected = `a folder to be written at ${path}`;
  const target = await explainSystemError(expected, followLinks(path));
  await removeAbandoned(target);
  const temporary = temporaryPath(target);
  await explainSystemError(expected, mkdir(temporary));
  try {
    for await (const { name, bytes } of files) {
      const written = writeFile(join(temporary, name), bytes, { flag: 'wx' });
      await explainSystemError(`a new file to be written at ${join(path, name)}`, written);
    }
    if (existsSync(target)) await explainSystemError(expected, rmdir(target));
    await explainSystemError(expected, rename(temporary, target));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
