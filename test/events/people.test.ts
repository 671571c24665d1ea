import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist, MemoryStore } from '../../src/index.js';
import { extentOf, idAt, idsBetween, joinFlags, pageOf, rankOf, sampleOf } from '../../src/people.js';
import { RedisStore } from '../../src/redis.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';
import { CountingStore } from '../support/store/counting.js';

const MAX_ID = 2 ** 32 - 1;
/** Edges of bytes and containers, a dense stretch, a sparse one. */
const IDS = [
  0,
  7,
  8,
  65_535,
  65_536,
  ...Array.from({ length: 70_000 }, (_, place) => 200_000 + place * 2),
  ...Array.from({ length: 50 }, (_, place) => 1_000_000 + place ** 3),
];
const PRO = new Set(IDS.filter((_, place) => place % 3 === 0));

let server: RedisServer;
let client: Redis;
let opened: RedisStore;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  opened = await RedisStore.open(server.url);
});

afterAll(async () => {
  await opened?.close();
  client?.disconnect();
  await server?.stop();
});

const stores = {
  'in memory': () => new MemoryStore(),
  'that are read': () => new CountingStore(new MemoryStore()),
  'in Redis': () => new RedisStore(client),
  'in Redis, over connections of its own': () => opened,
};

describe.each(Object.entries(stores))('people %s', (_, make) => {
  describe.each(['wasm', 'js'] as const)('by the kernel %s', (kernel) => {
    let bitmapist: Bitmapist;

    beforeAll(async () => {
      await client.flushall();
      bitmapist = new Bitmapist({ store: make(), evaluate: { kernel } });
      await bitmapist.markUnique('web', IDS);
      await bitmapist.markUnique('pro', [...PRO, 6, 300_000_000]);
    });

    it('are told page by page, by offset and by the id before', async () => {
      const web = bitmapist.unique('web');
      for (const offset of [0, 3, 4, 5, 70_004, IDS.length - 2, IDS.length, 10 ** 9]) {
        const { ids, hasMore } = await pageOf(web, { offset, limit: 4 });
        expect([...ids]).toEqual(IDS.slice(offset, offset + 4));
        expect(hasMore).toBe(offset + 4 < IDS.length);
      }
      expect((await pageOf(web)).ids.length).toBe(100);
      expect([...(await pageOf(web, { after: 7, limit: 2 })).ids]).toEqual([8, 65_535]);
      expect([...(await pageOf(web, { after: 7, offset: 1, limit: 2 })).ids]).toEqual([65_535, 65_536]);
      expect([...(await pageOf(web, { from: 7, to: 65_535 })).ids]).toEqual([7, 8, 65_535]);
      expect(await pageOf(web, { after: MAX_ID })).toEqual({ ids: new Uint32Array(0), hasMore: false });
    });

    it('have ranks, and are found by them', async () => {
      for (const set of [
        bitmapist.unique('web'),
        bitmapist.query('web@unique & (web@unique | pro@unique)'),
      ]) {
        for (const rank of [0, 1, 4, 5, 50_000, IDS.length - 1]) {
          expect(await idAt(set, rank)).toBe(IDS[rank]);
          expect(await rankOf(set, IDS[rank]!)).toBe(rank);
        }
        expect(await idAt(set, IDS.length)).toBe(undefined);
        expect(await rankOf(set, MAX_ID)).toBe(IDS.length);
        expect(await rankOf(set, 100)).toBe(3);
      }
    });

    it('are drawn by a seed', async () => {
      const web = bitmapist.unique('web');
      const drawn = [...(await sampleOf(web, 20, { seed: 5 }))];
      expect(drawn).toEqual([...(await sampleOf(web.and(web.or(bitmapist.unique('pro'))), 20, { seed: 5 }))]);
      expect(drawn).toEqual([...new Set(drawn)].filter((id) => IDS.includes(id)).sort((a, b) => a - b));
      expect(drawn).not.toEqual([...(await sampleOf(web, 20, { seed: 6 }))]);
      expect([...(await sampleOf(web, 10 ** 9))]).toEqual(IDS);
    });

    it('have ends', async () => {
      expect(await extentOf(bitmapist.unique('web'))).toEqual({ min: 0, max: IDS.at(-1) });
      expect(await extentOf(bitmapist.unique('web').not())).toEqual({ min: 1, max: 1_117_655 });
      expect(await extentOf(bitmapist.unique('nobody'))).toBe(undefined);
    });

    it('are listed between two ids', async () => {
      const ids: number[] = [];
      for await (const page of idsBetween(bitmapist.unique('web'), 8, 1_000_001)) ids.push(...page);
      expect(ids).toEqual(IDS.filter((id) => id >= 8 && id <= 1_000_001));
    });

    it('are joined with flags, complements among them', async () => {
      const [web, pro] = [bitmapist.unique('web'), bitmapist.unique('pro')];
      let place = 0;
      for await (const { ids, flags } of joinFlags(web, [pro, pro.not(), bitmapist.unique('nobody').not()])) {
        for (const [at, id] of ids.entries()) {
          const is = Number(PRO.has(id));
          if (id !== IDS[place] || flags.map((flag) => flag[at]).join() !== `${is},${1 - is},1`) {
            expect([id, ...flags.map((flag) => flag[at])]).toEqual([IDS[place], is, 1 - is, 1]);
          }
          place += 1;
        }
      }
      expect(place).toBe(IDS.length);
    });
  });
});

