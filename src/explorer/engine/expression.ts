import { parseQuery, printable, queryEvents } from '../../index.js';
import { noteUnknownNames } from '../../measures.js';
import type { ChosenDataset } from './chosen.js';
import { expectMarked } from './marks.js';
import type { CountView } from './protocol.js';

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
  const first: number[] = [];
  for await (const page of set.pages()) {
    first.push(...page.subarray(0, FIRST_IDS - first.length));
    if (first.length === FIRST_IDS) break;
  }
  const asked = Array.from(queryEvents(parseQuery(text)), ({ event }) => event);
  const notes = noteUnknownNames(asked, [...dataset.catalog.names, ...bitmapist.segmentNames]);
  return { count, first, notes: notes.map(printable), milliseconds };
}

/** All ids of an expression as CSV. */
export async function answerIds(chosen: ChosenDataset, text: string): Promise<Blob> {
  expectMarked(chosen.marked, text);
  const pieces: Blob[] = [];
  let lines: string[] = ['id\n'];
  let length = 0;
  for await (const page of chosen.bitmapist.query(text).pages()) {
    const text = `${page.join('\n')}\n`;
    lines.push(text);
    length += text.length;
    if (length < PIECE_LENGTH) continue;
    pieces.push(new Blob(lines));
    lines = [];
    length = 0;
  }
  return new Blob([...pieces, ...lines], { type: 'text/csv' });
}
