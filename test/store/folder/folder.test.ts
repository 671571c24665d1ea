import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { Bitmap } from '../../../src/bitmap/bitmap.js';
import type { Files } from '../../../src/store/folder/files.js';
import { CacheFolder, type FolderOptions } from '../../../src/store/folder/folder.js';
import type { CountedRecord } from '../../../src/store/folder/journal.js';
import { openNodeFolder } from '../../../src/store/folder/node.js';

const OPTIONS: FolderOptions = {
  identity: 'redis://localhost:6379/0',
  prefix: 'p_',
  maxBytes: 2 ** 20,
  maxCounts: 1000,
  isFinished: () => true,
};

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'bitmapist-folder-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

/** Another process, as far as the folder can tell. */
async function open(options: Partial<FolderOptions> = {}, files?: Files) {
  const records: CountedRecord[] = [];
  const folder = await CacheFolder.open(
    files ?? (await openNodeFolder(path)),
    { ...OPTIONS, ...options },
    (record) => records.push(record),
  );
  return { folder, counts: () => records.flatMap(({ counts }) => [...counts]) };
}

function bitmapOf(...ids: number[]): Bitmap {
  const bitmap = new Bitmap();
  bitmap.change(ids, 1);
  return bitmap;
}

async function load(folder: CacheFolder, key: string): Promise<[ids: string, stamp: number] | undefined> {
  let loaded: [string, number] | undefined;
  await folder.load(key, ({ bitmap }, stamp) => {
    loaded = [bitmap.ids().join(), stamp];
  });
  return loaded;
}

async function keep(key: string, ids: number[], stamp: number, begunMs = Date.now()): Promise<void> {
  const { folder } = await open();
  folder.save(key, { bitmap: bitmapOf(...ids) }, stamp, begunMs);
  await folder.settle();
}

async function onlyBitmap(): Promise<string> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.bitmap'));
  expect(names).toHaveLength(1);
  return names[0]!;
}

const recordOf = (...counts: number[]): CountedRecord => ({
  signatures: Uint32Array.from(
    { length: counts.length * 3 },
    (_, at) => counts[Math.floor(at / 3)]! * 5 + (at % 3),
  ),
  counts: Float64Array.from(counts),
});

