import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { ClickHouseStore, copyToClickHouse } from '../../../src/clickhouse.js';
import { countSets } from '../../../src/engine/answers.js';
import { idsOf as allIdsOf } from '../../../src/engine/contents.js';
import { atLeast, bitmap, combine, complement, type Expression } from '../../../src/engine/expression.js';
import { hasId, hasIds } from '../../../src/engine/membership.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { bitmapArbitrary, expressionArbitrary, expressionOf, modelIds } from '../../support/model.js';
import { type Chdb, ChdbClient, openChdb } from './chdb.js';

/** Random expressions, pairs, complements and thresholds over a real ClickHouse, beside plain sets and the embedded store. */

const BITMAPS = 6;
const keyOf = (index: number) => `trackist_e${index}_2026-11-${index + 1}`;

let chdb: Chdb;
let client: ChdbClient;
let store: ClickHouseStore;
let tables = 0;

beforeAll(async () => {
  chdb = await openChdb();
  client = new ChdbClient(chdb);
});
afterAll(() => chdb?.close());
beforeEach(async () => {
  store = await emptyStore();
});

async function emptyStore(): Promise<ClickHouseStore> {
  const made = new ClickHouseStore(client, { table: `t${++tables}` });
  await made.createTable();
  return made;
}

describe('expressions in ClickHouse', () => {
  it('have the numbers and the ids of the set model: 200 of them, pairs too', async () => {
    const bitmaps = fc.sample(bitmapArbitrary, { numRuns: BITMAPS, seed: 7 });
    for (const [index, { ids }] of bitmaps.entries()) {
      // In two rows, as shards and insertions leave them.
      const halves = [[...ids].filter((id) => id % 3 !== 0), [...ids].filter((id) => id % 3 === 0)];
      for (const half of halves) await store.write([{ key: keyOf(index), ids: half, value: 1 }]);
    }
    // Rows end with their last id, as bitmaps of the model do not.
    const ended = bitmaps.map(({ ids }) => ({ ids, byteLength: Math.ceil((Math.max(-1, ...ids) + 1) / 8) }));
    const roots = fc.sample(expressionArbitrary(BITMAPS), { numRuns: 200, seed: 20_265 });
    for (let from = 0; from < roots.length; from += 8) {
      const asked = roots.slice(from, from + 8);
      const sets = asked.map((root) => expressionOf(root, (index) => bitmap(store, keyOf(index))));
      const pairs = asked.flatMap((_, a) => asked.map((_, b) => [a, b] as const));
      client.statements.length = 0;
      expect(await countSets({ sets, pairs })).toEqual({
        sets: asked.map((root) => modelIds(root, ended).length),
        pairs: pairs.map(([a, b]) => modelIds({ op: 'and', of: [asked[a]!, asked[b]!] }, ended).length),
      });
      expect(client.statements.length).toBeLessThanOrEqual(1);
      const ids = modelIds(asked[0]!, ended);
      expect([...(await allIdsOf(sets[0]!))]).toEqual(ids);
      expect(await hasIds(sets[0]!)).toBe(ids.length > 0);
      expect(await hasId(sets[0]!, 40)).toBe(ids.includes(40));
    }
  });

  it('are counted at the size of what one query can hold, and beyond it', async () => {
    const memory = new MemoryStore();
    const random = (seed: number) => (Math.imul(seed, 2_654_435_761) >>> 0) % 5000;
    const keys = Array.from(
      { length: 1400 },
      (_, index) =>
        `trackist_event_${2000 + (index % 20)}-${1 + (index % 12)}-${1 + (index % 28)}-${Math.floor(index / 60)}`,
    );
    for (const [index, key] of new Set(keys).entries() as IterableIterator<[string, string]>) {
      const ids = Array.from({ length: 40 }, (_, at) =>
        random(at * 7919 + String(index).length + keys.indexOf(key) * 31),
      );
      await memory.write([{ key, ids, value: 1 }]);
    }
    await copyToClickHouse(memory, store);
    const all = [...new Set(keys)];
    const over = (place: MemoryStore | ClickHouseStore): Expression[] => {
      const leaves = all.map((key) => bitmap(place, key));
      return [
        combine('or', leaves),
        complement(combine('or', leaves)),
        combine('xor', leaves),
        atLeast(5, leaves.slice(0, 365)),
        combine('andNot', [atLeast(3, leaves.slice(0, 365)), atLeast(5, leaves.slice(0, 365))]),
        // Each within the one before it: as deep as it is long.
        leaves
          .slice(0, 300)
          .reduce<Expression>(
            (inner, leaf, at) => combine(at % 2 === 0 ? 'or' : 'xor', [inner, leaf]),
            leaves[301]!,
          ),
        atLeast(700, leaves),
        ...leaves.slice(0, 900).map((leaf, at) => combine('and', [leaf, leaves[at + 1]!])),
      ];
    };
    const expected = (await countSets({ sets: over(memory) })).sets;
    const sets = over(store);
    client.statements.length = 0;
    // What is too much for a query is read.
    const tooMuch = 6;
    const counted = sets.filter((_, place) => place !== tooMuch);
    const others = expected.filter((_, place) => place !== tooMuch);
    expect((await countSets({ sets: counted })).sets).toEqual(others);
    expect(client.statements.length).toBeGreaterThan(1);
    for (const statement of client.statements) {
      expect(statement).toContain('AS counts');
      expect(statement.length).toBeLessThan(262_144);
    }
    client.statements.length = 0;
    expect((await countSets({ sets: [sets[tooMuch]!] })).sets).toEqual([expected[tooMuch]]);
    expect(client.statements.join()).not.toContain('AS counts');
  });

  it('are read together with bitmaps of other stores', async () => {
    const memory = new MemoryStore();
    await memory.write([{ key: 'k', ids: [1, 2, 70_000], value: 1 }]);
    await store.write([{ key: keyOf(0), ids: [2, 3, 70_000], value: 1 }]);
    const both = combine('and', [bitmap(memory, 'k'), bitmap(store, keyOf(0))]);
    expect([...(await allIdsOf(both))]).toEqual([2, 70_000]);
    expect((await countSets({ sets: [both, complement(both)] })).sets).toEqual([2, 70_006]);
  });
});

