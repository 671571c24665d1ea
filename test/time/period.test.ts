import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { cached } from '../../src/cached.js';
import { Bitmapist, MemoryStore } from '../../src/index.js';
import { DEFAULT_PREFIX, parseKey, periodKey } from '../../src/names/keys.js';
import { Period, type PeriodUnit } from '../../src/time/period.js';
import { hasGolden, readGoldenJson } from '../support/golden/files.js';

const key = (period: Period): string => periodKey(DEFAULT_PREFIX, 'e', period);

describe('a period', () => {
  it('reads the ISO text it prints', () => {
    for (const text of [
      '2026',
      '2026-Q4',
      '2026-11',
      '2026-W47',
      '2026-11-22',
      '2026-11-22T13',
      '0001-01-01',
      '9999-12-31T23',
    ]) {
      expect(Period.parse(text).toString()).toBe(text);
    }
  });

  it.each([
    '2026-13',
    '2026-00',
    '2026-Q0',
    '2026-Q5',
    '2026-W54',
    '2026-W00',
    '2025-W53',
    '2026-02-30',
    '2026-11-22T24',
    '0000',
  ])('refuses %s, which no calendar has', (text) => {
    expect(() => Period.parse(text)).toThrow(RangeError);
  });

  it.each([
    '',
    '26',
    '2026-1',
    '2026-W1',
    '2026-Q',
    '2026-Q04',
    '2026-11-22T1',
    '2026-11-22 13',
    '2026-11-22T13:00',
    ' 2026',
  ])('refuses %j as text of a period', (text) => {
    expect(() => Period.parse(text)).toThrow('expected a period such as');
  });

  it('refuses fractions and numbers out of range', () => {
    expect(() => Period.month(2026, 1.5)).toThrow('expected a whole month, got 1.5');
    expect(() => Period.month(2026, 13)).toThrow(RangeError);
    expect(() => Period.hour(2026, 1, 1, 24)).toThrow('expected a date of the calendar, got 2026-01-01T24');
    expect(() => Period.parse('2026-02-30')).toThrow('expected a date of the calendar, got 2026-02-30');
    expect(() => Period.week(2026, 54)).toThrow('expected an ISO week of 2026, got week 54');
    expect(() => Period.day(2026, 1, 1).delta(0.5)).toThrow(RangeError);
    expect(() => Period.year(9999).next()).toThrow('between the years 1 and 9999');
    expect(() => Period.of('decade' as PeriodUnit, '2026-01-01')).toThrow(
      'expected year, quarter, month, week, day or hour',
    );
  });

  it('gives a week that spans New Year to the ISO year it belongs to', () => {
    expect(Period.of('week', '2024-12-30').toString()).toBe('2025-W01');
    expect(Period.of('week', '2016-01-03').toString()).toBe('2015-W53');
  });

  it('converts instants to the zone and leaves dates and wall-clock times as they stand', () => {
    const instant = '2024-12-31T23:30:00-08:00';
    const at = (moment: Parameters<typeof Period.of>[1], zone?: string) =>
      Period.of('hour', moment, zone).toString();
    expect(at(instant)).toBe('2025-01-01T07');
    expect(at(instant, 'America/Los_Angeles')).toBe('2024-12-31T23');
    expect(at(new Date(instant), 'Asia/Kolkata')).toBe('2025-01-01T13');
    expect(at('2024-12-31', 'Asia/Tokyo')).toBe('2024-12-31T00');
    expect(at('2024-12-31T23:30', 'Asia/Tokyo')).toBe('2024-12-31T23');
    expect(at(Temporal.PlainDate.from('2024-12-31'), 'Asia/Tokyo')).toBe('2024-12-31T00');
    expect(at(Temporal.PlainDateTime.from('2024-12-31T05:00'), 'Asia/Tokyo')).toBe('2024-12-31T05');
    expect(at(Temporal.Instant.from(instant), 'Asia/Tokyo')).toBe('2025-01-01T16');
    expect(at(Temporal.ZonedDateTime.from('2024-12-31T23:30[America/Los_Angeles]'))).toBe('2025-01-01T07');
  });

  it('takes instants of Temporal as they are, and dates in any calendar for the same day', () => {
    // Text of this instant says -00:16, eight seconds off.
    const odd = Temporal.PlainDateTime.from('1911-12-31T23:00').toZonedDateTime('Africa/Abidjan');
    expect(Period.of('hour', odd, 'Africa/Abidjan').toString()).toBe('1911-12-31T23');
    const hebrew = {
      [Symbol.toStringTag]: 'Temporal.PlainDate',
      toString: () => '2026-11-22[u-ca=hebrew]',
    };
    expect(Period.of('day', hebrew).toString()).toBe('2026-11-22');
    const broken = { ...hebrew, toString: () => 'today' };
    expect(() => Period.of('day', broken)).toThrow('expected a Temporal value, got "today"');
  });

  it('refuses what is no moment and no time zone', () => {
    expect(() => Period.of('day', new Date(Number.NaN))).toThrow('expected a valid date');
    expect(() => Period.of('day', 1_700_000_000 as unknown as string)).toThrow(
      'expected a Date, ISO 8601 text or a Temporal',
    );
    expect(() => Period.of('day', null as unknown as string)).toThrow(TypeError);
    expect(() => Period.of('day', 'yesterday')).toThrow('expected an ISO 8601 date, got "yesterday"');
    expect(() => Period.of('day', '2026-02-30')).toThrow(RangeError);
    expect(() => Period.of('day', new Date(), 'Mars/Olympus')).toThrow('expected an IANA time zone');
  });

  it('is found from finer periods and refused from those that span several', () => {
    expect(Period.from('month', '2026-11-22T13').toString()).toBe('2026-11');
    expect(Period.from('year', Period.month(2026, 3)).toString()).toBe('2026');
    expect(Period.from('month', '2026-W47').toString()).toBe('2026-11');
    expect(() => Period.from('day', '2026-11')).toThrow(
      'expected a date within one day, got the month 2026-11',
    );
    expect(Period.from('month', '2026-W06').toString()).toBe('2026-02');
    expect(() => Period.from('month', '2026-W09')).toThrow(
      'expected a date within one month, got the week 2026-W09',
    );
  });

  it('knows that a day has 23 or 25 hours where clocks change', () => {
    const hours = (text: string) => {
      const day = Period.parse(text);
      return day.start('Europe/Berlin').until(day.next().start('Europe/Berlin')).total('hours');
    };
    expect(hours('2026-03-29')).toBe(23);
    expect(hours('2026-10-25')).toBe(25);
    expect(hours('2026-06-01')).toBe(24);
    const repeated = Period.parse('2026-10-25T02');
    expect(repeated.start('Europe/Berlin').until(repeated.end('Europe/Berlin')).total('minutes')).toBeCloseTo(
      120,
      5,
    );
  });

  it('is a value: equal to its like, unchanged by walking', () => {
    const month = Period.month(2026, 11);
    expect(month.next().prev().equals(month)).toBe(true);
    expect(month.delta(-12).toString()).toBe('2025-11');
    expect(month.toString()).toBe('2026-11');
    expect(JSON.stringify({ month })).toBe('{"month":"2026-11"}');
  });
});

