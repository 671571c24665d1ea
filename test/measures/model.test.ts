import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CohortArguments, cohort } from '../../src/measures.js';
import { cellValue } from '../../src/report.js';
import { mark } from '../support/measures/marked.js';
import { caseArbitrary } from '../support/measures/marks.js';
import { People, retention } from '../support/measures/sets.js';

/** Every measure says what plain sets say, whatever the marks, the time zone and the time. */

const RUNS = { numRuns: 150 };

describe('on random marks around the edges of calendars', () => {
  it('cohort is the exact retention', async () => {
    const cases = caseArbitrary(['days', 'weeks', 'months', 'years']);
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.integer({ min: 0, max: 6 }),
        async ({ marks, clock, ...range }, numOfRows) => {
          const bitmapist = await mark(marks, clock.timeZone);
          const args = { ...range, select1: 'a', select2: 'b', numOfRows } as CohortArguments;
          const { rows } = await bitmapist.ask(cohort, args, { now: new Date(clock.now) });
          const people = new People(marks, clock);
          const model = retention(people, {
            measure: 'retention',
            start: 'a',
            return: 'b',
            ...range,
            numOfRows,
          });
          expect(
            rows.map(({ period, size, cells }) => ({
              period,
              size,
              cells: cells.map((cell) => cellValue(cell, 'people')),
            })),
          ).toEqual(
            model.map(({ period, size, cells }) => ({
              period,
              size,
              cells: cells.map(({ count, state }) => (state === 'future' || size === 0 ? undefined : count)),
            })),
          );
        },
      ),
      RUNS,
    );
  });
});
