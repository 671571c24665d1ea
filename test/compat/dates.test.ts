import { describe, expect, it } from 'vitest';
import { compatCohort, type DatesArguments, datesData } from '../../src/compat.js';
import { countsOf, type Ids, scopeOf } from '../support/measures/scope.js';

const base = { select1: 's', select2: 'a', numResults: 2, numOfRows: 1 };
const IDS = {
  's@2026-03-14': [1, 2, 3],
  's@2026-03-15': [4],
  'a@2026-03-14': [1, 2, 9],
  'a@2026-03-15': [1, 5],
};

function rowsOf(args: Partial<DatesArguments>, ids: Ids = IDS) {
  const ask = datesData.ask({ ...base, ...args }, scopeOf({ now: '2026-03-15T12:30:00Z' }));
  return ask.table(countsOf(ask, ids));
}

describe('the rows of get_dates_data', () => {
  it('have percentages unrounded, and no entry if nobody at all came back', () => {
    expect(rowsOf({})).toEqual([
      ['2026-03-14T12:30:00+00:00', 3, (2 / 3) * 100, (1 / 3) * 100],
      ['2026-03-15T12:30:00+00:00', 1, 0, ''],
    ]);
    expect(rowsOf({ as: 'counts' })).toEqual([
      ['2026-03-14T12:30:00+00:00', 3, 2, 1],
      ['2026-03-15T12:30:00+00:00', 1, 0, ''],
    ]);
  });

  it('have no entry if the cohort is empty', () => {
    expect(rowsOf({ numResults: 1 }, { 'a@2026-03-15': [1] })).toEqual([
      ['2026-03-15T12:30:00+00:00', 0, '', ''],
    ]);
  });

  it('begin at the start date if they are to be exact, and with the start of their periods', () => {
    const args = { timeGroup: 'months', startDate: '2026-01-10', numOfRows: -1 } as const;
    expect(rowsOf(args).map(([date]) => date)).toEqual([
      '2025-12-01T00:00:00+00:00',
      '2026-01-01T00:00:00+00:00',
    ]);
    expect(rowsOf({ ...args, exactRows: true }).map(([date]) => date)).toEqual([
      '2026-01-01T00:00:00+00:00',
      '2026-02-01T00:00:00+00:00',
    ]);
  });

  it('are those of the time zone if they are exact, across a change of its clocks', () => {
    const args = { ...base, startDate: '2026-03-28', numResults: 3, numOfRows: -1, exactRows: true };
    const ask = datesData.ask(args, scopeOf({ timeZone: 'Europe/Berlin' }));
    expect(ask.table(countsOf(ask, {})).map(([date]) => date)).toEqual([
      '2026-03-28T00:00:00+01:00',
      '2026-03-29T00:00:00+01:00',
      '2026-03-30T00:00:00+02:00',
    ]);
  });

  it('are asked for like those of a cohort, and refused like them', () => {
    expect(datesData.fields).toBe(compatCohort.fields);
    expect(() => rowsOf({ as: 'both' as never })).toThrow('expected "percent" or "counts", got "both"');
  });
});

describe('a cohort over the rows of the reference', () => {
  it('is a table as any other, of the reference’s rows', () => {
    const args = { ...base, timeGroup: 'years', numResults: 9 } as const;
    const ask = compatCohort.ask(args, scopeOf());
    expect(ask.table(countsOf(ask, {})).rows.map(({ period }) => period)).toEqual(['2024', '2025', '2026']);
  });
});
