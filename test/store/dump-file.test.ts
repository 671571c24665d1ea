import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { RdbError } from '../../src/formats/rdb/reader.js';
import { loadStore, saveStore } from '../../src/store/dump-file.js';
import { MemoryStore } from '../../src/store/memory.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-file-'));
  path = join(folder, 'events.rdb');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function storeOf(...ids: number[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.write([{ key: 'k', ids, value: 1 }]);
  return store;
}

describe('a store in a file', () => {
  it('comes back, plain and gzipped, and leaves no other file', async () => {
    await saveStore(await storeOf(1, 40_000_000), path);
    expect(await (await loadStore(path)).count('k')).toBe(2);
    await saveStore(await storeOf(1), path);
    expect(await (await loadStore(path)).byteLengths(['k'])).toEqual([1]);
    await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
    expect(await (await loadStore(`${path}.gz`)).count('k')).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(['events.rdb', 'events.rdb.gz']);
  });

  it('stays as it was where saving fails', async () => {
    await saveStore(await storeOf(1), path);
    const failing = await storeOf(1, 2, 3);
    failing.read = () => Promise.reject(new Error('no answer'));
    await expect(saveStore(failing, path)).rejects.toThrow('no answer');
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(saveStore(await storeOf(1, 2), path, { signal: aborted })).rejects.toThrow('enough');
    expect(await (await loadStore(path)).count('k')).toBe(1);
    expect(await readdir(folder)).toEqual(['events.rdb']);
  });

  it('is never half there, whenever the process is killed', { tags: 'long' }, async () => {
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', fileURLToPath(new URL('../support/formats/rdb/saver.ts', import.meta.url)), path],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 10 * kill));
      child.kill('SIGKILL');
      await once(child, 'close');
      const store = await loadStore(path);
      const generations = new Set<number>();
      for (let i = 0; i < 40; i++) {
        const bytes = new Uint8Array(100_000);
        await store.read([{ key: `key ${i}`, byteOffset: 0, target: bytes }]);
        for (const byte of bytes) generations.add(byte);
      }
      expect([...generations]).toEqual([expect.any(Number)]);
      expect(generations.has(0)).toBe(false);
    }
  });

  it('that cannot be read or written says why', async () => {
    const missing = join(folder, 'none', 'events.rdb');
    await expect(loadStore(missing)).rejects.toThrow(StoreError);
    await expect(loadStore(missing)).rejects.toThrow(`expected a dump to be read at ${missing}, got ENOENT`);
    await expect(saveStore(await storeOf(1), missing)).rejects.toThrow(
      `expected a file to be written at ${missing}, got ENOENT`,
    );
    await expect(saveStore(await storeOf(1), folder)).rejects.toThrow(StoreError);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(path, 'user,timestamp,event\n');
    await expect(loadStore(path)).rejects.toThrow(RdbError);
  });
});
