import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type PeriodUnit, unitOf } from '../../src/time/units.js';

const EPOCH = Temporal.PlainDateTime.from('1970-01-01T00');
const hourOf = (at: Temporal.PlainDateTime): number => at.since(EPOCH, { largestUnit: 'hours' }).hours;
const hours = fc.integer({
  min: hourOf(Temporal.PlainDateTime.from('0001-01-01')),
  max: hourOf(Temporal.PlainDateTime.from('9999-12-31T23')),
});
const midnight = (at: Temporal.PlainDateTime): Temporal.PlainDateTime => at.withPlainTime();

/** By Temporal: the start of the unit that holds a time, and the start of the one so many later. */
const ORACLES: Record<
  PeriodUnit,
  [
    floor: (at: Temporal.PlainDateTime) => Temporal.PlainDateTime,
    offset: (at: Temporal.PlainDateTime, n: number) => Temporal.PlainDateTime,
  ]
> = {
  year: [(at) => midnight(at.with({ month: 1, day: 1 })), (at, n) => at.add({ years: n })],
  quarter: [
    (at) => midnight(at.with({ month: at.month - ((at.month - 1) % 3), day: 1 })),
    (at, n) => at.add({ months: 3 * n }),
  ],
  month: [(at) => midnight(at.with({ day: 1 })), (at, n) => at.add({ months: n })],
  week: [(at) => midnight(at.subtract({ days: at.dayOfWeek - 1 })), (at, n) => at.add({ weeks: n })],
  day: [midnight, (at, n) => at.add({ days: n })],
  hour: [(at) => midnight(at).with({ hour: at.hour }), (at, n) => at.add({ hours: n })],
};

describe.each(Object.keys(ORACLES) as PeriodUnit[])('the unit %s', (name) => {
  const unit = unitOf(name);
  const [floor, offset] = ORACLES[name];

  it('begins and goes on as Temporal says, between the years 1 and 9999', () => {
    fc.assert(
      fc.property(hours, fc.integer({ min: -5000, max: 5000 }), (hour, n) => {
        const start = floor(EPOCH.add({ hours: hour }));
        const number = unit.numberOf(hour);
        expect(unit.startOf(number)).toBe(hourOf(start));
        expect(unit.startOf(number + n)).toBe(hourOf(offset(start, n)));
        expect(unit.numberOf(unit.startOf(number + 1) - 1)).toBe(number);
      }),
      { seed: 32, numRuns: 1000 },
    );
  });

  it('counts from the one that holds the beginning of 1970', () => {
    expect(unit.numberOf(0)).toBe(0);
  });
});

describe('a unit', () => {
  it('is refused if there is none of that name', () => {
    for (const name of ['days', 'decade', 'toString', '']) {
      expect(() => unitOf(name as PeriodUnit)).toThrow(
        'expected year, quarter, month, week, day or hour, got ',
      );
    }
  });

  it('prints its periods as text', () => {
    const hour = hourOf(Temporal.PlainDateTime.from('2027-01-01T05'));
    const text = (name: PeriodUnit) => unitOf(name).textOf(unitOf(name).startOf(unitOf(name).numberOf(hour)));
    expect((['year', 'quarter', 'month', 'week', 'day', 'hour'] as const).map(text)).toEqual([
      '2027',
      '2027-Q1',
      '2027-01',
      '2026-W53',
      '2027-01-01',
      '2027-01-01T05',
    ]);
  });
});
