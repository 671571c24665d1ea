import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { breakDown } from '../../src/measures/breakdown.js';
import type { Ask } from '../../src/measures/measure.js';
import { dashboard, parseQuestion, trend } from '../../src/measures.js';
import { scopeOf } from '../support/measures/scope.js';

const COHORT = {
  measure: 'cohort',
  select1: 'signup',
  select2: 'active',
  startDate: '2026-11-01',
  numResults: 2,
  numOfRows: 1,
};

async function tablesOf(bitmapist: Bitmapist, document: object) {
  return (await bitmapist.ask(dashboard, { questions: [parseQuestion(document)] }))[0]!;
}

describe('a breakdown', () => {
  it('is a table per flag, segment or expression, of those who are in it', async () => {
    const bitmapist = new Bitmapist({ clock: () => '2026-12-01' });
    await bitmapist.markEvent('signup', [1, 2, 3], { now: '2026-11-01' });
    await bitmapist.markEvent('active', [1, 2], { now: '2026-11-02' });
    await bitmapist.markUnique('pro', [2, 3]);
    bitmapist.defineSegment('odd', () => bitmapist.query('signup@2026-11-01 & ~pro@unique'));
    const tables = await tablesOf(bitmapist, {
      ...COHORT,
      by: ['pro', 'odd', 'active@2026-11-02 & pro@unique'],
    });
    const told = tables.map(({ title, rows: [row] }) => [title, row!.size, row!.cells[1]!.count]);
    expect(told).toEqual([
      ['signup → active · pro', 2, 1],
      ['signup → active · odd', 1, 1],
      ['signup → active · active@2026-11-02 & pro@unique', 1, 1],
    ]);
    for (const table of tables) {
      for (const { count, query } of table.rows.flatMap(({ cells }) => cells)) {
        expect(await bitmapist.query(query!).count(), query).toBe(count);
      }
    }
  });

  it('is a line per value of what is a line over time', async () => {
    const bitmapist = new Bitmapist({ clock: () => '2026-12-01' });
    await bitmapist.markEvent('a', [1, 2], { now: '2026-11-01' });
    await bitmapist.markEvent('b', [2, 3], { now: '2026-11-01' });
    await bitmapist.markUnique('pro', [2]);
    await bitmapist.markUnique('free', [1, 3]);
    const range = { from: '2026-11-01', to: '2026-11-01', by: ['pro', 'free'] };
    const [one, ...none] = await tablesOf(bitmapist, { measure: 'trend', events: ['a'], ...range });
    expect(none).toEqual([]);
    expect(one!.title).toBe('a · pro, free');
    expect(one!.rows.map(({ key, cells }) => [key, cells[0]!.count])).toEqual([
      ['pro', 1],
      ['free', 1],
    ]);
    const [two] = await tablesOf(bitmapist, { measure: 'trend', events: ['a', 'b'], ...range });
    expect(two!.rows.map(({ label, cells }) => [label, cells[0]!.count])).toEqual([
      ['a · pro', 1],
      ['b · pro', 1],
      ['a · free', 1],
      ['b · free', 1],
    ]);
  });

  it('sums up to the whole if everybody is in one of its groups', async () => {
    const ids = fc.uniqueArray(fc.nat(40), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ids, ids, ids, async (signup, active, pro) => {
        const bitmapist = new Bitmapist({ clock: () => '2026-12-01' });
        if (signup.length > 0) await bitmapist.markEvent('signup', signup, { now: '2026-11-01' });
        if (active.length > 0) await bitmapist.markEvent('active', active, { now: '2026-11-02' });
        if (pro.length > 0) await bitmapist.markUnique('pro', pro);
        const everybody = '(signup@2026 | active@2026)';
        const parts = await tablesOf(bitmapist, { ...COHORT, by: ['pro', `${everybody} & ~pro@unique`] });
        const [whole] = await tablesOf(bitmapist, COHORT);
        for (const [at, row] of whole!.rows.entries()) {
          const rows = parts.map(({ rows }) => rows[at]!);
          expect(rows.reduce((sum, { size }) => sum + size!, 0)).toBe(row.size);
          for (const [column, { count }] of row.cells.entries()) {
            expect(rows.reduce((sum, { cells }) => sum + cells[column]!.count, 0)).toBe(count);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('refuses no value, and more than anybody compares', () => {
    const ask = trend.ask({ events: ['a'] }, scopeOf());
    expect(() => breakDown(ask, [], scopeOf())).toThrow('expected 1 to 100 values to break down by, got 0');
    expect(() => breakDown(ask, new Array<string>(101).fill('a'), scopeOf())).toThrow('got 101');
    expect(() => breakDown(ask, ['a@'], scopeOf())).toThrow(/^expected a period/);
    const large: Ask = {
      ...ask,
      sets: new Array(6).fill(ask.sets[0]),
      pairs: new Array(500_000).fill([0, 1]),
    };
    expect(() => breakDown(large, ['a', 'b'], scopeOf())).toThrow(
      new RangeError('expected at most 1000000 sets to count for all values, got 2 × 500006'),
    );
  });
});