describe('a range of periods', () => {
  it.each([
    ['2026-12-30', '2027-01-02', '2026-12-30 2026-12-31 2027-01-01 2027-01-02'],
    ['2026-W52', '2027-W01', '2026-W52 2026-W53 2027-W01'],
    ['2026-11', '2027-01', '2026-11 2026-12 2027-01'],
    ['2026-Q4', '2027-Q1', '2026-Q4 2027-Q1'],
    ['2024', '2026', '2024 2025 2026'],
    ['2026-11-22T23', '2026-11-23T00', '2026-11-22T23 2026-11-23T00'],
    ['2026-11', '2026-11', '2026-11'],
    ['2026-12', '2026-11', ''],
  ])('from %s to %s holds both, and all between', (first, last, expected) => {
    const range = Period.range(first, Period.parse(last));
    expect(range.join(' ')).toBe(expected);
    expect(Period.count(Period.parse(first), last)).toBe(range.length);
  });

  it('is counted without being made', () => {
    expect(Period.count('0001-01-01T00', '9999-12-31T23')).toBe(3_652_059 * 24);
  });

  it('is of one unit', () => {
    const message = 'expected two periods of one unit, got the month 2026-11 and the day 2026-11-22';
    expect(() => Period.range('2026-11', '2026-11-22')).toThrow(message);
    expect(() => Period.count('2026-11', '2026-11-22')).toThrow(message);
    expect(() => Period.range('yesterday', '2026-11-22')).toThrow('expected a period such as');
  });

  it('is what the months of a period are', () => {
    const months = (text: string) => Period.parse(text).months().join(' ');
    expect(Period.year(2026).months()).toHaveLength(12);
    expect(months('2026-Q4')).toBe('2026-10 2026-11 2026-12');
    expect(months('2026-W40')).toBe('2026-09 2026-10');
    expect(['2026-11', '2026-W47', '2026-11-30', '2026-11-30T23'].map(months)).toEqual(
      Array(4).fill('2026-11'),
    );
    expect(months('9999')).toMatch(/^9999-01 .* 9999-12$/);
  });
});

