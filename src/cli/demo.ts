import { type Bitmapist, type Period, plural } from '../index.js';
import { newOnboarding } from '../sample.js';
import { grouped, write, writeLine } from './output.js';
import { makeDemo, type SourceOptions } from './source.js';
import { textOfTable } from './tables.js';

/** Makes up a year of an app in the embedded store and asks what its makers would ask. */
export async function runDemo(options: Pick<SourceOptions, 'now'>): Promise<void> {
  const started = performance.now();
  const { bitmapist, marks, lastDay } = await makeDemo(options);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const users = await bitmapist.query('signup@year | signup@year-1').count();
  await writeLine(
    `A made-up app: ${grouped(users)} ${plural(users, 'user')} and ${grouped(marks)} ${plural(marks, 'mark')} up to ${lastDay}, in the embedded store after ${seconds} s.\n`,
  );
  await showRetention(bitmapist, lastDay);
  await showAnswers(bitmapist);
  await bitmapist.close();
  await write(NEXT);
}

async function showRetention(bitmapist: Bitmapist, lastDay: Period): Promise<void> {
  const started = performance.now();
  const table = await bitmapist.cohort({
    select1: 'signup',
    select2: 'active',
    timeGroup: 'months',
    numResults: 12,
    numOfRows: 11,
  });
  const milliseconds = performance.now() - started;
  await write(textOfTable(table));
  await writeLine(
    `Look down a column: a new onboarding keeps more people since ${newOnboarding(lastDay)}. (${milliseconds.toFixed(0)} ms)\n`,
  );
}

const QUESTIONS = [
  ['active this month', 'active@month'],
  ['professionals active last month', 'active@month-1 & pro@unique'],
  ['active last week, but not the week before', 'active@week-1 & ~active@week-2'],
  ['signed up last month and gone this month', 'signup@month-1 & ~active@month'],
  ['professionals not seen for two months', 'pro@unique & ~(active@month | active@month-1)'],
] as const;

async function showAnswers(bitmapist: Bitmapist): Promise<void> {
  const widths = [0, 1].map((column) => Math.max(...QUESTIONS.map((question) => question[column]!.length)));
  for (const [question, expression] of QUESTIONS) {
    const started = performance.now();
    const count = await bitmapist.query(expression).count();
    const milliseconds = (performance.now() - started).toFixed(1);
    await writeLine(
      `${question.padEnd(widths[0]!)}  ${expression.padEnd(widths[1]!)}  ${grouped(count).padStart(8)}  ${milliseconds} ms`,
    );
  }
}

const NEXT = `
Ask the made-up app something yourself, then your own events in a file or in Redis:

  npx bitmapist-wasm count demo 'active@week-1 & ~active@week-2'
  npx bitmapist-wasm cohort demo --select1 signup --select2 active --time-group weeks --num-results 10
  npx bitmapist-wasm events events.csv
  npx bitmapist-wasm count redis://localhost 'active@week & ~active@week-1'
  npx bitmapist-wasm --help
`;
