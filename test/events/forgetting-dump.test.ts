import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BitmapistError, FormatError, StoreError } from '../../src/base/errors.js';
import { Bitmapist } from '../../src/bitmapist.js';
import { forgetInDump, loadStore, saveStore } from '../../src/node.js';
import { encodeRdb, readRdb } from '../../src/rdb.js';
import { MemoryStore } from '../../src/store/memory.js';
import { MemoryPeople } from '../../src/store/people/memory.js';
import type { Store } from '../../src/store/types.js';
import { hasGolden, readGolden } from '../support/golden/files.js';
import { readMarks } from '../support/golden/marks.js';
import { startRedis } from '../support/servers/redis.js';
import { bytesOf, namesOf } from '../support/store/conformance.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-forget-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function contentsOf(store: Store): Promise<Record<string, Uint8Array>> {
  const keys = await namesOf(store, '');
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await bytesOf(store, key)])));
}

describe('forgetting people in a dump', () => {
  it('says what was cleared, as a store does', async () => {
    const path = join(folder, 'report.rdb');
    const bitmapist = new Bitmapist();
    await bitmapist.markEvent('visit', [1, 2, 3], { now: '2026-11-22T10:00', trackHourly: true });
    await bitmapist.markUnique('pro', [2]);
    await saveStore(bitmapist.store, path);
    const report = await forgetInDump(path, [2, 3, 2, 9]);
    expect(report).toEqual(await bitmapist.forget([2, 3, 2, 9]));
    expect(report).toMatchObject({ people: 3, bits: 9, keys: 5 });
    expect(await contentsOf(await loadStore(path))).toEqual(await contentsOf(bitmapist.store));
  });

  it('keeps everything else that a server has', { timeout: 60_000 }, async () => {
    const server = await startRedis({ args: ['--dir', folder, '--dbfilename', 'all.rdb'] });
    const client = new Redis(server.url);
    const path = join(folder, 'all.rdb');
    await client.setbit('trackist_a_u', 5, 1);
    await client.setbit('trackist_a_u', 9, 1);
    await client.setbit('trackist_b_u', 9, 1);
    await client.pexpire('trackist_a_u', 1_000_000);
    await client.rpush('trackist_list_u', 'x', 'y');
    await client.hset('hash', { a: 1, b: 2 });
    await client.zadd('zset', 1.5, 'm');
    await client.xadd('stream', '1-1', 'f', 'v');
    await client.set('trackist_note', 'a text');
    await client.call(
      'FUNCTION',
      'LOAD',
      "#!lua name=lib\nredis.register_function('f', function() return 1 end)",
    );
    await client.select(4);
    await client.setbit('other_a_u', 9, 1);
    await client.save();
    await client.select(0);
    const digest = async (redis: Redis) => {
      const values: unknown[] = [];
      for (const db of [0, 4]) {
        await redis.select(db);
        for (const key of (await redis.keys('*')).sort()) {
          const value =
            (await redis.type(key)) === 'string' ? await redis.getBuffer(key) : await redis.dump(key);
          values.push([db, key, value, Math.sign(await redis.pttl(key))]);
        }
      }
      await redis.select(0);
      return [...values, await redis.call('FUNCTION', 'LIST')];
    };
    await client.setbit('trackist_a_u', 9, 0);
    await client.set('trackist_a_u', (await client.getrange('trackist_a_u', 0, 0))!, 'KEEPTTL');
    await client.del('trackist_b_u');
    const expected = await digest(client);
    client.disconnect();
    // Without saving: the dump is the one from before.
    await server.kill();
    const report = await forgetInDump(path, [9]);
    expect(report).toMatchObject({ bits: 2, keys: 2, leftOut: ['trackist_list_u'] });
    const again = await startRedis({ args: ['--dir', folder, '--dbfilename', 'all.rdb'] });
    const loaded = new Redis(again.url);
    try {
      expect(await digest(loaded)).toEqual(expected);
    } finally {
      loaded.disconnect();
      await again.stop();
    }
  });

  it('takes texts of people, and takes them out of the map of the dump, also those of numbers', async () => {
    const path = join(folder, 'people.rdb');
    const people = new MemoryPeople();
    const bitmapist = new Bitmapist({ people });
    const texts = Array.from({ length: 400 }, (_, at) => `user-${at}`);
    await bitmapist.markUnique('pro', texts);
    await saveStore(bitmapist.store, path, { people });
    const asked = [...texts.filter((_, at) => at % 3 === 0), 7, 8, 'nobody', 5000];
    const report = await forgetInDump(path, asked);
    expect(report).toMatchObject({ people: 137, bits: 136, texts: 136, unknown: ['nobody'] });
    const left = await bitmapist.forget(asked);
    expect(left).toMatchObject({ people: 137, bits: 136, texts: 136, unknown: ['nobody'] });
    const copy = new MemoryPeople();
    expect(await contentsOf(await loadStore(path, { people: copy }))).toEqual(
      await contentsOf(bitmapist.store),
    );
    const entriesOf = async (map: MemoryPeople) => {
      const entries: [string, Uint8Array][] = [];
      for await (const { key, bytes } of map.entries()) entries.push([key, bytes]);
      return entries;
    };
    expect(await entriesOf(copy)).toEqual(await entriesOf(people));
    expect(await copy.size()).toBe(400);
    // The keys of the dump themselves, buckets too, are those that the map without them has.
    const found: [string, Uint8Array][] = [];
    for await (const { key, bytes } of readRdb(await readFile(path))) {
      if (key.startsWith('{bitmapist:people}')) found.push([key, bytes]);
    }
    expect(found.sort()).toEqual((await entriesOf(people)).sort());
    expect(await forgetInDump(path, asked)).toMatchObject({ people: 3, bits: 0, texts: 0 });
  });

  it('drops a bucket of which nobody is left', async () => {
    const path = join(folder, 'lonely.rdb');
    const people = new MemoryPeople();
    await people.numbersFor(['ann']);
    await saveStore(new MemoryStore(), path, { people });
    expect(await forgetInDump(path, 'ann')).toMatchObject({ people: 1, texts: 1 });
    const keys: string[] = [];
    for await (const { key } of readRdb(await readFile(path))) keys.push(key);
    expect(keys).toEqual(['{bitmapist:people}:t:0', '{bitmapist:people}:n']);
  });

  it('packs again what was packed, whatever it is called, and keeps the permissions', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of encodeRdb([{ key: 'trackist_a_u', bytes: Uint8Array.of(0x81) }]))
      chunks.push(chunk);
    for (const name of ['packed.rdb.gz', 'packed.rdb']) {
      const path = join(folder, name);
      await writeFile(path, gzipSync(Buffer.concat(chunks)), { mode: 0o600 });
      expect((await forgetInDump(path, 7)).bits).toBe(1);
      expect(
        gunzipSync(await readFile(path))
          .subarray(0, 5)
          .toString(),
      ).toBe('REDIS');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect([...(await bytesOf(await loadStore(path), 'trackist_a_u'))]).toEqual([0x80]);
    }
  });

  it('leaves a file as it is that is broken, holds several databases, or is none', async () => {
    const entries = [0, 1].map((db) => ({ db, key: 'trackist_a_u', bytes: Uint8Array.of(1) }));
    const chunks: Uint8Array[] = [];
    for await (const chunk of encodeRdb(entries)) chunks.push(chunk);
    const path = join(folder, 'several.rdb');
    await writeFile(path, Buffer.concat(chunks));
    const before = await readFile(path);
    const several = forgetInDump(path, 7);
    await expect(several).rejects.toThrow(BitmapistError);
    await expect(several).rejects.toThrow('database 0 and of database 1; choose one with the option db');
    expect(await readFile(path)).toEqual(before);
    expect((await forgetInDump(path, 7, { db: 1 })).bits).toBe(1);
    expect([...(await bytesOf(await loadStore(path, { db: 0 }), 'trackist_a_u'))]).toEqual([1]);
    await writeFile(path, before.subarray(0, -1));
    await expect(forgetInDump(path, 7, { db: 1 })).rejects.toThrow(FormatError);
    expect(await readFile(path)).toEqual(before.subarray(0, -1));
    await expect(forgetInDump(join(folder, 'none.rdb'), 7)).rejects.toThrow(StoreError);
    await expect(forgetInDump(path, null as never)).rejects.toThrow(TypeError);
    await expect(forgetInDump(path, -1, { db: 1 })).rejects.toThrow(RangeError);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('leaves a newer file that takes the place of the one that is read', async () => {
    const path = join(folder, 'newer.rdb');
    const bitmapist = new Bitmapist();
    await bitmapist.markUnique('a', [7]);
    await saveStore(bitmapist.store, path);
    let replacing: Promise<void> | undefined;
    const onProgress = () => {
      replacing ??= writeFile(path, 'newer');
    };
    await expect(forgetInDump(path, 7, { onProgress })).rejects.toThrow('got another file there by now');
    await replacing;
    expect(await readFile(path, 'utf8')).toBe('newer');
  });
});

describe.skipIf(!hasGolden)(
  'forgetting 1,000 people in a real dump (skipped where ../shared is absent)',
  () => {
    it('leaves exactly what a data set without their rows is', {
      tags: 'long',
      timeout: 60_000,
    }, async () => {
      const path = join(folder, 'git_redis.rdb');
      await writeFile(path, readGolden('rdb/git_redis.rdb.gz'));
      const forgotten = Array.from({ length: 1000 }, (_, at) => at * 2 + 1);
      const people = new Set(forgotten);
      await forgetInDump(path, forgotten);
      const expected = new Bitmapist({ trackHourly: true, trackUnique: true });
      const left = readMarks('git_redis').filter(({ id }) => !people.has(id));
      await expected.markEvents(left.map((mark) => ({ ...mark, at: new Date(mark.at) })));
      expect(await contentsOf(await loadStore(path))).toEqual(await contentsOf(expected.store));
    });
  },
);