describe('a quarter', () => {
  it('is three months, found from what lies in it', () => {
    expect(Period.quarter(2026, 4).equals(Period.of('quarter', '2026-12-31T23:59'))).toBe(true);
    expect(Period.from('quarter', '2026-02').toString()).toBe('2026-Q1');
    expect(Period.from('year', '2026-Q3').toString()).toBe('2026');
    expect(Period.quarter(2026, 1).prev().toString()).toBe('2025-Q4');
    expect(Period.quarter(2026, 2).start().toPlainDate().toString()).toBe('2026-04-01');
    expect(() => Period.from('month', '2026-Q4')).toThrow(
      'expected a date within one month, got the quarter 2026-Q4',
    );
    expect(() => Period.quarter(2026, 5)).toThrow('expected a quarter from 1 to 4, got 5');
    expect(() => Period.quarter(2026, 1.5)).toThrow('expected a whole quarter, got 1.5');
  });
});

const UNITS: readonly PeriodUnit[] = ['hour', 'day', 'week', 'month', 'quarter', 'year'];
const MICROSECOND = { microseconds: 1 };

/** First and last instant, to the millisecond. */
function boundsOf(period: Period, zone: string): string[] {
  return [period.start(zone), period.end(zone)].map((at) => new Date(at.epochMilliseconds).toISOString());
}

