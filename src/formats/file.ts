/** Files that are replaced as a whole or not at all. For Node only. */

import type { Stats } from 'node:fs';
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { StoreError } from '../base/errors.js';
import { explainSystemError } from './system-error.js';
import { removeAbandoned, temporaryPath } from './temporary.js';

/**
 * Writes `chunks` to the file at `path`. A file that is there stays as it is until the new one is complete and on the
 * disk: whatever happens meanwhile (the process dies, the power fails, the disk is full), one of the two is there. The
 * new one has the permissions of the old one. A link stays a link, and the file it leads to is replaced. What a process
 * that died had written of the same file is removed.
 * @throws StoreError if the file cannot be written (`cause` is what the file system says); whatever `chunks` throw.
 * @example
 * import { readFile } from 'node:fs/promises';
 * import { replaceFile } from 'bitmapist-wasm/node';
 *
 * await replaceFile('ids.txt', [new TextEncoder().encode('7\n')]);
 * console.log(await readFile('ids.txt', 'utf8')); // 7
 */
export async function replaceFile(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const expected = `a file to be written at ${path}`;
  const target = await explainSystemError(expected, followLinks(path));
  const old = await fileToReplace(path);
  // Before the new one takes more room.
  await removeAbandoned(target);
  const temporary = temporaryPath(target);
  // Not even while it is written may more people read it than in the end.
  const file = await explainSystemError(expected, open(temporary, 'wx', old && old.mode & PERMISSIONS));
  try {
    try {
      if (old !== undefined) await explainSystemError(expected, copyPermissions(old, file));
      for await (const chunk of chunks) await explainSystemError(expected, writeAll(file, chunk));
      await explainSystemError(expected, file.sync());
    } finally {
      await file.close();
    }
    await explainSystemError(expected, rename(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await explainSystemError(expected, syncFolder(dirname(target)));
}

/** Where a path leads to, whether or not something is there. */
export async function followLinks(path: string): Promise<string> {
  return realpath(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOOP') throw error;
    const link = await readlink(path).catch(() => undefined);
    // The last part of a path may be missing, the folders before it only if nothing can be written.
    const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
    return link === undefined ? resolve(folder, basename(path)) : followLinks(resolve(folder, link));
  });
}

const PERMISSIONS = 0o777;

/**
 * The file that is there, if one is.
 * @throws StoreError if something else is: a device or a pipe would be gone if a file took its place.
 */
async function fileToReplace(path: string): Promise<Stats | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined || stats.isFile()) return stats;
  const kind = stats.isDirectory() ? 'a folder' : 'something else';
  throw new StoreError(`expected a file to be written at ${path}, got ${kind} that is there`);
}

async function copyPermissions({ uid, gid, mode }: Stats, file: FileHandle): Promise<void> {
  // Only an administrator can give a file away; a server whose dump they replaced could not read it otherwise.
  await file.chown(uid, gid).catch(() => {});
  // After the owner, whose change takes permissions away; and a new file lacks those that the process masks out.
  await file.chmod(mode & PERMISSIONS);
}

/** One write may take less than it is given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, from);
    from += bytesWritten;
  }
}

/** A rename is on the disk when its folder is. Windows keeps folders by itself and lets none be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
