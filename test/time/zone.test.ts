import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { checkTimeZone, firstShown, hourAt, lastShown } from '../../src/time/zone.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Instants at which the clocks of zones change. */
const changes = Intl.supportedValuesOf('timeZone').flatMap((zone) => {
  const found: { zone: string; at: number }[] = [];
  let at = Temporal.ZonedDateTime.from(`1850-01-01T00:00[${zone}]`).getTimeZoneTransition('next');
  while (at !== null && at.year < 2030) {
    found.push({ zone, at: at.epochMilliseconds });
    at = at.getTimeZoneTransition('next');
  }
  return found;
});

describe('the clocks of a zone', () => {
  it('show the hours that Temporal says, around every change of them', () => {
    const distances = fc.oneof(
      fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }),
      fc.constantFrom(-HOUR_MS, -1, 0, 1),
    );
    fc.assert(
      fc.property(fc.constantFrom(...changes), distances, ({ zone, at }, distance) => {
        const wall = Temporal.Instant.fromEpochMilliseconds(at + distance)
          .toZonedDateTimeISO(zone)
          .toPlainDateTime();
        const hours = wall.since('1970-01-01T00', { largestUnit: 'hours' }).total('hours');
        expect(hourAt(at + distance, zone)).toBe(Math.floor(hours));
      }),
      { seed: 33, numRuns: 2000 },
    );
  }, 60_000);

  it('never change twice within a day, which would be missed', () => {
    for (const [index, { zone, at }] of changes.entries()) {
      const next = changes[index + 1];
      if (next?.zone === zone) expect(next.at - at, zone).toBeGreaterThan(DAY_MS);
    }
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
