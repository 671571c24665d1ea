import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import type { OverlapArguments } from '../../src/measures/overlap.js';
import { overlap } from '../../src/measures/overlap.js';
import { plainRows } from '../../src/measures/rows.js';
import { MemoryStore } from '../../src/store/memory.js';
import { cellValue, type Table } from '../../src/tables/table.js';
import { scopeOf } from '../support/measures/scope.js';
import { CountingStore } from '../support/store/counting.js';

const IDS = { a: [1, 2, 3, 4], b: [3, 4, 5], c: [4, 5, 6], everybody: [1, 2, 3, 4, 5, 6, 7, 8] };
const SETS = ['a@unique', 'b@unique', 'c@unique'];
const UNIVERSE = 'everybody@unique';

async function marked(ids: Readonly<Record<string, readonly number[]>> = IDS) {
  const store = new CountingStore(new MemoryStore());
  const bitmapist = new Bitmapist({ store, clock: () => '2026-03-17T12:00:00Z' });
  for (const [flag, each] of Object.entries(ids)) await bitmapist.markUnique(flag, [...each]);
  store.reset();
  return { bitmapist, store };
}

async function tableOf(args: Partial<OverlapArguments>): Promise<Table> {
  const { bitmapist } = await marked();
  return bitmapist.ask(overlap, { sets: SETS, ...args });
}

function valuesOf({ rows, unit }: Table): (number | undefined)[][] {
  return rows.map(({ cells }) => cells.map((cell) => cellValue(cell, unit)));
}

