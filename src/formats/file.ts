/** Files that are replaced as a whole or not at all. For Node only. */

import type { Stats } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreError } from '../errors.js';

/**
 * Writes `chunks` to the file at `path`. A file that is there stays as it is until the new one is complete and on the
 * disk: whatever happens meanwhile (the process dies, the power fails, the disk is full), one of the two is there. The
 * new one has the permissions of the old one.
 * @throws StoreError where the file cannot be written (`cause` is what the file system says); whatever `chunks` throw.
 */
export async function replaceFile(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  // What a link leads to is replaced, not the link.
  const target = await realpath(path).catch(() => resolve(path));
  const old = await fileToReplace(path, target);
  const folder = dirname(target);
  const unique = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  const temporary = join(folder, `.${basename(target)}.${unique}.tmp`);
  // Not even while it is written may more people read it than in the end.
  const file = await explainWriting(path, open(temporary, 'wx', old && old.mode & PERMISSIONS));
  try {
    try {
      if (old !== undefined) await explainWriting(path, copyPermissions(old, file));
      for await (const chunk of chunks) await explainWriting(path, writeAll(file, chunk));
      await explainWriting(path, file.sync());
    } finally {
      await file.close();
    }
    await explainWriting(path, rename(temporary, target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await explainWriting(path, syncFolder(folder));
}

const PERMISSIONS = 0o777;

/**
 * The file that is there, if one is.
 * @throws StoreError where something else is: a device or a pipe would be gone if a file took its place.
 */
async function fileToReplace(path: string, target: string): Promise<Stats | undefined> {
  const stats = await stat(target).catch(() => undefined);
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

async function explainWriting<T>(path: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new StoreError(`expected a file to be written at ${path}, got ${cause.code}`, { cause });
  }
}

/** Whether an error is one of the file system. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'errno' in error
  );
}