describe('a folder of cached bitmaps', () => {
  it('has for one process what another has kept, under the same stamp', async () => {
    await keep('p_a_2025-1-1', [1, 70_000], 42);
    const { folder } = await open();
    expect(folder.find('p_a_2025-1-1')).toMatchObject({ stamp: 42, cardinality: 2 });
    expect(await load(folder, 'p_a_2025-1-1')).toEqual(['1,70000', 42]);
    expect(await load(folder, 'p_a_2025-1-2')).toBeUndefined();
  });

  it('keeps that a bitmap is missing', async () => {
    await keep('k', [], 1);
    expect(await load((await open()).folder, 'k')).toEqual(['', 1]);
  });

  it.each<[string, Partial<FolderOptions>]>([
    ['server', { identity: 'redis://localhost:6379/1' }],
    ['prefix', { prefix: 'q_' }],
  ])('is not believed of another %s', async (_, other) => {
    await keep('k', [1], 1);
    const { folder } = await open(other);
    expect(folder.find('k')).toBeUndefined();
    expect(await load(folder, 'k')).toBeUndefined();
  });

  it('is not believed of what was read before it was over, by the rules of whoever asks', async () => {
    const begunMs = Date.now() - 10_000;
    await keep('k', [1], 1, begunMs);
    const isFinished = (_: string, atMs: number) => atMs > begunMs + 5000;
    expect((await open({ isFinished })).folder.find('k')).toBeUndefined();
    expect((await open()).folder.find('k')?.stamp).toBe(1);
  });

  it('keeps nothing that was read before it was over', async () => {
    const { folder } = await open({ isFinished: () => false });
    folder.save('k', { bitmap: bitmapOf(1) }, 1, Date.now());
    await folder.settle();
    expect(await readdir(path)).toEqual([]);
  });

  it.each<[string, (file: string) => Promise<void>]>([
    ['was cut off', (file) => truncate(file, 100)],
    ['is empty', (file) => truncate(file, 0)],
    ['goes on', (file) => appendFile(file, 'more')],
    [
      'was changed by hand',
      async (file) => {
        const bytes = await readFile(file);
        bytes[bytes.length - 1]! ^= 1;
        await writeFile(file, bytes);
      },
    ],
    ['is of text', (file) => writeFile(file, 'hello, this is no bitmap')],
  ])('removes a file that %s, and takes it anew', async (_, spoil) => {
    await keep('k', [1, 2, 3], 1);
    await spoil(join(path, await onlyBitmap()));
    const { folder } = await open();
    expect(await load(folder, 'k')).toBeUndefined();
    expect(folder.unsound).toBe(1);
    expect(folder.find('k')).toBeUndefined();
    folder.save('k', { bitmap: bitmapOf(9) }, 2, Date.now());
    await folder.settle();
    expect(await load((await open()).folder, 'k')).toEqual(['9', 2]);
    await onlyBitmap();
  });

  it('does not believe a file under the name of another', async () => {
    await keep('k', [1, 2], 1);
    const first = await onlyBitmap();
    await rename(join(path, first), join(path, 'aside'));
    await keep('l', [3, 4], 2);
    const second = await onlyBitmap();
    await rename(join(path, 'aside'), join(path, second));
    expect(await load((await open()).folder, 'l')).toBeUndefined();
  });

  it('takes the later of two that processes have kept at the same time, everywhere', async () => {
    const [one, other] = [(await open()).folder, (await open()).folder];
    one.save('k', { bitmap: bitmapOf(1) }, 1, Date.now() - 5);
    other.save('k', { bitmap: bitmapOf(2) }, 2, Date.now());
    await Promise.all([one.settle(), other.settle()]);
    const { folder } = await open();
    expect(await load(folder, 'k')).toEqual(['2', 2]);
    await folder.settle();
    await onlyBitmap();
  });

  it('forgets for all processes, those that are still reading what it was included', async () => {
    await keep('k', [1], 1);
    const slow = (await open()).folder;
    const begunMs = Date.now();
    const { folder } = await open();
    await folder.forget(['k']);
    expect(folder.find('k')).toBeUndefined();
    slow.save('k', { bitmap: bitmapOf(1) }, 3, begunMs);
    folder.save('k', { bitmap: bitmapOf(1) }, 4, begunMs);
    await Promise.all([slow.settle(), folder.settle()]);
    expect(await load((await open()).folder, 'k')).toBeUndefined();
    await keep('k', [1, 2], 5, Date.now() + 10);
    expect(await load((await open()).folder, 'k')).toEqual(['1,2', 5]);
  });

  it('believes nothing that was read while a key was being changed', async () => {
    const { folder } = await open();
    await folder.forget(['k'], true);
    await keep('k', [1], 1, Date.now() + 10_000);
    expect((await open()).folder.find('k')).toBeUndefined();
    const files = await readdir(path);
    await folder.forget(['k'], true);
    expect(await readdir(path)).toEqual(files);
  });

  it('learns within a second what others have forgotten', async () => {
    await keep('k', [1], 1);
    const { folder } = await open();
    await (await open()).folder.forget(['k']);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await folder.renew();
    expect(folder.find('k')).toBeUndefined();
  });

  it('forgets all of its owner, and nothing of others', async () => {
    const other = (await open({ prefix: 'q_' })).folder;
    other.save('k', { bitmap: bitmapOf(5) }, 5, Date.now());
    await other.settle();
    await keep('k', [1], 1);
    const { folder } = await open();
    folder.keepCounts(recordOf(1, 2));
    await folder.settle();
    await folder.clear();
    const { folder: next, counts } = await open();
    expect(next.find('k')).toBeUndefined();
    expect(counts()).toEqual([]);
    expect((await open({ prefix: 'q_' })).folder.find('k')?.stamp).toBe(5);
  });

  it('keeps counts of all processes, up to where one was killed while it wrote', async () => {
    const [one, other] = [(await open()).folder, (await open()).folder];
    one.keepCounts(recordOf(1, 2));
    one.keepCounts(recordOf(3));
    other.keepCounts(recordOf(4));
    await Promise.all([one.settle(), other.settle()]);
    expect((await open()).counts().sort()).toEqual([1, 2, 3, 4]);
    const journal = (await readdir(path)).find((name) => name.endsWith('.counts'))!;
    await appendFile(join(path, journal), Uint8Array.of(1, 2, 3));
    expect((await open()).counts().sort()).toEqual([1, 2, 3, 4]);
  });

  it('makes one journal of many, with each count once', async () => {
    for (let process = 0; process < 16; process += 1) {
      const { folder } = await open();
      folder.keepCounts(recordOf(7, 100 + process));
      await folder.settle();
    }
    const { folder, counts } = await open();
    await folder.settle();
    expect(new Set(counts()).size).toBe(17);
    expect(await readdir(path)).toHaveLength(1);
    expect((await open()).counts()).toHaveLength(17);
  });

  it('stays within its bounds: what was not used for longest goes', async () => {
    const maxBytes = 40_000;
    const { folder } = await open({ maxBytes });
    const ids = Array.from({ length: 2000 }, (_, index) => index * 7);
    for (let key = 0; key < 20; key += 1) {
      folder.save(`k${key}`, { bitmap: bitmapOf(...ids) }, key, Date.now());
      await folder.settle();
      const files = await readdir(path);
      // Old for the file system, whose clock is coarse.
      const name = files.find((file) => file.startsWith(`k${key}.`))!;
      await utimes(join(path, name), key, key);
      if (key === 5) (await open({ maxBytes })).folder.find('k0');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const names = await readdir(path);
    const bytes = await Promise.all(names.map(async (name) => (await readFile(join(path, name))).length));
    expect(bytes.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(maxBytes);
    expect(names.some((name) => name.startsWith('k19.'))).toBe(true);
    expect(names.some((name) => name.startsWith('k0.'))).toBe(true);
    expect(names.some((name) => name.startsWith('k1.'))).toBe(false);
  });

  it('removes what killed processes had begun to write, and leaves what is not its own', async () => {
    await writeFile(join(path, '@abc.tmp'), 'half');
    await writeFile(join(path, '@new.tmp'), 'half');
    await writeFile(join(path, 'notes.txt'), 'mine');
    await utimes(join(path, '@abc.tmp'), 1, 1);
    await utimes(join(path, 'notes.txt'), 1, 1);
    await keep('k', [1], 1);
    const names = await readdir(path);
    expect(names).toContain('notes.txt');
    expect(names).toContain('@new.tmp');
    expect(names).not.toContain('@abc.tmp');
  });

  it('says so if something cannot be kept, once, and goes on without', async () => {
    const files = await openNodeFolder(path);
    const full = new StoreError('expected a folder for cached bitmaps, got ENOSPC');
    const write = () => Promise.reject(full);
    const { folder } = await open({}, { ...files, write, append: write });
    folder.save('k', { bitmap: bitmapOf(1) }, 1, Date.now());
    folder.keepCounts(recordOf(1));
    await expect(folder.settle()).rejects.toBe(full);
    await folder.settle();
    expect(await load(folder, 'k')).toBeUndefined();
    await expect(folder.forget(['k'])).rejects.toBe(full);
  });

  it('cannot be a file', async () => {
    await writeFile(join(path, 'file'), '');
    await expect(openNodeFolder(join(path, 'file'))).rejects.toThrow(
      `expected a folder for cached bitmaps at ${join(path, 'file')}, got EEXIST`,
    );
  });

  it('is made with those that it lies in, by several at once too', async () => {
    const deep = join(path, 'a', 'b', 'c');
    const [files] = await Promise.all([openNodeFolder(deep), openNodeFolder(deep)]);
    expect(await files.list()).toEqual([]);
    await rm(join(path, 'a'), { recursive: true });
    expect(await files.list()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'cannot lie in a folder that takes none, and says so at once',
    async () => {
      await expect(openNodeFolder('/proc/bitmaps/deep')).rejects.toThrow(
        'expected a folder for cached bitmaps at /proc/bitmaps/deep, got ENOENT',
      );
    },
  );
});
