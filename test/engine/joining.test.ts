import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmap, complement, type Expression } from '../../src/engine/expression.js';
import { joinedPages } from '../../src/engine/joining.js';
import { ALL_IDS, type Selection } from '../../src/engine/ranks.js';
import { MemoryStore } from '../../src/store/memory.js';
import { storeOf } from '../support/bitmaps.js';
import { bitmapArbitrary, expressionArbitrary, expressionOf, modelIds } from '../support/model.js';
import { CountingStore } from '../support/store/counting.js';

const ALL: Selection = { range: ALL_IDS, offset: 0, limit: 2 ** 32 };

async function rowsOf(
  set: Expression,
  flags: readonly Expression[],
  selection: Selection = ALL,
  options: Parameters<typeof joinedPages>[3] = {},
): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { ids, columns } of joinedPages(set, flags, selection, options)) {
    expect(ids.length).toBeGreaterThan(0);
    for (const column of columns) expect(column.length).toBe(ids.length);
    for (const [place, id] of ids.entries()) rows.push([id, ...columns.map((column) => column[place]!)]);
  }
  return rows;
}

describe('joining flags to a set', () => {
  it('tells of every id what each flag and the set have in common', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(bitmapArbitrary, { minLength: 3, maxLength: 3 }),
        expressionArbitrary(3),
        fc.array(expressionArbitrary(3), { maxLength: 4 }),
        fc.record({
          from: fc.integer({ min: 0, max: 1000 }),
          offset: fc.oneof(fc.constant(0), fc.nat({ max: 700 })),
          limit: fc.oneof(fc.constant(2 ** 32), fc.integer({ min: 1, max: 300 })),
        }),
        fc.record({
          kernel: fc.constantFrom('wasm', 'js'),
          windowBytes: fc.constantFrom(undefined, 64),
        }),
        fc.boolean(),
        async (bitmaps, model, flagModels, { from, offset, limit }, options, isRead) => {
          const memory = await storeOf(bitmaps);
          const store = isRead ? new CountingStore(memory) : memory;
          const make = (one: typeof model) => expressionOf(one, (index) => bitmap(store, String(index)));
          const held = flagModels.map((flag) => new Set(modelIds({ op: 'and', of: [model, flag] }, bitmaps)));
          const expected = modelIds(model, bitmaps)
            .filter((id) => id >= from)
            .slice(offset, offset + limit)
            .map((id) => [id, ...held.map((ids) => Number(ids.has(id)))]);
          const selection = { range: { first: from, last: 2 ** 32 - 1 }, offset, limit };
          expect(await rowsOf(make(model), flagModels.map(make), selection, options)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads every key once, however many flags need it', async () => {
    const memory = new MemoryStore();
    await memory.put('a', new Uint8Array(100_000).fill(0x80));
    await memory.put('b', new Uint8Array(50_000).fill(0xff));
    const store = new CountingStore(memory);
    const [a, b] = [bitmap(store, 'a'), bitmap(store, 'b')];
    const rows = await rowsOf(a, [b, complement(b), a, complement(a), b]);
    expect(rows.length).toBe(100_000);
    expect(rows[49_999]).toEqual([399_992, 1, 0, 1, 0, 1]);
    expect(rows[50_000]).toEqual([400_000, 0, 1, 1, 0, 0]);
    expect(store.bytesRead).toBe(150_000);
  });

  it('stops reading when its limit is reached', async () => {
    const memory = new MemoryStore();
    for (const key of ['a', 'b']) await memory.put(key, new Uint8Array(2 ** 22).fill(0xff));
    const store = new CountingStore(memory);
    const selection = { range: { first: 16_000_000, last: 2 ** 32 - 1 }, offset: 5, limit: 2 };
    expect(await rowsOf(bitmap(store, 'a'), [bitmap(store, 'b')], selection)).toEqual([
      [16_000_005, 1],
      [16_000_006, 1],
    ]);
    expect(store.bytesRead).toBeLessThanOrEqual(2 * 24 * 1024);
  });

  it('gathers pages of at most 65,536 ids, each the caller’s to keep', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(40_000).fill(0x11));
    await store.put('b', new Uint8Array(30_000).fill(0xff));
    const lengths: number[] = [];
    const kept: Uint8Array[] = [];
    for await (const { ids, columns } of joinedPages(bitmap(store, 'a'), [bitmap(store, 'b')], ALL, {})) {
      lengths.push(ids.length);
      kept.push(columns[0]!);
    }
    expect(lengths).toEqual([65_536, 14_464]);
    expect(kept.map((column) => column.reduce((sum, bit) => sum + bit, 0))).toEqual([60_000, 0]);
  });
});
