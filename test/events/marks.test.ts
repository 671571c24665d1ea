import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarkKeys } from '../../src/events/marks.js';
import type { Moment } from '../../src/time/moment.js';

const ZONES = ['UTC', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe'];

/** Close enough to each other that most were seen before, across a change of the clocks. */
const moments = fc
  .tuple(fc.integer({ min: 0, max: 72 * 60 }), fc.constantFrom('instant', 'wall', 'spaced', 'date'))
  .map(([minutes, form]): Moment => {
    const date = new Date(Date.UTC(2026, 9, 31) + minutes * 60_000);
    const text = date.toISOString();
    if (form === 'instant') return date;
    if (form === 'date') return text.slice(0, 10);
    return form === 'wall' ? text.slice(0, 16) : text.slice(0, 19).replace('T', ' ');
  });

describe('the keys of a mark', () => {
  it('are the same whether they were remembered or not', { tags: 'long' }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.boolean(), fc.array(moments), (zone, trackHourly, all) => {
        const remembering = new MarkKeys('p_', zone, { trackHourly }, String);
        for (const moment of all) {
          const fresh = new MarkKeys('p_', zone, { trackHourly }, String);
          expect(keysOrError(remembering, moment)).toEqual(keysOrError(fresh, moment));
        }
      }),
      { seed: 22, numRuns: 100 },
    );
  });

  it('are those of either day where clocks were put back by a day within a quarter of an hour', () => {
    const keys = new MarkKeys('p_', 'America/Juneau', {}, String);
    expect(keys.of('a', new Date('1867-10-19T00:30:59Z'))).toContain('p_a_1867-10-19');
    expect(keys.of('a', new Date('1867-10-19T00:31:59Z'))).toContain('p_a_1867-10-18');
  });

  it('are refused for a time that no clock shows, also within an hour seen before', () => {
    const keys = new MarkKeys('p_', 'UTC', { trackHourly: true }, String);
    expect(keys.of('a', '2026-11-22T13:05')).toContain('p_a_2026-11-22-13');
    expect(keys.of('a', '2026-11-22T13:59:59.9')).toContain('p_a_2026-11-22-13');
    for (const time of ['13:60', '13:05:61', '24:00', '13:5', '13:05:07 ']) {
      expect(() => keys.of('a', `2026-11-22T${time}`)).toThrow(RangeError);
    }
  });
});

function keysOrError(keys: MarkKeys, moment: Moment): readonly string[] | string {
  try {
    return keys.of('a', moment);
  } catch (error) {
    return String(error);
  }
}
