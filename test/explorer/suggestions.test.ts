import { describe, expect, it } from 'vitest';
import { MEASURES } from '../../src/explorer/engine/measures.js';
import type { DatasetView } from '../../src/explorer/engine/protocol.js';
import { withSuggestions } from '../../src/explorer/page/suggestions.js';

const [cohort, trend, lifecycle, similar, funnel, rolling, frequency] = [
  'cohort',
  'trend',
  'lifecycle',
  'similar',
  'funnel',
  'rolling',
  'frequency',
].map((name) => MEASURES.find((measure) => measure.name === name));

function dataOf(change: Partial<DatasetView> = {}): DatasetView {
  return {
    events: ['active', 'paid', 'signup'],
    segments: [],
    firstDay: '2026-01-01',
    lastDay: '2026-01-31',
    asOf: '2026-01-31',
    periods: [],
    examples: [],
    sets: [],
    flags: [],
    hasHours: false,
    memoryBytes: 0,
    ...change,
  };
}

/** What a page begins with, given an address. */
function suggest(measure: typeof cohort, data: DatasetView, address = ''): Record<string, string> {
  return Object.fromEntries(withSuggestions(measure!.fields, new URLSearchParams(address), data));
}

describe('suggestions', () => {
  it('take events that sound like the beginning of a history and like its continuation', () => {
    expect(suggest(cohort, dataOf())).toMatchObject({ select1: 'signup', select2: 'active' });
    const first = dataOf({ events: ['buy', 'first_buy', 'signup'] });
    expect(suggest(cohort, first)).toMatchObject({ select1: 'first_buy', select2: 'buy' });
    expect(suggest(cohort, dataOf({ events: ['a'] }))).toMatchObject({ select1: 'a', select2: 'a' });
  });

  it('take what people keep doing for an event that stands alone', () => {
    const field = { kind: 'event', name: 'event', label: '', help: '' } as const;
    expect(String(withSuggestions([field], new URLSearchParams(), dataOf()))).toBe('event=active');
  });

  it('leave optional events out', () => {
    expect(Object.keys(suggest(cohort, dataOf()))).not.toContain('select1b');
    expect(Object.keys(suggest(lifecycle, dataOf()))).not.toContain('created');
  });

  it('look for what goes with the beginning, since everything goes with what people keep doing', () => {
    expect(suggest(similar, dataOf())).toMatchObject({ event: 'signup' });
  });

  it('follow people to a later period, unless the address says which steps they take', () => {
    expect(suggest(funnel, dataOf())).toMatchObject({ same: 'later' });
    expect(suggest(funnel, dataOf(), 'steps=signup&steps=paid')).toMatchObject({ same: 'allow' });
  });

  it.each([
    ['2026-12-31', 'days', 28, 7],
    ['2040-12-31', 'months', 12, 12],
  ])('take windows of data up to %s for windows of %s', (lastDay, unit, results, bars) => {
    const data = dataOf({ lastDay, asOf: lastDay });
    expect(suggest(rolling, data)).toMatchObject({ time_group: unit, num_results: `${results}`, span: '7' });
    expect(suggest(funnel, data)).toMatchObject({ time_group: unit, num_results: `${results}` });
    expect(suggest(frequency, data)).toMatchObject({ time_group: unit, num_results: `${bars}` });
  });

  it.each([
    ['2026-01-31', 'days', 'day'],
    ['2026-05-31', 'weeks', 'day'],
    ['2027-01-31', 'months', 'week'],
    ['2031-01-31', 'months', 'month'],
  ])('group data up to %s by %s, a line by %s', (lastDay, group, unit) => {
    expect(suggest(cohort, dataOf({ lastDay }))).toMatchObject({ time_group: group });
    expect(suggest(trend, dataOf({ lastDay }))).toMatchObject({ unit });
  });

  it('begin with few rows and columns, of years with fewer', () => {
    expect(suggest(cohort, dataOf())).toMatchObject({ num_results: '12', num_of_rows: '12' });
    const years = suggest(cohort, dataOf(), 'time_group=years');
    expect(years).toMatchObject({ num_results: '3', num_of_rows: '3' });
  });

  it('span the data, if there is a day in it', () => {
    expect(suggest(trend, dataOf())).toMatchObject({
      events: 'active',
      from: '2026-01-01',
      to: '2026-01-31',
    });
    const flags = suggest(trend, dataOf({ firstDay: undefined, lastDay: undefined }));
    expect(flags).toEqual({ events: 'active', unit: 'day', any: '0' });
  });

  it('give lists as many as they need, those that belong together first', () => {
    const field = { kind: 'events', name: 'steps', label: '', help: '' } as const;
    const steps = (least: number): string =>
      String(withSuggestions([{ ...field, least }], new URLSearchParams(), dataOf()));
    expect([steps(1), steps(3)]).toEqual(['steps=active', 'steps=signup&steps=active&steps=paid']);
    const texts = { ...field, kind: 'expressions', least: 2 } as const;
    const data = dataOf({ sets: ['active@2026-01', 'paid@2026-01', 'signup@2026-01'] });
    expect(String(withSuggestions([texts], new URLSearchParams(), data))).toBe(
      'steps=active%402026-01&steps=paid%402026-01&steps=signup%402026-01',
    );
    const followed = { ...texts, help: 'expressions, in which @{period} is the period', least: 1 } as const;
    expect(withSuggestions([followed], new URLSearchParams(), dataOf()).get('steps')).toBe('active@{period}');
  });

  it('leave numbers alone that are no sizes', () => {
    const field = { kind: 'number', name: 'window', label: '', help: '' } as const;
    expect(String(withSuggestions([{ ...field, default: 28 }], new URLSearchParams(), dataOf()))).toBe(
      'window=28',
    );
    expect(String(withSuggestions([field], new URLSearchParams(), dataOf()))).toBe('');
  });

  it('do not look beyond the day that is taken for today', () => {
    const data = dataOf({ lastDay: '2099-01-01', asOf: '2026-02-01' });
    expect(suggest(trend, data)).toMatchObject({ to: '2026-02-01' });
  });

  it('take expressions that have an answer, unless the field begins with another', () => {
    const field = { kind: 'expression', label: '', help: '' } as const;
    const fields = [
      { ...field, name: 'a' },
      { ...field, name: 'b', default: 'paid@unique' },
    ];
    const data = dataOf({ examples: ['active@2026-01', 'paid@2026-01'] });
    expect(String(withSuggestions(fields, new URLSearchParams(), data))).toBe(
      'a=active%402026-01&b=paid%40unique',
    );
  });

  it('give way to the address', () => {
    const address = 'select1=paid&time_group=weeks&num_results=5';
    expect(suggest(cohort, dataOf(), address)).toMatchObject({
      select1: 'paid',
      select2: 'active',
      time_group: 'weeks',
      num_results: '5',
    });
  });
});