describe('a store over a table of ClickHouse', () => {
  it('has the rows of all shards', async () => {
    // Two servers have a part each; a table over both is what is asked.
    const shards = [await emptyStore(), await emptyStore()];
    await shards[0]!.write([{ key: 'trackist_a_u', ids: [1, 2], value: 1 }]);
    await shards[1]!.write([{ key: 'trackist_a_u', ids: [2, 3], value: 1 }]);
    await chdb.run(
      `CREATE TABLE both AS t${tables} ENGINE = Merge(currentDatabase(), '^t(${tables - 1}|${tables})$')`,
      {},
    );
    const both = new ClickHouseStore(client, { table: 'both' });
    expect(await both.count('trackist_a_u')).toBe(3);
    expect(await both.has('trackist_a_u', 3)).toBe(true);
    const bitmapist = new Bitmapist({ store: both });
    expect([...(await bitmapist.unique('a').ids())]).toEqual([1, 2, 3]);
  });

  it('lists keys by any beginning, a page at a time, and leaves out rows that no key has', async () => {
    const names = ['a', 'a_b', 'a_2026', "o'b\\", 'ü%_{x:String}', '"'];
    const keys = names.flatMap((name) => [`trackist_${name}_u`, `trackist_${name}_2026-1-9`]);
    await store.write(keys.map((key) => ({ key, ids: [1], value: 1 })));
    await chdb.run(
      `INSERT INTO t${tables} SELECT 'a', 'year', '2026', toDateTime64(0, 0), groupBitmapState(toUInt32(1))`,
      {},
    );
    for (const prefix of [
      '',
      'track',
      'trackist_',
      'trackist_a',
      'trackist_a_2',
      'trackist_a_u',
      "trackist_o'",
      'x',
    ]) {
      for (const batchSize of [1, 3, undefined]) {
        const listed: string[] = [];
        for await (const key of store.keys(prefix, { batchSize })) listed.push(key);
        expect(listed.sort()).toEqual(keys.filter((key) => key.startsWith(prefix)).sort());
      }
    }
    const bitmapist = new Bitmapist({ store });
    expect(await bitmapist.eventNames()).toEqual([...names].sort());
    expect(await bitmapist.counts(names.map((name) => bitmapist.unique(name)))).toEqual(names.map(() => 1));
  });

  it('reads as of one moment, deletes, and refuses what would change rows, writing nothing', async () => {
    const key = 'trackist_a_u';
    await store.write([{ key, ids: [1, 2, 3], value: 1 }]);
    const snapshot = await store.snapshot([key, 'trackist_b_u', 'other']);
    await expect(
      store.write([
        { key, ids: [9], value: 1 },
        { key, ids: [1], value: 0 },
      ]),
    ).rejects.toThrow('expected bits to set, got bits to clear: rows of ClickHouse are only added');
    await expect(store.write([{ key: 'other', ids: [1], value: 1 }])).rejects.toThrow(
      'expected a key of an event that begins with "trackist_", got "other"',
    );
    await expect(store.put(key, Uint8Array.of(1))).rejects.toThrow('to which rows are only added');
    expect(await store.count(key)).toBe(3);
    expect(await store.delete([key, key, 'trackist_b_u', 'other'])).toBe(1);
    expect(await store.byteLengths([key])).toEqual([0]);
    expect(await snapshot.byteLengths([key, 'trackist_b_u', 'other'])).toEqual([1, 0, 0]);
    await expect(store.reader().byteLengths([key], { maxBytes: 0 })).resolves.toEqual([0]);
    await store.write([{ key, ids: Array.from({ length: 100 }, (_, at) => at * 9), value: 1 }]);
    await expect(store.reader().byteLengths([key], { maxBytes: 100 })).rejects.toThrow(
      'expected to read at most 100 bytes',
    );
    const missing = new ClickHouseStore(client, { table: 'missing' });
    await expect(missing.count(key)).rejects.toThrow(
      /^expected an answer of ClickHouse about missing, got an error: /,
    );
  });
});
