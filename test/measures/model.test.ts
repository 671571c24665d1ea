import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bitmapist } from '../../src/bitmapist.js';
import {
  type AnyMeasure,
  type CohortArguments,
  cohort,
  funnel,
  measures,
  plainRows,
} from '../../src/measures.js';
import { mark } from '../support/measures/marked.js';
import { caseArbitrary, withSegment } from '../support/measures/marks.js';
import { type Asked, QUESTIONS } from '../support/measures/questions.js';
import {
  type Clock,
  type Mark,
  funnel as modelFunnel,
  People,
  type Question,
  rowsOf,
} from '../support/measures/sets.js';

/** Every measure says what plain sets say, whatever the marks, the time zone and the time. */

const RUNS = { numRuns: 200 };

const asked = measures.flatMap((measure) =>
  Object.hasOwn(QUESTIONS, measure.name) ? [[measure.name as Question['measure'], measure] as const] : [],
);

describe('on random marks around the edges of calendars', () => {
  it.each(asked)('%s says what plain sets say', { tags: 'long' }, async (name, measure) => {
    await eachCase(
      QUESTIONS[name] as fc.Arbitrary<Asked<Question['measure']>>,
      async ({ marks, clock, question }) => {
        const rows = await rowsFrom(await mark(marks, clock.timeZone), measure, question, clock);
        expect(rows).toEqual(rowsOf(peopleOf(marks, clock), question));
      },
    );
  });

  it('cohort is the exact retention', async () => {
    const cases = fc.tuple(caseArbitrary(['days', 'weeks', 'months', 'years']), fc.nat(6));
    await eachCase(cases, async ([{ marks, clock, ...range }, numOfRows]) => {
      const args = { ...range, select1: 'a', select2: 'b', numOfRows } as CohortArguments;
      const rows = plainRows(
        cohort,
        await (await mark(marks, clock.timeZone)).ask(cohort, args, { now: new Date(clock.now) }),
      );
      const question = { measure: 'retention', start: 'a', return: 'b', ...range, numOfRows } as const;
      expect(rows).toEqual(rowsOf(peopleOf(marks, clock), question));
    });
  });

  it('funnel says when people of each entry reach a step, and how long they take', {
    tags: 'long',
  }, async () => {
    await eachCase(QUESTIONS.funnel, async ({ marks, clock, question }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const { entries, times } = modelFunnel(peopleOf(marks, clock), question);
      const table = await bitmapist.ask(funnel, question, { now: new Date(clock.now) });
      const [, ...rows] = table.rows.map(({ cells }) => cells.map(({ count }) => count));
      expect(rows).toEqual(entries.map(({ reached }) => reached.map((byDelay) => byDelay.at(-1))));
      const taken = await bitmapist.ask(funnel, { ...question, show: 'times' }, { now: new Date(clock.now) });
      expect(taken.rows.map(({ cells }) => cells.map(({ count }) => count))).toEqual(times);
    });
  });
});

async function eachCase<Case>(
  cases: fc.Arbitrary<Case>,
  holds: (each: Case) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(cases, holds), RUNS);
}

/** Plain rows; on the way, each text that says who is in a cell has to find as many. */
async function rowsFrom(bitmapist: Bitmapist, measure: AnyMeasure, question: Question, { now }: Clock) {
  const { measure: _, ...args } = { ...question, ...measure.rows?.args };
  const table = await bitmapist.ask(measure, args, { now: new Date(now) });
  for (const { count, query } of table.rows.flatMap(({ cells }) => cells)) {
    if (query !== undefined) expect(await bitmapist.query(query).count(), query).toBe(count);
  }
  return plainRows(measure, table);
}

function peopleOf(marks: readonly Mark[], clock: Clock): People {
  return new People(withSegment(marks), clock);
}
