import { parseQuery, printable, queryEvents } from '../../index.js';
import { noteUnknownNames } from '../../measures.js';
import type { Person } from '../../people.js';
import { toCsv } from '../../report.js';
import type { ChosenDataset } from './chosen.js';
import { expectMarked } from './marks.js';
import type { CountView, HasAsk } from './protocol.js';

/** So many people are shown. */
const FIRST_IDS = 24;
/** Text is handed to the browser in pieces of about this many characters, which it may keep outside of our memory. */
const PIECE_LENGTH = 2 ** 22;

export async function answerCount(chosen: ChosenDataset, text: string): Promise<CountView> {
  const { dataset, bitmapist } = chosen;
  expectMarked(chosen.marked, text);
  const started = performance.now();
  const set = bitmapist.query(text);
  const count = await set.count();
  const milliseconds = performance.now() - started;
  const first: Person[] = [];
  for await (const page of set.people({ limit: FIRST_IDS })) first.push(...page);
  const asked = Array.from(queryEvents(parseQuery(text)), ({ event }) => event);
  const notes = noteUnknownNames(asked, [...dataset.catalog.names, ...bitmapist.segmentNames]);
  return { count, first, notes: notes.map(printable), milliseconds };
}

/** All people of an expression as CSV: by their texts, if they are known by them. */
export async function answerIds(chosen: ChosenDataset, text: string): Promise<Blob> {
  expectMarked(chosen.marked, text);
  // A text may hold anything, a number nothing that must be quoted.
  const toLines = (people: readonly Person[]): string =>
    chosen.dataset.people === undefined ? `${people.join('\n')}\n` : toCsv(people.map((each) => [each]));
  const pieces: Blob[] = [];
  let lines = [toLines(['id'])];
  let length = 0;
  for await (const page of chosen.bitmapist.query(text).people()) {
    const text = toLines(page);
    lines.push(text);
    length += text.length;
    if (length < PIECE_LENGTH) continue;
    pieces.push(new Blob(lines));
    lines = [];
    length = 0;
  }
  return new Blob([...pieces, ...lines], { type: 'text/csv' });
}

/** Whether somebody is among the people of an expression. */
export async function answerHas(chosen: ChosenDataset, { expression, person }: HasAsk): Promise<boolean> {
  expectMarked(chosen.marked, expression);
  return chosen.bitmapist.query(expression).has(personOf(chosen, person));
}

function personOf({ dataset: { people } }: ChosenDataset, text: string): Person {
  if (people !== undefined) return text;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new RangeError(`expected an id from 0 to 4294967295, got ${JSON.stringify(text)}`);
}
