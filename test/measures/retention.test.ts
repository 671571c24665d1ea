import { describe, expect, it } from 'vitest';
import { bitmap, type Expression } from '../../src/engine/expression.js';
import { type CohortOptions, type CohortSource, cohortTable } from '../../src/measures/retention.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { Period } from '../../src/time/period.js';

const store = new MemoryStore();
const NOW = new Date('2026-03-17T12:00:00Z');

/** Counts from sets by key; remembers what was asked. */
function sourceOf(sets: Record<string, number[]>, timeZone = 'UTC') {
  const asked: string[][] = [];
  const idsOf = (expression: Expression): number[] => {
    if (expression.kind === 'bitmap') return sets[expression.key] ?? [];
    if (expression.kind !== 'and') throw new Error(`expected an and, got ${expression.kind}`);
    const [first, ...others] = expression.operands.map(idsOf);
    return first!.filter((id) => others.every((ids) => ids.includes(id)));
  };
  const textOf = (expression: Expression): string => {
    if (expression.kind === 'bitmap') return expression.key;
    return expression.kind === 'not' ? '~' : `(${expression.operands.map(textOf).join(' & ')})`;
  };
  const source: CohortSource = {
    timeZone,
    now: NOW,
    events: (name: string, period: Period) => bitmap(store, `${name}@${period}`),
    count: async (expressions) => {
      asked.push(expressions.map(textOf));
      return expressions.map((expression) => idsOf(expression).length);
    },
  };
  return { source, asked };
}

const base = { select1: 's', select2: 'a' };
async function tableOf(sets: Record<string, number[]>, options: Partial<CohortOptions>, timeZone?: string) {
  return cohortTable({ ...base, ...options }, sourceOf(sets, timeZone).source);
}

