import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CohortArguments,
  cohort,
  formatForm,
  type Measure,
  parseFields,
  parseForm,
  trend,
} from '../../src/measures.js';
import { HOSTILE_NAMES } from '../support/report/tables.js';

const NOTHING: Partial<CohortArguments> = {
  timeGroup: 'days',
  as: 'percent',
  numResults: 31,
  numOfRows: 12,
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

const ARGUMENTS: CohortArguments = {
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

describe('parseForm', () => {
  it('reads every field that the form has', () => {
    for (const fields of [ALL, new URLSearchParams(ALL), runInNewContext('fields', { fields: ALL })]) {
      expect(parseForm(cohort, fields)).toEqual(ARGUMENTS);
    }
    expect(parseForm(cohort, Object.assign(Object.create(null), ALL))).toEqual(ARGUMENTS);
    expect(parseForm(cohort, { ...ALL, select1: ['signup'] })).toEqual(ARGUMENTS);
  });

  it('has a default for every field that is missing or empty, and no eye for others', () => {
    expect(parseForm(cohort, new URLSearchParams())).toEqual(NOTHING);
    expect(parseForm(cohort, {})).toEqual(NOTHING);
    const empty = Object.fromEntries(Object.keys(ALL).map((name) => [name, '']));
    expect(parseForm(cohort, new URLSearchParams(empty))).toEqual(NOTHING);
    expect(parseForm(cohort, new URLSearchParams('team=7&numResults=5&select3=a'))).toEqual(NOTHING);
    // Not what all objects inherit.
    expect(parseForm(cohort, Object.create({ select1: 'inherited' }))).toEqual(NOTHING);
    expect(parseForm(cohort, { time_group: 'years' })).toEqual({
      ...NOTHING,
      timeGroup: 'years',
      numResults: 3,
    });
  });

  it('takes a table of as many cells as there may be', () => {
    const { numResults, numOfRows } = parseForm(cohort, { num_results: '10000', num_of_rows: '24' });
    expect([numResults, numOfRows]).toEqual([10_000, 24]);
  });

  it('takes names as they are, whatever they hold', () => {
    for (const name of [...HOSTILE_NAMES, ' a ', '__proto__', 'x'.repeat(100_000)]) {
      expect(parseForm(cohort, new URLSearchParams({ select1: name })).select1).toBe(name);
    }
  });

  it('reads several events under one name, each once, and flags', () => {
    const query = new URLSearchParams('events=b&events=a&events=&events=b&any=1&unit=week');
    expect(parseForm(trend, query)).toEqual({ events: ['b', 'a'], any: true, unit: 'week' });
    expect(parseForm(trend, { any: '0' })).toEqual({ any: false });
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
    ...['soon', '2026-02-30', '2026-W54', '2026-13', '12026-11-22', '2026-11-22T10:00'].map((text) => [
      `start_date=${text}`,
      `expected start_date to be a date such as 2026-11-22, or a period such as 2026-W47, got "${text}"`,
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
    const read = () => parseForm(cohort, new URLSearchParams(query));
    expect(read).toThrow(RangeError);
    expect(read).toThrow(sentence);
  });

  it('says what is no flag', () => {
    expect(() => parseForm(trend, { any: 'yes' })).toThrow('expected any to be 1 or 0, got "yes"');
  });

  it('says what is no text, and what are no fields', () => {
    const record: Record<string, unknown> = { select1: { a: '1' } };
    expect(() => parseForm(cohort, record)).toThrow('expected select1 to be text, got [object Object]');
    expect(() => parseForm(cohort, { num_results: 5 })).toThrow('expected num_results to be text, got 5');
    for (const fields of [undefined, null, 'select1=a']) {
      expect(() => parseForm(cohort, fields as never)).toThrow(/^expected the fields of a form, got /);
    }
  });

  it('answers any query with arguments or a RangeError', { tags: 'long' }, () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...Object.values(ALL), '', '0', '-1'),
    );
    const name = fc.constantFrom(...Object.keys(ALL));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text), { maxLength: 9 }), (entries) => {
        try {
          const { numResults, numOfRows } = parseForm(cohort, new URLSearchParams(entries));
          expect(numResults! * (numOfRows! + 1)).toBeLessThanOrEqual(250_000);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          expect(error.message).toMatch(/^expected /);
        }
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});

describe('parseFields', () => {
  it('reads arguments under their own names, as text or as what they are', () => {
    const texts = { ...ARGUMENTS, numResults: '24', numOfRows: '0' };
    for (const values of [ARGUMENTS, texts]) expect(parseFields(cohort, { ...values })).toEqual(ARGUMENTS);
    expect(parseFields(trend, { events: 'a', any: true })).toEqual({ events: ['a'], any: true });
  });

  it('leaves out what is missing, and leaves periods and moments to those who read them', () => {
    expect(parseFields(cohort, { select1: '', select1b: undefined, num_results: '5' })).toEqual({});
    const startDate = new Date();
    expect(parseFields(cohort, { startDate })).toEqual({ startDate });
    expect(parseFields(cohort, { startDate: '2026-W47' })).toEqual({ startDate: '2026-W47' });
  });

  it.each([
    [cohort, { numResults: 0 }, 'expected numResults to be a whole number from 1 to 10000, got 0'],
    [cohort, { numResults: 1.5 }, 'expected numResults to be a whole number from 1 to 10000, got 1.5'],
    [cohort, { as: '1' }, 'expected as to be percent or counts, got "1"'],
    [cohort, { timeGroup: 7 }, 'expected days, weeks, months or years as time group, got 7'],
    [cohort, { select1: 7 }, 'expected select1 to be text, got 7'],
    [trend, { events: ['a', 7] }, 'expected events to be names of events, got 7'],
    [trend, { any: 'on' }, 'expected any to be true or false, got "on"'],
  ] as [Measure<unknown>, Record<string, unknown>, string][])('refuses %o', (measure, values, message) => {
    expect(() => parseFields(measure, values)).toThrow(new RangeError(message));
  });

  it('refuses an expression that cannot be read, and more events than there may be', () => {
    const measure: Measure<{ who: string; events: string[] }> = {
      ...trend,
      fields: [
        { kind: 'expression', name: 'who', label: 'Who', help: 'who' },
        { kind: 'events', name: 'events', label: 'Events', help: 'events', least: 1, most: 2 },
      ],
      ask: () => {
        throw new Error('not asked');
      },
      complete: (args) => args,
    };
    expect(parseFields(measure, { who: 'a@day & b@day' })).toEqual({ who: 'a@day & b@day' });
    expect(() => parseFields(measure, { who: 'a@' })).toThrow(/^expected a period/);
    expect(() => parseFields(measure, { events: ['a', 'b', 'c'] })).toThrow(
      'expected events to be a list of 1 to 2, got 3',
    );
  });
});

describe('lists', () => {
  const measure: Measure<{ sets: string[]; brackets: number[] }> = {
    name: 'lists',
    title: 'Lists',
    help: 'lists',
    fields: [
      { kind: 'expressions', name: 'sets', label: 'Sets', help: 'sets', least: 2, positional: true },
      { kind: 'numbers', name: 'brackets', label: 'Brackets', help: 'brackets', least: 1, optional: true },
    ],
    ask: () => ({ sets: [], table: () => raise() }),
  };
  function raise(): never {
    throw new Error('not asked');
  }

  it('are read of expressions, each as a whole', () => {
    expect(parseFields(measure, { sets: ['a@day & b@day', 'c@{period}'] })).toEqual({
      sets: ['a@day & b@day', 'c@{period}'],
    });
    expect(() => parseFields(measure, { sets: ['a@day', 'b@'] })).toThrow(/^expected a period/);
    expect(() => parseFields(measure, { sets: ['a@day'] })).toThrow('expected sets to be a list of 2 to');
    expect(() => parseFields(measure, { sets: ['a@day', 7] })).toThrow(
      'expected sets to be expression texts, got 7',
    );
  });

  it('are read of numbers, and of their text with commas between them', () => {
    const sets = ['a@day', 'b@day'];
    for (const brackets of [[1, 3, 7], '1,3,7', '1, 3 7', ['1', 3, '7']]) {
      expect(parseFields(measure, { sets, brackets })).toEqual({ sets, brackets: [1, 3, 7] });
    }
    expect(parseForm(measure, formatForm(measure, { sets, brackets: [1, 3, 7] }))).toEqual({
      sets,
      brackets: [1, 3, 7],
    });
    expect(formatForm(measure, { sets, brackets: [1, 3] }).get('brackets')).toBe('1,3');
    expect(() => parseFields(measure, { brackets: '1,,0' })).toThrow(
      'expected brackets to be a whole number from 1 to',
    );
  });
});

describe('formatForm', () => {
  it('says what parseForm reads', () => {
    expect(Object.fromEntries(formatForm(cohort, ARGUMENTS))).toEqual(ALL);
    const args = { events: ['a', 'b'], any: false, from: '2026-11-22' };
    const query = formatForm(trend, args);
    expect(query.toString()).toBe('events=a&events=b&from=2026-11-22&any=0');
    expect(parseForm(trend, query)).toEqual(args);
    expect(formatForm(cohort, { select1: 'a', select1b: '' }).toString()).toBe('select1=a');
  });
});
