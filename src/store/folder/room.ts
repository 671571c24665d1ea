import type { Files } from './files.js';
import { type CachedName, parseName } from './name.js';

/** Keeps a folder within its bounds, whoever has written there: what was not used for longest goes. */

/** Beyond this many files, listing them takes longer than a question should wait. */
const MAX_FILES = 50_000;
/** What is left if there was too much, so that there is room for a while. */
const LEFT_SHARE = 0.9;
/** Files looked at at a time. */
const BATCH = 64;
const HOUR_MS = 60 * 60 * 1000;

/** How files are called that are being written; of a process that was killed one may stay behind. */
const TEMPORARY = /^@[0-9a-z]+\.tmp$/;
const TEMPORARY_MS = HOUR_MS;
/** What was begun to be read so long ago is not kept any more, so that nobody has to know for longer what is gone since. */
export const LATEST_MS = 12 * HOUR_MS;
const GONE_MS = 2 * LATEST_MS;

/** The name of a file while it is being written. */
export function temporaryName(): string {
  return `@${Math.random().toString(36).slice(2)}.tmp`;
}

interface Found {
  readonly name: string;
  readonly byteLength: number;
  readonly usedMs: number;
}

/** Files that nobody here has written stay, and do not count. */
export async function makeRoom(files: Files, maxBytes: number): Promise<void> {
  const names = await files.list();
  const nowMs = Date.now();
  const kept: Found[] = [];
  for (let from = 0; from < names.length; from += BATCH) {
    const batch = names.slice(from, from + BATCH).map(async (name) => {
      const parsed = parseName(name);
      if (parsed === undefined && !TEMPORARY.test(name)) return;
      const found = await files.look(name);
      if (found === undefined) return;
      if (isOver(parsed, found.usedMs, nowMs)) await files.remove(name);
      else if (parsed !== undefined && parsed.kind !== 'gone') kept.push({ name, ...found });
    });
    await Promise.all(batch);
  }
  let bytes = kept.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let count = kept.length;
  if (bytes <= maxBytes && count <= MAX_FILES) return;
  kept.sort((a, b) => a.usedMs - b.usedMs);
  for (const { name, byteLength } of kept) {
    if (bytes <= maxBytes * LEFT_SHARE && count <= MAX_FILES * LEFT_SHARE) return;
    await files.remove(name);
    bytes -= byteLength;
    count -= 1;
  }
}

function isOver(parsed: CachedName | undefined, usedMs: number, nowMs: number): boolean {
  if (parsed === undefined) return nowMs - usedMs > TEMPORARY_MS;
  return parsed.kind === 'gone' && nowMs - parsed.atMs > GONE_MS;
}