describe('the bounds of a period', () => {
  it.each([
    // A gap over the start: from 02:45 to 03:45.
    ['Pacific/Chatham', '2026-09-27T03', '2026-09-26T14:00:00.000Z', '2026-09-26T14:14:59.999Z'],
    ['Pacific/Chatham', '2026-09-27T02', '2026-09-26T13:15:00.000Z', '2026-09-26T13:59:59.999Z'],
    // Two hours repeated: from 03:00 to 01:00.
    ['Antarctica/Troll', '2025-10-26T00', '2025-10-25T22:00:00.000Z', '2025-10-25T22:59:59.999Z'],
    ['Antarctica/Troll', '2025-10-26T01', '2025-10-25T23:00:00.000Z', '2025-10-26T01:59:59.999Z'],
    ['Antarctica/Troll', '2025-10-26T02', '2025-10-26T00:00:00.000Z', '2025-10-26T02:59:59.999Z'],
    ['Antarctica/Troll', '2025-10-26T03', '2025-10-26T03:00:00.000Z', '2025-10-26T03:59:59.999Z'],
    // Midnight repeated: from 00:01 to 23:01 of the day before.
    ['America/St_Johns', '2010-11-06', '2010-11-06T02:30:00.000Z', '2010-11-07T03:29:59.999Z'],
    ['America/St_Johns', '2010-11-07', '2010-11-07T02:30:00.000Z', '2010-11-08T03:29:59.999Z'],
    ['America/St_Johns', '2010-11-06T23', '2010-11-07T01:30:00.000Z', '2010-11-07T03:29:59.999Z'],
    // A midnight that is skipped.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z', '2018-11-05T01:59:59.999Z'],
    ['America/Sao_Paulo', '2018-11-03', '2018-11-03T03:00:00.000Z', '2018-11-04T02:59:59.999Z'],
    // Half an hour repeated: from 02:00 to 01:30.
    ['Australia/Lord_Howe', '2026-04-05T01', '2026-04-04T14:00:00.000Z', '2026-04-04T15:29:59.999Z'],
    // A day skipped: the 30th.
    ['Pacific/Apia', '2011-12-29', '2011-12-29T10:00:00.000Z', '2011-12-30T09:59:59.999Z'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', '2011-12-30T09:59:59.999Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z', '2011-12-31T09:59:59.999Z'],
    ['Pacific/Apia', '2011-12', '2011-12-01T10:00:00.000Z', '2011-12-31T09:59:59.999Z'],
    // An hour skipped: from 02:00 to 03:00.
    ['Europe/Berlin', '2026-03-29T02', '2026-03-29T01:00:00.000Z', '2026-03-29T00:59:59.999Z'],
    ['Europe/Berlin', '2026-03-29T01', '2026-03-29T00:00:00.000Z', '2026-03-29T00:59:59.999Z'],
    ['Europe/Berlin', '2026-03-29T03', '2026-03-29T01:00:00.000Z', '2026-03-29T01:59:59.999Z'],
  ])('in %s for %s are %s and %s', (zone, text, start, end) => {
    expect(boundsOf(Period.parse(text), zone)).toEqual([start, end]);
  });

  it('hold every moment around every change of the clocks of every zone, without a gap between neighbours', {
    tags: 'long',
    timeout: 120_000,
  }, () => {
    const transitions = Intl.supportedValuesOf('timeZone').flatMap((zone) =>
      transitionsOf(zone).map((at) => ({ zone, at })),
    );
    expect(transitions.length).toBeGreaterThan(10_000);
    const offsets = fc.oneof(
      fc.integer({ min: -3 * 86_400, max: 3 * 86_400 }),
      fc.integer({ min: -7200, max: 7200 }),
      fc.constantFrom(-1, 0, 1),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...transitions),
        offsets,
        fc.constantFrom(...UNITS),
        ({ zone, at }, seconds, unit) => {
          const moment = at.add({ seconds });
          const period = Period.of(unit, moment, zone);
          const [start, end] = [period.start(zone), period.end(zone)];
          expect(Temporal.ZonedDateTime.compare(start, moment)).toBeLessThanOrEqual(0);
          expect(Temporal.ZonedDateTime.compare(moment, end)).toBeLessThanOrEqual(0);
          // Each lies in the period itself, and right beside them is another one.
          expect(Period.of(unit, start, zone).toString()).toBe(period.toString());
          expect(Period.of(unit, end, zone).toString()).toBe(period.toString());
          expect(Period.of(unit, start.subtract(MICROSECOND), zone).toString()).not.toBe(period.toString());
          expect(Period.of(unit, end.add(MICROSECOND), zone).toString()).not.toBe(period.toString());
          // What clocks repeat belongs to both; nothing lies between them.
          for (const [before, after] of [
            [period.prev(), period],
            [period, period.next()],
          ] as const) {
            const touching = before.end(zone).add(MICROSECOND);
            expect(Temporal.ZonedDateTime.compare(after.start(zone), touching)).toBeLessThanOrEqual(0);
          }
        },
      ),
      { seed: 15, numRuns: 4000 },
    );
  });

  it('keep a running hour out of the cache, also while the clocks repeat it', async () => {
    const zone = 'Antarctica/Troll';
    const clock = () => new Date('2025-10-26T01:30:00Z');
    const inner = new MemoryStore();
    const store = cached(inner, { graceMs: 0, timeZone: zone, clock });
    const reading = new Bitmapist({ store, timeZone: zone, trackHourly: true, clock });
    const writing = new Bitmapist({ store: inner, timeZone: zone, trackHourly: true, clock });
    await writing.markEvent('a', 1);
    expect(await reading.hour('a').count()).toBe(1);
    await writing.markEvent('a', 2);
    expect(await reading.hour('a').count()).toBe(2);
    expect([...(await reading.hour('a').ids())]).toEqual([1, 2]);
  });
});

