import { needsHours, parseQuery, printable, queryEvents } from '../../index.js';
import type { ChosenDataset } from './chosen.js';
import type { Dataset } from './load.js';
import type { CountView } from './protocol.js';

const FIRST_IDS = 24;
/** Text is handed to the browser in pieces of about this many characters, which it may keep outside of our memory. */
const PIECE_LENGTH = 2 ** 22;

export async function answerCount({ dataset, bitmapist }: ChosenDataset, text: string): Promise<CountView> {
  expectMarked(dataset, text);
  const started = performance.now();
  const set = bitmapist.query(text);
  const count = await set.count();
  const milliseconds = performance.now() - started;
  const first: number[] = [];
  for await (const page of set.pages()) {
    first.push(...page.subarray(0, FIRST_IDS - first.length));
    if (first.length === FIRST_IDS) break;
  }
  const asked = Array.from(queryEvents(parseQuery(text)), ({ event }) => event);
  return { count, first, notes: dataset.catalog.noteUnknownNames(asked).map(printable), milliseconds };
}

/** All ids of an expression as text, one a line. */
export async function answerIds({ dataset, bitmapist }: ChosenDataset, text: string): Promise<Blob> {
  expectMarked(dataset, text);
  const pieces: Blob[] = [];
  let lines: string[] = [];
  let length = 0;
  for await (const page of bitmapist.query(text).pages()) {
    const text = `${page.join('\n')}\n`;
    lines.push(text);
    length += text.length;
    if (length < PIECE_LENGTH) continue;
    pieces.push(new Blob(lines));
    lines = [];
    length = 0;
  }
  return new Blob([...pieces, ...lines], { type: 'text/plain' });
}

/** A CSV has no hours and no flags unless they are marked; an answer of 0 would mislead. */
function expectMarked({ marks }: Dataset, text: string): void {
  if (marks === undefined) return;
  for (const { event, period } of queryEvents(parseQuery(text))) {
    if (period === 'unique' && !marks.unique) throw unmarked('dateless flags', '--unique', event);
    if (needsHours(period) && !marks.hourly) throw unmarked('hours', '--hourly', event);
  }
}

function unmarked(what: string, option: string, event: string): Error {
  return new Error(
    `expected a CSV whose ${what} were marked when it was opened (in a page by Options, in a terminal by ${option}), got one without those of ${printable(event)}`,
  );
}
