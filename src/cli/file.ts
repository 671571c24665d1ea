import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UsageError } from './failure.js';
import { isUrl } from './url.js';

/** Events, or a dump of Redis; either may be packed. */
export type FileKind = 'csv' | 'dump';

export function isCsv(path: string): boolean {
  return !isUrl(path) && /\.csv(\.gz)?$/i.test(path);
}

export function isDump(path: string): boolean {
  return !isUrl(path) && /\.rdb(\.gz)?$/i.test(path);
}

/** Bytes of a file that the user named. */
export async function sizeOfFile(path: string): Promise<number> {
  const stats = await statOf(path);
  if (!stats.isFile()) throw new UsageError(`expected a file, got ${JSON.stringify(path)}, which is none`);
  return stats.size;
}

function statOf(path: string): Promise<Stats> {
  return stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'no such file' : (cause.code ?? cause.message);
    throw new UsageError(`expected a file to read, got ${JSON.stringify(path)}: ${reason}`, { cause });
  });
}