describe('an overlap', () => {
  it('is a matrix of what every two sets have in common, and says who they are', async () => {
    const { rows, ...table } = await tableOf({ sets: SETS.slice(0, 2) });
    expect(table).toEqual({
      measure: 'overlap',
      title: 'a@unique, b@unique',
      subtitle: "who are in the row's set and the column's",
      layout: 'matrix',
      unit: 'people',
      rowHead: 'Set',
      columns: SETS.slice(0, 2).map((text) => ({ key: text, label: text })),
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    const cell = (count: number, of: number, query: string) => ({ count, of, state: 'final', query });
    expect(rows).toEqual([
      {
        key: 'a@unique',
        label: 'a@unique',
        size: 4,
        cells: [cell(4, 4, 'a@unique'), cell(2, 4, 'a@unique & b@unique')],
      },
      {
        key: 'b@unique',
        label: 'b@unique',
        size: 3,
        cells: [cell(2, 3, 'b@unique & a@unique'), cell(3, 3, 'b@unique')],
      },
    ]);
  });

  it('shows how strongly they go together', async () => {
    const pair = async (args: Partial<OverlapArguments>): Promise<(number | undefined)[]> =>
      valuesOf(await tableOf({ sets: SETS.slice(0, 2), ...args })).flat();
    expect(await pair({ value: 'jaccard' })).toEqual([1, 2 / 5, 2 / 5, 1]);
    expect(await pair({ value: 'overlap' })).toEqual([1, 2 / 3, 2 / 3, 1]);
    expect(await pair({ value: 'lift', universe: UNIVERSE })).toEqual([2, 4 / 3, 4 / 3, 8 / 3]);
    const phi = (8 * 2 - 4 * 3) / (Math.sqrt(4 * 4) * Math.sqrt(3 * 5));
    const [one, some, same, other] = await pair({ value: 'phi', universe: UNIVERSE });
    expect([one, other]).toEqual([1, expect.closeTo(1)]);
    expect([some, same]).toEqual([phi, phi]);
    expect(await tableOf({ value: 'phi', universe: UNIVERSE })).toMatchObject({
      unit: 'ratio',
      subtitle: 'from -1 to 1, by chance 0 (phi, the correlation) · among the 8 of everybody@unique',
    });
  });

  it('has no number for what means nothing', async () => {
    const sets = ['a@unique', 'nobody@unique', 'everybody@unique'];
    for (const value of ['jaccard', 'overlap', 'lift', 'phi'] as const) {
      const values = valuesOf(await tableOf({ sets, value, universe: UNIVERSE }));
      expect(values[1]![1], value).toBeUndefined();
      // A set of everybody goes with all alike.
      if (value === 'phi') expect(values[2]).toEqual([undefined, undefined, undefined]);
    }
  });

  it('counts nobody who is not in the universe', async () => {
    const table = await tableOf({ universe: 'b@unique' });
    expect(valuesOf(table)).toEqual([
      [2, 2, 1],
      [2, 3, 2],
      [1, 2, 2],
    ]);
    expect(table.rows[0]!.cells[2]!.query).toBe('a@unique & c@unique & b@unique');
  });

  it('has all combinations of a few sets, small ones first', async () => {
    const table = await tableOf({ show: 'intersections' });
    expect(table).toMatchObject({
      layout: 'bars',
      unit: 'people',
      columns: [{ key: 'count' }, { key: 'exclusive' }],
    });
    expect(table.rows[3]).toEqual({
      key: '0,1',
      label: 'a@unique & b@unique',
      cells: [
        { count: 2, of: 6, state: 'final', query: 'a@unique & b@unique' },
        { count: 1, of: 6, state: 'final', query: 'a@unique & b@unique & ~c@unique' },
      ],
    });
    expect(overlap.rows?.args).toEqual({ show: 'intersections', value: 'people' });
    expect(plainRows(overlap, table)).toEqual([
      { sets: [0], count: 4, exclusive: 2 },
      { sets: [1], count: 3, exclusive: 0 },
      { sets: [2], count: 3, exclusive: 1 },
      { sets: [0, 1], count: 2, exclusive: 1 },
      { sets: [0, 2], count: 1, exclusive: 0 },
      { sets: [1, 2], count: 2, exclusive: 1 },
      { sets: [0, 1, 2], count: 1, exclusive: 1 },
    ]);
  });

  it('reads every key once', async () => {
    const { bitmapist, store } = await marked();
    for (const show of ['matrix', 'intersections'] as const) {
      store.reset();
      await bitmapist.ask(overlap, { sets: [...SETS, 'a@unique & b@unique'], universe: UNIVERSE, show });
      expect(store.keysRead).toHaveLength(4);
      expect(store.keysRead.map((key) => store.readsOf(key))).toEqual([1, 1, 1, 1]);
    }
  });

  it('takes everybody but some within a universe alone', async () => {
    const sets = ['~a@unique', 'b@unique'];
    expect(valuesOf(await tableOf({ sets, universe: UNIVERSE }))).toEqual([
      [4, 1],
      [1, 3],
    ]);
    await expect(tableOf({ sets })).rejects.toThrow(
      new RangeError('expected a universe for ~a@unique, which holds everybody but some'),
    );
    await expect(tableOf({ universe: '~a@unique' })).rejects.toThrow(
      new RangeError('expected people as universe, got ~a@unique, which holds everybody but some'),
    );
  });

  it.each([
    [{ sets: [] }, 'expected 1 to 100 sets, got 0'],
    [
      { sets: Array.from({ length: 13 }, (_, at) => `a${at}@unique`), show: 'intersections' },
      'expected 1 to 12 sets, each of which doubles the number of intersections, got 13',
    ],
    [
      { value: 'phi' },
      'expected a universe for phi, such as active@2026-11: it depends on how many might be in the sets',
    ],
    [
      { value: 'jaccard', show: 'intersections' },
      'expected people as value of intersections, got jaccard, which two sets have',
    ],
    [{ value: 'love' }, 'expected people, jaccard, overlap, lift or phi as value, got "love"'],
    [{ show: 'circles' }, 'expected "matrix" or "intersections" to show, got "circles"'],
  ] as [Partial<OverlapArguments>, string][])('refuses %o', (args, message) => {
    expect(() => overlap.ask({ sets: SETS, ...args }, scopeOf())).toThrow(new RangeError(message));
  });

  it('holds its identities, and each text finds whom its cell counts', { tags: 'long' }, async () => {
    const ids = fc.uniqueArray(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(70_000, 200_000)));
    const texts = fc.uniqueArray(
      fc.constantFrom('a@unique', 'b@unique', '~a@unique', 'c@unique | ~b@unique'),
      {
        minLength: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.record({ a: ids, b: ids, c: ids, u: ids }), texts, async (given, sets) => {
        const { bitmapist } = await marked(given);
        const args = { sets, universe: 'u@unique' };
        const all = await bitmapist.ask(overlap, { ...args, show: 'intersections' });
        const any = await bitmapist
          .query(`(${sets.map((text) => `(${text})`).join(' | ')}) & u@unique`)
          .count();
        expect(all.rows.reduce((sum, { cells }) => sum + cells[1]!.count, 0)).toBe(any);
        const matrix = await bitmapist.ask(overlap, args);
        for (const { cells } of [...all.rows, ...matrix.rows]) {
          for (const { count, query } of cells)
            expect(await bitmapist.query(query!).count(), query).toBe(count);
        }
        for (const value of ['people', 'jaccard', 'overlap', 'lift', 'phi'] as const) {
          const { rows } = await bitmapist.ask(overlap, { ...args, value });
          const numbers = rows.map(({ cells }) => cells.map(({ count }) => count));
          expect(numbers).toEqual(numbers.map((_, column) => numbers.map((row) => row[column])));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('says who they are for good, also of what is relative to now', async () => {
    const { bitmapist } = await marked();
    await bitmapist.markEvent('e', [1, 2], { now: '2026-03-16' });
    const { rows } = await bitmapist.ask(overlap, { sets: ['e@day-1'] }, { now: '2026-03-17' });
    expect(rows[0]).toMatchObject({ key: 'e@day-1', cells: [{ count: 2, query: 'e@2026-03-16' }] });
  });
});