describe('people', () => {
  it('of sets in several stores are joined too', async () => {
    const here = new Bitmapist();
    const there = new Bitmapist();
    await here.markUnique('web', [1, 2]);
    await there.markUnique('pro', [2]);
    const pages = joinFlags(here.unique('web'), [there.unique('pro')], { limit: 5 });
    expect((await pages.next()).value).toEqual({
      ids: Uint32Array.of(1, 2),
      flags: [Uint8Array.of(0, 1)],
    });
    expect((await pages.next()).done).toBe(true);
  });

  it('are asked for with the options of the instance, and those of the call before them', async () => {
    const store = new CountingStore(new MemoryStore());
    const bitmapist = new Bitmapist({ store, evaluate: { maxBytes: 20_000 } });
    await bitmapist.markUnique('web', [1, 200_000]);
    const web = bitmapist.unique('web');
    const signal = AbortSignal.abort(new Error('enough'));
    for (const ask of [
      () => pageOf(web, { signal }),
      () => rankOf(web, 5, { signal }),
      () => idAt(web, 0, { signal }),
      () => sampleOf(web, 1, { signal }),
      () => extentOf(web, { signal }),
      () => idsBetween(web, 0, 9, { signal }).next(),
      () => joinFlags(web, [web], { signal }).next(),
    ]) {
      await expect(ask()).rejects.toThrow('enough');
    }
    await expect(pageOf(web)).rejects.toThrow('expected to read at most 20000 bytes');
    await expect(rankOf(web, MAX_ID, { maxBytes: 10 })).rejects.toThrow('expected to read at most 10 bytes');
    expect([...(await pageOf(web, { maxBytes: 30_000, memoryBytes: 1 })).ids]).toEqual([1, 200_000]);
    await expect(pageOf(web, { consistent: true })).rejects.toThrow('expected a store that can read several');
    const memory = new Bitmapist();
    await memory.markUnique('web', [4, 9]);
    expect(await extentOf(memory.unique('web'), { consistent: true })).toEqual({ min: 4, max: 9 });
  });

  it('are refused in a sentence if there is none such, before anything is read', async () => {
    const store = new CountingStore(new MemoryStore());
    const web = new Bitmapist({ store }).unique('web');
    const refusals: [() => Promise<unknown>, string][] = [
      [() => pageOf(web, { offset: -1 }), 'expected an offset that is a whole number of at least 0, got -1'],
      [
        () => pageOf(web, { offset: 0.5 }),
        'expected an offset that is a whole number of at least 0, got 0.5',
      ],
      [() => pageOf(web, { limit: 0 }), 'expected a limit that is a whole number of at least 1, got 0'],
      [
        () => pageOf(web, { limit: Number.NaN }),
        'expected a limit that is a whole number of at least 1, got NaN',
      ],
      [() => pageOf(web, { after: -1 }), 'expected an id in [0, 2^32), got -1'],
      [
        () => pageOf(web, { from: 9, to: 8 }),
        'expected ids up to one that is no smaller than 9, got up to 8',
      ],
      [() => idAt(web, -1), 'expected a rank that is a whole number of at least 0, got -1'],
      [() => idAt(web, '1' as never), 'expected a rank that is a whole number of at least 0, got "1"'],
      [() => rankOf(web, 2 ** 32), 'expected an id in [0, 2^32), got 4294967296'],
      [() => sampleOf(web, 0), 'expected the size of a sample that is a whole number of at least 1, got 0'],
      [
        () => sampleOf(web, 1, { seed: 2 ** 32 }),
        'expected a seed that is a whole number in [0, 2^32), got 4294967296',
      ],
      [() => idsBetween(web, 5, 4).next(), 'expected ids up to one that is no smaller than 5, got up to 4'],
      [() => joinFlags(web, ['pro' as never]).next(), 'expected a set of events, got pro'],
      [() => pageOf('web' as never), 'expected a set of events, got web'],
    ];
    for (const [ask, sentence] of refusals) await expect(ask()).rejects.toThrow(sentence);
    expect(store.calls).toMatchObject({ byteLengths: 0, read: 0 });
  });
});
