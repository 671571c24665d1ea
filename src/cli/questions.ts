import { type EventSet, parseQuery } from '../index.js';
import { checkTracked, isCsv } from './csv.js';
import { findNotes, namesIn, reportNotes } from './notes.js';
import { type OutputOptions, print, writeLine } from './output.js';
import { type SourceOptions, withSource } from './source.js';

export interface EventsOptions extends SourceOptions, OutputOptions {
  readonly prefix?: string;
}

/** Prints the names of all events. */
export async function printEvents(source: string, options: EventsOptions): Promise<void> {
  const names = await withSource(source, options, (bitmapist) => bitmapist.eventNames(options));
  await print([names.map((name) => `${name}\n`).join('')], options);
}

export async function printCount(source: string, text: string, options: SourceOptions): Promise<void> {
  await withSet(source, text, options, async (set, note) => {
    const count = await set.count();
    await writeLine(String(count));
    await note(count === 0);
  });
}

export async function printIds(
  source: string,
  text: string,
  options: SourceOptions & OutputOptions,
): Promise<void> {
  await withSet(source, text, options, (set, note) => print(linesOf(set, note), options));
}

async function* linesOf(set: EventSet, note: Note): AsyncGenerator<string, void> {
  let isEmpty = true;
  for await (const page of set.pages()) {
    if (page.length === 0) continue;
    isEmpty = false;
    yield `${page.join('\n')}\n`;
  }
  await note(isEmpty);
}

export async function printHas(
  source: string,
  text: string,
  id: number,
  options: SourceOptions,
): Promise<void> {
  await withSet(source, text, options, async (set, note) => {
    const has = await set.has(id);
    await writeLine(String(has));
    await note(!has);
  });
}

/** Says, and returns, what is to be said beside an answer; it takes a look at the names. */
type Note = (isEmpty: boolean) => Promise<string[]>;

/** Reads the expression before it opens the source, which may take long. */
async function withSet(
  source: string,
  text: string,
  options: SourceOptions,
  use: (set: EventSet, note: Note) => Promise<void>,
): Promise<void> {
  const query = parseQuery(text);
  if (isCsv(source)) checkTracked(query, options);
  await withSource(source, options, (bitmapist) => {
    const note: Note = async (isEmpty) => {
      const notes = await findNotes(bitmapist, namesIn(query), { ...options, isEmpty });
      reportNotes(notes);
      return notes;
    };
    return use(bitmapist.query(text), note);
  });
}