describe('a cohort table', () => {
  it('asks for every set of it once, in one question', async () => {
    const { source, asked } = sourceOf({});
    await cohortTable(
      { ...base, select1b: 's2', startDate: '2026-03-14', numResults: 2, numOfRows: 1 },
      source,
    );
    const [s14, s15] = ['(s@2026-03-14 & s2@2026-03-14)', '(s@2026-03-15 & s2@2026-03-15)'];
    expect(asked).toEqual([
      [
        s14,
        s15,
        'a@2026-03-14',
        'a@2026-03-15',
        'a@2026-03-16',
        `(${s14} & a@2026-03-14)`,
        `(${s14} & a@2026-03-15)`,
        `(${s15} & a@2026-03-15)`,
        `(${s15} & a@2026-03-16)`,
      ],
    ]);
  });

  it('looks up each row, and each cell of it, in its own periods', async () => {
    const sets = {
      's@2026-03-14': [1, 2, 3, 4],
      's@2026-03-15': [5, 6, 7],
      'a@2026-03-14': [1, 2, 9],
      'a@2026-03-15': [1, 5, 6, 8],
      'a@2026-03-16': [5, 2, 10, 11, 12],
    };
    const { rows } = await tableOf(sets, { startDate: '2026-03-14', numResults: 2, numOfRows: 1 });
    const short = rows.map(({ period, total, cells }) => [
      String(period),
      total,
      ...cells.map((cell) => [String(cell.period), cell.count, cell.active, cell.percent]),
    ]);
    expect(short).toEqual([
      ['2026-03-14', 4, ['2026-03-14', 2, 3, 50], ['2026-03-15', 1, 4, 25]],
      ['2026-03-15', 3, ['2026-03-15', 2, 4, (2 / 3) * 100], ['2026-03-16', 1, 5, (1 / 3) * 100]],
    ]);
    // In the order of the reference, which rounds differently from any other.
    expect(rows[1]!.cells[1]!.percent).toBe((1 / 3) * 100);
  });

  it('narrows both sides by their second event, and takes an empty name for none', async () => {
    const sets = {
      's@2026-03-14': [1, 2, 3],
      't@2026-03-14': [2, 3],
      'a@2026-03-14': [1, 2, 3],
      'b@2026-03-14': [3, 9],
    };
    const one = { startDate: '2026-03-14', numResults: 1, numOfRows: 0 };
    const cellOf = async (options: Partial<CohortOptions>) => {
      const table = await tableOf(sets, { ...one, ...options });
      const [row] = table.rows;
      return [row!.total, row!.cells[0]!.count, row!.cells[0]!.active, table.select1b, table.select2b];
    };
    expect(await cellOf({ select1b: 't' })).toEqual([2, 2, 3, 't', undefined]);
    expect(await cellOf({ select2b: 'b' })).toEqual([3, 1, 1, undefined, 'b']);
    expect(await cellOf({ select1b: 't', select2b: 'b' })).toEqual([2, 1, 1, 't', 'b']);
    expect(await cellOf({ select1b: '', select2b: '' })).toEqual([3, 3, 3, undefined, undefined]);
  });

  it('says of each cell whether it is final, and why there is nothing in it', async () => {
    const sets = { 's@2026-03-16': [1], 's@2026-03-17': [1], 'a@2026-03-16': [1], 'a@2026-03-17': [2] };
    const table = await tableOf(sets, { startDate: '2026-03-15', numResults: 4, numOfRows: 2 });
    expect(table.rows.map(({ cells }) => cells.map(({ state }) => state))).toEqual([
      ['empty', 'empty', 'empty'],
      ['value', 'unfinished', 'future'],
      ['unfinished', 'future', 'future'],
      ['future', 'future', 'future'],
    ]);
    expect(table.rows[0]!.cells[0]).toMatchObject({ percent: undefined, count: 0 });
    expect(table.rows[1]!.cells[1]).toMatchObject({ percent: 0, count: 0 });
    const nobody = await tableOf(
      { 's@2026-03-15': [1] },
      { startDate: '2026-03-15', numResults: 1, numOfRows: 1 },
    );
    expect(nobody.rows[0]!.cells.map(({ state }) => state)).toEqual(['nobody', 'nobody']);
  });

  it('has 31 rows of 13 cells, for years three, unless told otherwise', async () => {
    const sizes = async (options: Partial<CohortOptions>) => {
      const { rows, timeGroup, numOfRows } = await tableOf({}, options);
      return [timeGroup, rows.length, rows[0]?.cells.length, numOfRows];
    };
    expect(await sizes({})).toEqual(['days', 31, 13, 12]);
    expect(await sizes({ timeGroup: 'weeks' })).toEqual(['weeks', 31, 13, 12]);
    expect(await sizes({ timeGroup: 'years' })).toEqual(['years', 3, 13, 12]);
    expect(await sizes({ numResults: 0 })).toEqual(['days', 0, undefined, 12]);
    expect(await sizes({ numOfRows: -1, numResults: 2 })).toEqual(['days', 2, 0, -1]);
  });

  it('asks for cohorts alone where no cell is wanted', async () => {
    const { source, asked } = sourceOf({ 's@2026-03-17': [1, 2] });
    const { rows } = await cohortTable({ ...base, numResults: 1, numOfRows: -1 }, source);
    expect(asked).toEqual([['s@2026-03-17']]);
    expect(rows[0]!.total).toBe(2);
  });

  it('is asked as of a moment, in a time zone', async () => {
    const { source } = sourceOf({ 's@2026-03-18': [1] }, 'Asia/Tokyo');
    const late = await cohortTable(
      { ...base, numResults: 1, numOfRows: 0, now: '2026-03-17T20:00:00Z' },
      source,
    );
    expect(late).toMatchObject({ now: '2026-03-17T20:00:00Z', timeZone: 'Asia/Tokyo', compat: false });
    expect([String(late.rows[0]!.period), late.rows[0]!.cells[0]!.state]).toEqual([
      '2026-03-18',
      'unfinished',
    ]);
    const given = await cohortTable({ ...base, numResults: 1, startDate: '' }, source);
    expect([given.now, String(given.rows[0]!.period)]).toEqual(['2026-03-17T12:00:00Z', '2026-03-17']);
  });

  it('takes the rows of the reference where asked to', async () => {
    const { rows, compat } = await tableOf({}, { compat: true, numResults: 1, numOfRows: 0 });
    expect([compat, rows[0]!.date]).toEqual([true, '2026-03-17T12:00:00+00:00']);
  });

  it.each([
    [{ numResults: -1 }, 'expected numResults to be a whole number from 0 to 10000, got -1'],
    [{ numResults: 10_001 }, 'expected numResults to be a whole number from 0 to 10000, got 10001'],
    [{ numResults: 1.5 }, 'expected numResults to be a whole number from 0 to 10000, got 1.5'],
    [{ numOfRows: -2 }, 'expected numOfRows to be a whole number from -1 to 10000, got -2'],
    [{ numOfRows: '3' as never }, 'expected numOfRows to be a whole number from -1 to 10000, got "3"'],
    [{ timeGroup: 'hours' as never }, 'expected days, weeks, months or years as time group, got "hours"'],
    [
      { timeGroup: 'toString' as never },
      'expected days, weeks, months or years as time group, got "toString"',
    ],
  ] as [Partial<CohortOptions>, string][])('refuses %o', async (options, message) => {
    await expect(tableOf({}, options)).rejects.toThrow(new RangeError(message));
  });

  it('takes as many rows as it allows', async () => {
    const table = await tableOf({}, { numResults: 10_000, numOfRows: -1, timeGroup: 'days' });
    expect(table.rows).toHaveLength(10_000);
  });
});
