import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { hasTimeOfDay, hourOf, instantText, type Moment, wallClock } from '../../src/time/moment.js';

const dates = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});
const hoursOf = (wall: Temporal.PlainDateTime): number =>
  Math.floor(wall.since('1970-01-01T00', { largestUnit: 'hours' }).total('hours'));

describe('the hour of a moment', () => {
  it('is that of its wall clock, in whatever form the moment comes', { tags: 'long' }, () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia');
    fc.assert(
      fc.property(dates, zones, (date, zone) => {
        const iso = date.toISOString();
        const instant = Temporal.Instant.fromEpochMilliseconds(date.getTime());
        const plain = Temporal.PlainDateTime.from(iso.slice(0, -1));
        const moments: Moment[] = [
          date,
          iso,
          iso.slice(0, 10),
          iso.slice(0, 16),
          iso.slice(0, 19).replace('T', ' '),
          iso.slice(0, 13),
          instant,
          instant.toZonedDateTimeISO('Asia/Tokyo'),
          plain,
          plain.toPlainDate(),
        ];
        for (const moment of moments) {
          expect(hourOf(moment, zone), String(moment)).toBe(hoursOf(wallClock(moment, zone)));
        }
      }),
      { seed: 34, numRuns: 500 },
    );
  });

  it('is refused for what is no moment, also in text that looks like one', () => {
    for (const text of [
      '0000-01-01',
      '2026-02-30',
      '2026-13-01T05:00',
      '2026-01-01T24:00',
      '2026-01-01T05:60',
      'x',
    ]) {
      expect(() => hourOf(text, 'UTC'), text).toThrow('expected an ISO 8601 date, got ');
    }
    expect(() => hourOf(new Date(Number.NaN), 'UTC')).toThrow('expected a valid date, got an invalid Date');
    expect(() => hourOf({} as Moment, 'UTC')).toThrow('expected a Date, ISO 8601 text or a Temporal value');
  });
});

describe('a moment', () => {
  it('is an instant, by the clock of a zone if it says none', () => {
    expect(instantText('2026-11-22T13:00', 'Asia/Tokyo')).toBe('2026-11-22T04:00:00Z');
    expect(instantText('2026-11-22T13:00Z', 'Asia/Tokyo')).toBe('2026-11-22T13:00:00Z');
    expect(instantText('2026-11-22', 'Asia/Tokyo')).toBe('2026-11-21T15:00:00Z');
    expect(instantText(new Date(0), 'Asia/Tokyo')).toBe('1970-01-01T00:00:00Z');
  });

  it('is written as Temporal writes it, also if it is a Date', () => {
    const textOf = (date: Date) => Temporal.Instant.fromEpochMilliseconds(date.getTime()).toString();
    const ends = [-8.64e15, -1, 0, 10, 100, 120, 60_000, 8.64e15].map((epochMs) => new Date(epochMs));
    for (const date of ends) expect(instantText(date, 'UTC')).toBe(textOf(date));
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(instantText(date, 'Asia/Tokyo')).toBe(textOf(date));
      }),
      { seed: 38, numRuns: 300 },
    );
    expect(() => instantText(new Date(Number.NaN), 'UTC')).toThrow('expected a valid date');
  });

  it('has a time of day unless it is a date alone', () => {
    expect(['2026-11-22', '20261122', Temporal.PlainDate.from('2026-11-22')].map(hasTimeOfDay)).toEqual([
      false,
      false,
      false,
    ]);
    expect([new Date(), '2026-11-22T00:00', '1795000000'].map(hasTimeOfDay)).toEqual([true, true, true]);
  });
});
