import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { checkTimeZone, firstShown, hourAt, lastShown } from '../../src/time/zone.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
const years = { min: Date.UTC(1850, 0, 1), max: Date.UTC(2030, 0, 1) };

/** Instants at which clocks change, of every zone, since 1850: the ones after or before any moment. */
const clockChanges = fc
  .tuple(zones, fc.integer(years), fc.constantFrom('next', 'previous' as const))
  .map(([zone, epochMs, direction]) =>
    Temporal.Instant.fromEpochMilliseconds(epochMs)
      .toZonedDateTimeISO(zone)
      .getTimeZoneTransition(direction as 'next'),
  )
  .filter((at) => at !== null);

describe('the clocks of a zone', () => {
  it('show the hours that Temporal says, around every change of them', { tags: 'long' }, () => {
    const distances = fc.oneof(
      fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
      fc.constantFrom(-HOUR_MS, -1, 0, 1),
    );
    fc.assert(
      fc.property(clockChanges, distances, (at, distance) => {
        const zone = at.timeZoneId;
        const wall = at.add({ milliseconds: distance }).toPlainDateTime();
        const hours = wall.since('1970-01-01T00', { largestUnit: 'hours' }).total('hours');
        expect(hourAt(at.epochMilliseconds + distance, zone), `${at} ${distance}`).toBe(Math.floor(hours));
      }),
      { seed: 33, numRuns: 1000 },
    );
  });

  it('never change twice within a day, which would be missed', { tags: 'long' }, () => {
    fc.assert(
      fc.property(clockChanges, (at) => {
        const next = at.getTimeZoneTransition('next');
        if (next === null) return;
        expect(next.epochMilliseconds - at.epochMilliseconds, String(at)).toBeGreaterThan(DAY_MS);
      }),
      { seed: 34, numRuns: 1000 },
    );
  });

  it('show UTC without a calendar', () => {
    expect(hourAt(HOUR_MS - 1, 'UTC')).toBe(0);
    expect(hourAt(-1, 'UTC')).toBe(-1);
    expect([firstShown(7, 'UTC'), lastShown(7, 8, 'UTC')]).toEqual([7 * HOUR_MS, 8 * HOUR_MS]);
    expect([firstShown(7, 'Etc/UTC'), lastShown(7, 8, 'Etc/UTC')]).toEqual([7 * HOUR_MS, 8 * HOUR_MS]);
  });

  it('are remembered for a bounded number of days', { tags: 'long' }, () => {
    for (let day = 0; day < 21_000; day += 1) {
      expect(hourAt(day * DAY_MS, 'Asia/Kolkata') - day * 24).toBe(5);
    }
  });

  it('are those of an IANA time zone', () => {
    expect(checkTimeZone('Europe/Paris')).toBe('Europe/Paris');
    expect(() => checkTimeZone('Mars/Olympus')).toThrow(
      'expected an IANA time zone such as UTC or Europe/Paris, got "Mars/Olympus"',
    );
    expect(() => hourAt(0, 'Mars/Olympus')).toThrow(RangeError);
  });
});
