import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, truncate, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bitmap } from '../../../src/bitmap/bitmap.js';
import { CacheFolder } from '../../../src/store/folder/folder.js';
import { parseName } from '../../../src/store/folder/name.js';
import { openNodeFolder } from '../../../src/store/folder/node.js';

const PROGRAM = fileURLToPath(new URL('../../support/store/folder-process.ts', import.meta.url));
const RUN_MS = 6000;
const OPTIONS = {
  identity: 'server',
  prefix: 'k',
  maxBytes: 150_000,
  maxCounts: 1000,
  isFinished: () => true,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-kills-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function start(said: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => said.push(String(chunk)));
  return child;
}

describe('processes that share a folder', () => {
  it('and are killed at any moment tell no wrong number, believe no torn file and leave none', {
    tags: 'long',
    timeout: 60_000,
  }, async () => {
    const said: string[] = [];
    const end = Date.now() + RUN_MS;
    let kills = 0;
    /** What a loss of power may do to a file. */
    const tear = async () => {
      const bitmaps = (await readdir(folder)).filter((name) => name.endsWith('.bitmap'));
      const name = bitmaps[Math.floor(Math.random() * bitmaps.length * 3)];
      if (name !== undefined) await truncate(join(folder, name), 200).catch(() => {});
    };
    const live = async () => {
      while (Date.now() < end) {
        const child = start(said);
        const ended = once(child, 'exit');
        await once(child.stdout!, 'data');
        await sleep(Math.random() * 300);
        child.kill('SIGKILL');
        await ended;
        kills += 1;
        await tear();
      }
    };
    await Promise.all([live(), live()]);
    expect(kills).toBeGreaterThan(3);
    expect(said.filter((text) => text !== 'ready\n')).toEqual([]);
    const names = await readdir(folder);
    expect(names.length).toBeGreaterThan(0);
    const reader = await CacheFolder.open(await openNodeFolder(folder), OPTIONS, () => {});
    let loaded = 0;
    for (let key = 0; key < 12; key += 1)
      await reader.load(`k${key}`, () => {
        loaded += 1;
      });
    expect(loaded).toBeGreaterThan(0);
    // Halves of files go once they are old.
    for (const name of names) if (name.endsWith('.tmp')) await utimes(join(folder, name), 1, 1);
    reader.save('kx', { bitmap: Bitmap.fromBytes(Uint8Array.of(1)) }, 1, Date.now());
    await reader.settle();
    const left = await readdir(folder);
    expect(left.filter((name) => parseName(name) === undefined)).toEqual([]);
    const bytes = await Promise.all(left.map(async (name) => (await readFile(join(folder, name))).length));
    expect(bytes.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(OPTIONS.maxBytes);
  });
});
