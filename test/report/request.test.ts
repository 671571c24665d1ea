import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { type CohortForm, parseCohortForm, renderHtmlForm, renderHtmlTable } from '../../src/report.js';
import { HOSTILE_NAMES } from '../support/report/tables.js';

const NOTHING: CohortForm = {
  select1: undefined,
  select1b: undefined,
  select2: undefined,
  select2b: undefined,
  timeGroup: 'days',
  as: 'percent',
  numResults: 31,
  numOfRows: 12,
  startDate: undefined,
};

const ALL = {
  select1: 'signup',
  select1b: 'paid plan',
  select2: 'active',
  select2b: 'pro',
  time_group: 'months',
  as_percent: '0',
  num_results: '24',
  num_of_rows: '0',
  start_date: '2024-02-29',
};

describe('parseCohortForm', () => {
  it('reads every field that the form has', () => {
    const expected: CohortForm = {
      select1: 'signup',
      select1b: 'paid plan',
      select2: 'active',
      select2b: 'pro',
      timeGroup: 'months',
      as: 'counts',
      numResults: 24,
      numOfRows: 0,
      startDate: '2024-02-29',
    };
    for (const fields of [ALL, new URLSearchParams(ALL), runInNewContext('fields', { fields: ALL })]) {
      expect(parseCohortForm(fields)).toEqual(expected);
    }
    expect(parseCohortForm(Object.assign(Object.create(null), ALL))).toEqual(expected);
    expect(parseCohortForm({ ...ALL, select1: ['signup'] })).toEqual(expected);
  });

  it('has a default for every field that is missing or empty, and no eye for others', () => {
    expect(parseCohortForm(new URLSearchParams())).toEqual(NOTHING);
    expect(parseCohortForm({})).toEqual(NOTHING);
    const empty = Object.fromEntries(Object.keys(ALL).map((name) => [name, '']));
    expect(parseCohortForm(new URLSearchParams(empty))).toEqual(NOTHING);
    expect(parseCohortForm(new URLSearchParams('team=7&numResults=5&select3=a'))).toEqual(NOTHING);
    // Not what all objects inherit.
    expect(parseCohortForm(Object.create({ select1: 'inherited' }))).toEqual(NOTHING);
    expect(parseCohortForm({ time_group: 'years' })).toEqual({
      ...NOTHING,
      timeGroup: 'years',
      numResults: 3,
    });
  });

  it('makes a table of an address that says little', async () => {
    const {
      select1,
      select2 = 'signup',
      ...chosen
    } = parseCohortForm(new URLSearchParams('select1=signup&time_group=weeks'));
    const table = await new Bitmapist().cohort({ ...chosen, select1: select1!, select2 });
    expect([table.timeGroup, table.rows.length, table.numOfRows]).toEqual(['weeks', 31, 12]);
    expect(renderHtmlTable(table, chosen)).toContain('signup → signup');
  });

  it('takes a table of as many cells as there may be', () => {
    const { numResults, numOfRows } = parseCohortForm({ num_results: '10000', num_of_rows: '24' });
    expect([numResults, numOfRows]).toEqual([10_000, 24]);
  });

  it('takes names as they are, whatever they hold', () => {
    for (const name of [...HOSTILE_NAMES, ' a ', '__proto__', 'x'.repeat(100_000)]) {
      expect(parseCohortForm(new URLSearchParams({ select1: name })).select1).toBe(name);
      expect(
        renderHtmlForm({ actionUrl: '/', selections1: [], ...parseCohortForm({ select1: name }) }),
      ).toMatch(/<form /);
    }
  });

  it.each([
    ['time_group=fortnights', 'expected days, weeks, months or years as time group, got "fortnights"'],
    ['time_group=toString', 'expected days, weeks, months or years as time group, got "toString"'],
    ['as_percent=yes', 'expected as_percent to be 1 or 0, got "yes"'],
    ...['0', '-1', '1.5', '1e3', '0x10', ' 7', 'many', '10001', '9'.repeat(40), '٣'].map((text) => [
      `num_results=${text}`,
      `expected num_results to be a whole number from 1 to 10000, got "${text}"`,
    ]),
    ['num_of_rows=-1', 'expected num_of_rows to be a whole number from 0 to 10000, got "-1"'],
    ...['soon', '2026-02-30', '2026-W47', '2026-11', '12026-11-22', '2026-11-22T10:00'].map((text) => [
      `start_date=${text}`,
      `expected start_date to be a date such as 2026-11-22, got "${text}"`,
    ]),
    ['select1=a&select1=b', 'expected select1 once, got it 2 times'],
    ['num_results=5&num_results=5', 'expected num_results once, got it 2 times'],
    [
      'num_results=10000&num_of_rows=10000',
      'expected a table of at most 250000 cells, got 10000 results of 10001 cells',
    ],
    [
      'num_results=10000&num_of_rows=25',
      'expected a table of at most 250000 cells, got 10000 results of 26 cells',
    ],
  ])('says what cannot be: %s', (query, sentence) => {
    const read = (): CohortForm => parseCohortForm(new URLSearchParams(query));
    expect(read).toThrow(RangeError);
    expect(read).toThrow(sentence);
  });

  it('says what is no text, and what are no fields', () => {
    const record: Record<string, unknown> = { select1: { a: '1' } };
    expect(() => parseCohortForm(record)).toThrow('expected select1 to be text, got [object Object]');
    expect(() => parseCohortForm({ num_results: 5 })).toThrow('expected num_results to be text, got 5');
    for (const fields of [undefined, null, 'select1=a']) {
      expect(() => parseCohortForm(fields as never)).toThrow(/^expected the fields of a form, got /);
    }
  });

  it('answers any query with options or a RangeError', { tags: 'long' }, () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...Object.values(ALL), '', '0', '-1'),
    );
    const name = fc.constantFrom(...Object.keys(ALL));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text), { maxLength: 9 }), (entries) => {
        try {
          const { numResults, numOfRows } = parseCohortForm(new URLSearchParams(entries));
          expect(numResults * (numOfRows + 1)).toBeLessThanOrEqual(250_000);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          expect(error.message).toMatch(/^expected /);
        }
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});
