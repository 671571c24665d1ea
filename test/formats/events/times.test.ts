import { describe, expect, it } from 'vitest';
import type { TimeFormat } from '../../../src/formats/events/options.js';
import { TimeReader } from '../../../src/formats/events/times.js';

const DATE = 'expected unix seconds or an ISO 8601 date of the years 1 to 9999';
const AT = new Date('2026-11-22T12:45:07Z');

const SAY_UNIT = '; if the whole file is in one unit, say it with the time format';

describe('times of event files', () => {
  it.each([
    ['1795351507', undefined],
    [1_795_351_507, undefined],
    ['1795351507000', 'times are milliseconds since 1970'],
    ['1795351507000.25', 'times are milliseconds since 1970'],
    [1_795_351_507_000, 'times are milliseconds since 1970'],
    ['1795351507000000', 'times are microseconds since 1970'],
    ['1795351507000000000', 'times are nanoseconds since 1970'],
    [1_795_351_507_000_000_000n, 'times are nanoseconds since 1970'],
    ['2026-11-22T12:45:07Z', undefined],
    ['2026-11-22 14:45:07+02', undefined],
    [AT, undefined],
  ])('are read in the unit of their magnitude, which is told: %s', (value, note) => {
    const reader = new TimeReader(undefined, false);
    expect(reader.read(value)).toEqual(AT);
    expect(reader.settle()).toBe(note);
  });

  it.each([
    ['1795351507', 'unix', AT],
    ['1795351507.5', 'unix', new Date('2026-11-22T12:45:07.5Z')],
    ['0', 'unix', new Date(0)],
    ['-1', 'unix', new Date(-1000)],
    ['5', 'ms', new Date(5)],
    ['999999', 'us', new Date(999)],
    ['1795351507000000001', 'ns', AT],
    [20_261_122, 'ms', new Date(20_261_122)],
    ['2026-11-22T12:45:07Z', 'ms', AT],
    ['2026-11-22', 'iso', '2026-11-22'],
    ['20261122', 'iso', '20261122'],
  ] as [unknown, TimeFormat, unknown][])(
    'are in the unit that is said: %s in %s',
    (value, format, expected) => {
      const reader = new TimeReader(format, false);
      expect(reader.read(value)).toEqual(expected);
      expect(reader.settle()).toBeUndefined();
    },
  );

  it.each([
    ['1795351507', 'iso', 'expected an ISO 8601 date of the years 1 to 9999, got "1795351507"'],
    ['20261345', 'iso', 'expected an ISO 8601 date of the years 1 to 9999, got "20261345"'],
    ['1795351507000', 'unix', 'expected unix seconds of the years 1 to 9999, got "1795351507000"'],
    ['17953515070000', undefined, `${DATE}, got "17953515070000"${SAY_UNIT}`],
    ['', undefined, `${DATE}, got ""`],
    [null, undefined, `${DATE}, got nothing`],
    [true, undefined, `${DATE}, got true`],
    [{}, undefined, `${DATE}, got an object`],
    [new Date(Number.NaN), undefined, `${DATE}, got an invalid date`],
    [Number.NaN, undefined, `${DATE}, got "NaN"`],
    [-5, undefined, `${DATE}, got "-5"; a plain number is unix seconds, from 100000000 (1973) on`],
  ] as [unknown, TimeFormat | undefined, string][])(
    'are refused with a sentence if they name no moment: %s in %s',
    (value, format, problem) => {
      const reader = new TimeReader(format, false);
      expect([reader.read(value), reader.problem]).toEqual([undefined, problem]);
    },
  );

  it('are refused if their magnitude changes', () => {
    const reader = new TimeReader(undefined, false);
    expect(reader.read('2026-11-22')).toBe('2026-11-22');
    expect(reader.read('1795351507000')).toEqual(AT);
    expect(reader.read('1795351507')).toBeUndefined();
    expect(reader.problem).toBe(
      'expected milliseconds since 1970 as before, got "1795351507", perhaps unix seconds; if the whole file is in one unit, say it with the time format',
    );
    expect(reader.read('1795351507000000')).toBeUndefined();
    // Of the year 2000, when milliseconds had a digit less.
    expect(reader.read('946684800000')).toBeUndefined();
    expect(reader.problem).toMatch(
      /got "946684800000"; if the whole file is in one unit, say it with the time format$/,
    );
    expect(reader.read('2026-11-22T12:45:07Z')).toEqual(AT);
  });

  it('are seconds once nothing else was told', () => {
    const reader = new TimeReader(undefined, false);
    expect(reader.read('2026-11-22')).toBe('2026-11-22');
    expect(reader.settle()).toBeUndefined();
    expect(reader.read('1795351507000')).toBeUndefined();
    expect(reader.problem).toMatch(
      /^expected unix seconds as before, got "1795351507000", perhaps milliseconds/,
    );
    expect(reader.read('1795351507')).toEqual(AT);
  });

  it('without an offset are UTC where a program writes them so', () => {
    const reader = new TimeReader(undefined, true);
    expect(reader.read('2026-11-22 12:45:07.000000')).toEqual(AT);
    expect(reader.read('2026-11-22T12:45:07')).toEqual(AT);
    expect(reader.read('2026-11-22T14:45:07+02:00')).toEqual(AT);
    expect(reader.read('2026-11-22')).toBe('2026-11-22');
  });
});
