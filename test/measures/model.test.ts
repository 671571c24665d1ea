import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bitmapist } from '../../src/bitmapist.js';
import { type Cell, Period } from '../../src/index.js';
import {
  type AnyMeasure,
  type CohortArguments,
  cohort,
  dashboard,
  frequency,
  funnel,
  lifecycle,
  type Measure,
  measures,
  overlap,
  parseQuestion,
  plainRows,
  retention,
  series,
} from '../../src/measures.js';
import { cellValue } from '../../src/report.js';
import { MemoryStore } from '../../src/store/memory.js';
import { mark } from '../support/measures/marked.js';
import { caseArbitrary, withSegment } from '../support/measures/marks.js';
import { ASKED, questionArbitrary, questionsArbitrary } from '../support/measures/questions.js';
import {
  association,
  type Clock,
  type Mark,
  frequency as modelFrequency,
  funnel as modelFunnel,
  retention as modelRetention,
  series as modelSeries,
  People,
  periodOf,
  type Question,
  type QuestionOf,
  rowsOf,
  textOf,
} from '../support/measures/sets.js';
import { CountingStore } from '../support/store/counting.js';

/** Every measure says what plain sets say, whatever the marks, the time zone and the time. */

const RUNS = { numRuns: 200 };

describe('on random marks around the edges of calendars', () => {
  it.each(ASKED)('%s says what plain sets say', { tags: 'long' }, async (name) => {
    const measure = measures.find((each) => each.name === name)!;
    await eachCase(questionArbitrary(name), async ({ marks, clock, question }) => {
      const rows = await rowsFrom(await mark(marks, clock.timeZone), measure, question, clock);
      expect(rows).toEqual(rowsOf(peopleOf(marks, clock), question));
    });
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

  it('retention says which cells are final, and one column of it over time is the same', {
    tags: 'long',
  }, async () => {
    await eachCase(questionArbitrary('retention'), async ({ marks, clock, question }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const { rows, columns } = await bitmapist.ask(retention, question, { now: new Date(clock.now) });
      const told = modelRetention(peopleOf(marks, clock), question).map(({ size, cells }) =>
        cells.map(({ count, state }) => ({
          count,
          state: size === 0 && state !== 'future' ? 'empty' : state,
        })),
      );
      expect(rows.map(({ cells }) => cells.map(countAndState))).toEqual(told);
      const overTime = columns.length - 1;
      const line = await bitmapist.ask(retention, { ...question, overTime }, { now: new Date(clock.now) });
      expect(line.rows[0]!.cells.map(countAndState)).toEqual(told.map((cells) => cells[overTime]));
    });
  });

  it('funnel says when people of each entry reach a step, and how long they take', {
    tags: 'long',
  }, async () => {
    await eachCase(questionArbitrary('funnel'), async ({ marks, clock, question }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const { entries, times } = modelFunnel(peopleOf(marks, clock), question);
      const table = await bitmapist.ask(funnel, question, { now: new Date(clock.now) });
      const [, ...rows] = table.rows.map(({ cells }) => cells.map(({ count }) => count));
      expect(rows).toEqual(entries.map(({ reached }) => reached.map((byDelay) => byDelay.at(-1))));
      const taken = await bitmapist.ask(funnel, { ...question, show: 'times' }, { now: new Date(clock.now) });
      expect(taken.rows.map(({ cells }) => cells.map(({ count }) => count))).toEqual(times);
    });
  });

  it('everybody active is new, returning or resurrecting, and everybody before is still here or dormant', async () => {
    await eachCase(questionArbitrary('lifecycle'), async ({ marks, clock, question }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const { rows } = await bitmapist.ask(lifecycle, question, { now: new Date(clock.now) });
      for (const { period, cells } of rows) {
        const [fresh, returning, resurrecting, dormant] = cells.map(({ count }) => count);
        const own = Period.parse(period!);
        const [active, before] = [own, own.prev()].map((each) =>
          bitmapist.events(question.event, each.unit, each),
        );
        const sizes = await bitmapist.counts([active!, before!, active!.and(before!)]);
        expect([fresh! + returning! + resurrecting!, dormant! + sizes[2]!]).toEqual([sizes[0], sizes[1]]);
        expect(cells.slice(4).map(({ count, of }) => [count, of])).toEqual([
          [sizes[0]! - sizes[1]!, sizes[1]],
          [fresh! + resurrecting!, dormant],
        ]);
      }
    });
  });

  it('frequency compares with the window before, and tells one after another', { tags: 'long' }, async () => {
    await eachCase(questionArbitrary('frequency'), async ({ marks, clock, question }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const people = peopleOf(marks, clock);
      const rowsWith = (more: object) =>
        rowsFrom(bitmapist, frequency as unknown as AnyMeasure, { ...question, ...more }, clock);
      const [before, own, after] = [-1, 0, 1].map((windows) => {
        const startDate = later(question, windows * question.numResults);
        return { startDate, told: modelFrequency(people, { ...question, startDate }) };
      });
      expect(await rowsWith({ compare: true })).toEqual(
        own!.told.map((row, at) => {
          const { exactly, atLeast } = before!.told[at]!;
          return { ...row, exactlyBefore: exactly, atLeastBefore: atLeast };
        }),
      );
      expect(await rowsWith({ windows: 2 })).toEqual(
        [own!, after!].map(({ startDate, told }) => ({
          period: startDate,
          exactly: told.map(({ exactly }) => exactly),
        })),
      );
    });
  });

  it('series compares with the periods before, and tells by how much numbers grew', {
    tags: 'long',
  }, async () => {
    await eachCase(questionArbitrary('series'), async ({ marks, clock, question }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const people = peopleOf(marks, clock);
      const told = (periods: number) =>
        modelSeries(people, { ...question, startDate: later(question, periods) }).map(({ counts }) => counts);
      const [own, before] = [told(0), told(-question.numResults)];
      const now = new Date(clock.now);
      const compared = plainRows(
        series,
        await bitmapist.ask(series, { ...question, compare: true }, { now }),
      );
      expect(compared.map(({ counts }) => counts)).toEqual(
        own.map((counts, at) => counts.flatMap((count, line) => [count, before[at]![line]])),
      );
      const grown = await bitmapist.ask(series, { ...question, growth: true }, { now });
      const previous = told(-1);
      expect(grown.rows.map(({ cells }) => cells.map((cell) => cellValue(cell, 'percent')))).toEqual(
        question.expressions.map((_, line) =>
          own.map((counts, at) => {
            const [count, of] = [counts[line]!, previous[at]![line]!];
            return count === null || of === 0 ? undefined : ((count - of!) / of!) * 100;
          }),
        ),
      );
    });
  });

  it('overlap says how strongly every two sets go together', { tags: 'long' }, async () => {
    await eachCase(questionArbitrary('overlap'), async ({ marks, clock, question: { sets } }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const people = peopleOf(marks, clock);
      const universe = 'a@unique | c@unique';
      for (const value of ['jaccard', 'overlap', 'lift', 'phi'] as const) {
        const { rows } = await bitmapist.ask(overlap, { sets, universe, value });
        const told = rows.map(({ cells }) => cells.map((cell) => cellValue(cell, 'ratio')));
        const model = sets.map((a) => sets.map((b) => association(people, a, b, universe)[value]));
        expect(told).toEqual(model.map((row) => row.map(close)));
      }
    });
  });

  it('whoever is in any of some sets is in one exclusive part of their overlap', async () => {
    await eachCase(questionArbitrary('overlap'), async ({ marks, clock, question: { sets } }) => {
      const bitmapist = await mark(marks, clock.timeZone);
      const { rows } = await bitmapist.ask(overlap, { sets, show: 'intersections' });
      const inAny = await bitmapist.query(`(${sets.join(') | (')})`).count();
      expect(rows.reduce((sum, { cells }) => sum + cells[1]!.count, 0)).toBe(inAny);
    });
  });

  it('a dashboard of every measure reads each key once, and says what they say alone', {
    tags: 'long',
  }, async () => {
    await eachCase(questionsArbitrary, async ({ marks, clock, questions: documents }) => {
      const store = new CountingStore(new MemoryStore());
      const bitmapist = await mark(marks, clock.timeZone, store);
      const questions = documents.map(parseQuestion);
      const now = new Date(clock.now);
      const alone = [];
      for (const { measure, args } of questions) {
        alone.push([await askOnce(bitmapist, store, measure, args, now)]);
      }
      expect(await askOnce(bitmapist, store, dashboard, { questions }, now)).toEqual(alone);
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

/** Asks in one pass: keys are listed once if at all, lengths are read once, and so is every key. */
async function askOnce<Args, Answer>(
  bitmapist: Bitmapist,
  store: CountingStore,
  measure: Measure<Args, Answer>,
  args: Args,
  now: Date,
): Promise<Answer> {
  store.reset();
  const answer = await bitmapist.ask(measure, args, { now });
  expect(Math.max(store.calls.keys, store.calls.byteLengths)).toBeLessThanOrEqual(1);
  expect(store.keysRead.filter((key) => store.readsOf(key) > 1)).toEqual([]);
  return answer;
}

function countAndState({ count, state }: Cell) {
  return { count, state };
}

/** Where a question would begin so many periods later. */
function later({ timeGroup, startDate }: QuestionOf<'frequency' | 'series'>, periods: number): string {
  return textOf(timeGroup, periodOf(startDate)[1] + periods);
}

function close(value: number | undefined): unknown {
  return value === undefined ? undefined : expect.closeTo(value, 9);
}

function peopleOf(marks: readonly Mark[], clock: Clock): People {
  return new People(withSegment(marks), clock);
}
