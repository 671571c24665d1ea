import { describe, expect, it } from 'vitest';
import { labelTicks, periodTicks } from '../../src/report/ticks.js';
import { Period } from '../../src/time/period.js';

/** `label|under` of every tick. */
function textsOf(first: string, last: string, width: number): string[] {
  const periods = Period.range(first, last);
  return periodTicks(periods, width / periods.length).map(({ label, under }) => `${label}|${under}`);
}

describe('labels of an axis of periods', () => {
  it('are of every day if there is room, then of Mondays, months, quarters and years', () => {
    expect(textsOf('2026-11-27', '2026-12-01', 600)).toEqual([
      '27 Nov|2026',
      '28 Nov|',
      '29 Nov|',
      '30 Nov|',
      '1 Dec|',
    ]);
    expect(textsOf('2026-10-29', '2026-11-28', 600)).toEqual(['2 Nov|2026', '9 Nov|', '16 Nov|', '23 Nov|']);
    expect(textsOf('2025-11-28', '2026-03-02', 600)).toEqual(['Dec|2025', 'Jan|2026', 'Feb|', 'Mar|']);
    expect(textsOf('2024-11-28', '2026-02-01', 250)).toEqual([
      'Jan|2025',
      'Apr|',
      'Jul|',
      'Oct|',
      'Jan|2026',
    ]);
    expect(textsOf('2019-11-28', '2026-02-01', 400)).toEqual(
      [2020, 2021, 2022, 2023, 2024, 2025, 2026].map((year) => `${year}|`),
    );
  });

  it('are of weeks that begin a month if there are many, in the year of their Monday', () => {
    expect(textsOf('2026-W01', '2026-W03', 600)).toEqual(['29 Dec|2025', '5 Jan|2026', '12 Jan|']);
    expect(textsOf('2026-W40', '2026-W52', 300)).toEqual(['5 Oct|2026', '2 Nov|', '7 Dec|']);
  });

  it('are of months, quarters and years, of which the round ones stay', () => {
    expect(textsOf('2026-11', '2027-02', 600)).toEqual(['Nov|2026', 'Dec|', 'Jan|2027', 'Feb|']);
    expect(textsOf('2026-Q3', '2027-Q1', 600)).toEqual(['Q3|2026', 'Q4|', 'Q1|2027']);
    expect(textsOf('1998', '2026', 200)).toEqual(['2000|', '2010|', '2020|']);
  });

  it('are of hours that divide the day, then of days', () => {
    expect(textsOf('2026-11-27T22', '2026-11-28T13', 200)).toEqual(['00:00|28 Nov', '06:00|', '12:00|']);
    expect(textsOf('2026-11-27T22', '2026-11-30T13', 170)).toEqual(['28 Nov|2026', '29 Nov|', '30 Nov|']);
  });

  it('are of every so many periods if no calendar helps', () => {
    expect(textsOf('2026-11-24', '2026-11-28', 100)).toEqual(['24 Nov|2026', '27 Nov|']);
    expect(textsOf('2026-11-24', '2026-11-24', 20)).toEqual(['24 Nov|2026']);
    expect(periodTicks([], 10)).toEqual([]);
  });
});

describe('labels of an axis of other things', () => {
  it('are all of them, or as many as have room', () => {
    const names = ['one', 'two', 'three', 'four'];
    expect(labelTicks(names, 60).map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(labelTicks(names, 20).map(({ label }) => label)).toEqual(['one', 'four']);
    expect(labelTicks([], 20)).toEqual([]);
  });
});
