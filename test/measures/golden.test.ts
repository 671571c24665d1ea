import { createReadStream } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { readEvents } from '../../src/csv.js';
import { dashboard, funnel, measures, parseQuestion, plainRows, retention } from '../../src/measures.js';
import { loadStore } from '../../src/node.js';
import { goldenPath, hasGolden } from '../support/golden/files.js';
import { DATA_SETS, readRetention } from '../support/golden/reference.js';
import { ANSWERED, type Answer, readAnswers, rounded } from '../support/measures/answers.js';

/** What a plain program says of real data, and what the measures do: over dumps of Redis, and over marks in any time zone. */

const AFTER_ALL = '2026-12-31T00:00:00Z';

describe.skipIf(!hasGolden)('on real data', () => {
  describe.each(ANSWERED)('of %s', (name) => {
    const answers = readAnswers(name);
    let dumped: Bitmapist;
    const marked = new Map<string, Bitmapist>();

    beforeAll(async () => {
      dumped = await openDump(name);
      for (const timeZone of new Set(answers.map((answer) => answer.timeZone))) {
        const bitmapist = new Bitmapist({ timeZone, trackHourly: true, trackUnique: true });
        await bitmapist.markEvents(readEvents(createReadStream(goldenPath(`data/${name}.csv.gz`))));
        marked.set(timeZone, bitmapist);
      }
    });

    /** Where the data are in a time zone: keys of a server are those of UTC. */
    function placesOf({ timeZone }: Answer): Bitmapist[] {
      return timeZone === 'UTC' ? [dumped, marked.get('UTC')!] : [marked.get(timeZone)!];
    }

    const asked = new Set(answers.map(({ question }) => question.measure));
    it.each([...asked])('%s says what a plain program says', { tags: 'long' }, async (measure) => {
      for (const answer of answers.filter(({ question }) => question.measure === measure)) {
        for (const bitmapist of placesOf(answer)) {
          expect(await rowsFrom(bitmapist, answer), JSON.stringify(answer.question)).toEqual(answer.rows);
        }
      }
    });

    it('funnels say what a plain program says of each entry and of how long people took', {
      tags: 'long',
    }, async () => {
      for (const answer of answers.filter(({ entries }) => entries !== undefined)) {
        const { question, now, entries = [], times } = answer;
        const { args } = parseQuestion(question);
        for (const bitmapist of placesOf(answer)) {
          const countsOf = async (show: string) => {
            const { rows } = await bitmapist.ask(funnel, { ...args, show } as never, { now });
            return rows.map(({ cells }) => cells.map(({ count }) => count));
          };
          const [, ...reached] = await countsOf('counts');
          expect(reached).toEqual(entries.map((entry) => entry.reached.map((byDelay) => byDelay.at(-1))));
          expect(await countsOf('times')).toEqual(times);
        }
      }
    });
  });

  it.each(DATA_SETS)(
    'retention after first entry is the classic one of %s',
    { tags: 'long' },
    async (name) => {
      const { event, matrix } = readRetention(name);
      const [[startDate, longest]] = Object.entries(matrix) as [[string, number[]]];
      const { rows } = await (await openDump(name)).ask(
        retention,
        {
          start: event,
          return: event,
          entry: 'first',
          timeGroup: 'months',
          startDate,
          numResults: longest.length,
          numOfRows: longest.length - 1,
        },
        { now: AFTER_ALL },
      );
      expect(rows.map(({ period }) => period)).toEqual(expect.arrayContaining(Object.keys(matrix)));
      for (const { period, size, cells } of rows) {
        const expected = matrix[period!];
        // Months in which nobody was there for the first time are left out.
        if (expected === undefined) expect(size, period).toBe(0);
        else
          expect(
            cells.slice(0, expected.length).map(({ count }) => count),
            period,
          ).toEqual(expected);
      }
    },
  );
});

async function openDump(name: string): Promise<Bitmapist> {
  return new Bitmapist({ store: await loadStore(goldenPath(`rdb/${name}.rdb.gz`)) });
}

/** What `--format rows` prints for the document of a question. */
async function rowsFrom(bitmapist: Bitmapist, { question, now, among }: Answer) {
  const measure = measures.find((each) => each.name === question.measure)!;
  const document = { ...question, ...measure.rows?.args, ...(among !== undefined && { by: [among] }) };
  const [tables] = await bitmapist.ask(dashboard, { questions: [parseQuestion(document)] }, { now });
  return plainRows(measure, tables![0]!).map(rounded);
}
