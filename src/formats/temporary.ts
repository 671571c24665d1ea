/** Where a file or folder is written until it is complete, and what is left of such if its process dies. For Node only. */

import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A path that is used once, in the folder of `target`, so that a rename brings it there. */
export function temporaryPath(target: string): string {
  const random = Math.random().toString(36).slice(2);
  return join(dirname(target), `.${basename(target)}.${process.pid}-${SYSTEM}-${random}.tmp`);
}

/**
 * Removes what processes that are gone had begun to write in place of `target`. What a living process may be writing
 * stays, and so does that of another system (a machine, a container) that shares the folder: its processes are unknown.
 */
export async function removeAbandoned(target: string): Promise<void> {
  const folder = dirname(target);
  // Whatever cannot be listed or removed is in nobody's way but the disk's.
  const names = await readdir(folder).catch(() => []);
  const abandoned = names.filter((name) => isAbandoned(name, basename(target)));
  await Promise.all(
    abandoned.map((name) => rm(join(folder, name), { recursive: true, force: true }).catch(() => {})),
  );
}

/** Earlier versions did not name the system. */
const TEMPORARY = /^(\d+)-(?:([0-9a-f]{8})-)?[0-9a-z]+\.tmp$/;

function isAbandoned(name: string, targetName: string): boolean {
  const begin = `.${targetName}.`;
  if (!name.startsWith(begin)) return false;
  const [, pid, system = SYSTEM] = TEMPORARY.exec(name.slice(begin.length)) ?? [];
  return pid !== undefined && system === SYSTEM && !isAlive(Number(pid));
}

/** Whether there is such a process, be it another one that was given the number since. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Stands for all processes that have numbers of their own: a machine or, on Linux, a container. */
const SYSTEM = createHash('sha256').update(`${hostname()} ${pidNamespace()}`).digest('hex').slice(0, 8);

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