/** The changes of a zone's clocks since 1850, some of each. */
function transitionsOf(zone: string): Temporal.ZonedDateTime[] {
  const found: Temporal.ZonedDateTime[] = [];
  let at = Temporal.ZonedDateTime.from(`1850-01-01T00:00[${zone}]`).getTimeZoneTransition('next');
  while (at !== null && at.year < 2030) {
    found.push(at);
    at = at.getTimeZoneTransition('next');
  }
  return found;
}

describe.skipIf(!hasGolden)('every period of the reference (skipped where ../shared is absent)', () => {
  type Golden = {
    columns: string[];
    from_date: [date: string, ...columns: string[]][];
    delta: [string, number[], number | 'next' | 'prev', string][];
    bounds: [string, number[], string, string, string][];
  };
  const golden = hasGolden ? readGoldenJson<Golden>('expected/periods.json.gz') : undefined!;

  const iso = (at: Temporal.ZonedDateTime): string => at.toString({ timeZoneName: 'never' });
  const build = (className: string, args: number[]): Period => {
    const unit = className.replace('Events', '').toLowerCase() as PeriodUnit;
    return (Period[unit] as (...numbers: number[]) => Period)(...args);
  };

  it('has the same keys, starts and ends for 2,291 dates', { tags: 'long' }, () => {
    expect(golden.from_date.length).toBe(2291);
    for (const row of golden.from_date) {
      const [date, monthKey, weekKey, dayKey, hourKey, weekStart, weekEnd, monthStart, monthEnd] = row;
      const week = Period.of('week', date);
      const month = Period.of('month', date);
      const found = [month, week, Period.of('day', date), Period.of('hour', `${date}T23:59:59.999`)].map(key);
      expect(found).toEqual([monthKey, weekKey, dayKey, hourKey]);
      expect([week.start(), week.end(), month.start(), month.end()].map(iso)).toEqual([
        weekStart,
        weekEnd,
        monthStart,
        monthEnd,
      ]);
    }
  });

  it('walks forwards and backwards to the same keys', () => {
    expect(golden.delta.length).toBe(720);
    for (const [className, args, by, expected] of golden.delta) {
      const period = build(className, args);
      const walked = typeof by === 'number' ? period.delta(by) : period[by]();
      expect(key(walked), `${className} ${args} ${by}`).toBe(expected);
    }
  });

  it('has the same bounds, and refuses the weeks that do not exist', () => {
    let refused = 0;
    for (const [className, args, expectedKey, start, end] of golden.bounds) {
      if (className === 'WeekEvents' && !isoWeeks(args[0]!).includes(args[1]!)) {
        expect(() => build(className, args)).toThrow(RangeError);
        refused += 1;
        continue;
      }
      const period = build(className, args);
      expect([key(period), iso(period.start()), iso(period.end())]).toEqual([expectedKey, start, end]);
    }
    expect(refused).toBe(4);
  });

  it('is what its keys parse back to', () => {
    for (const row of golden.from_date) {
      for (const text of row.slice(1, 5)) {
        const parsed = parseKey(DEFAULT_PREFIX, text);
        expect(parsed && key(parsed.period as Period)).toBe(text);
      }
    }
  });
});

/** A year has 53 ISO weeks where it begins on a Thursday, or is a leap year that begins on a Wednesday. */
function isoWeeks(year: number): number[] {
  const first = new Date(Date.UTC(year, 0, 1)).getUTCDay();
  const leap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  return Array.from({ length: first === 4 || (leap && first === 3) ? 53 : 52 }, (_, index) => index + 1);
}
