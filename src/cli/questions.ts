import { type EventSet, parseQuery } from '../index.js';
import { checkTracked, isCsv } from './csv.js';
import { findNotes, namesIn, reportNotes } from './notes.js';
import { type FormatOptions, isJson, print, writeLine } from './output.js';
import { type SourceOptions, withSource } from './source.js';

export interface QuestionOptions extends SourceOptions, FormatOptions {}

export interface EventsOptions extends QuestionOptions {
  readonly prefix?: string;
}

/** Prints the names of all events. */
export async function printEvents(source: string, options: EventsOptions): Promise<void> {
  await withSource(source, options, async (bitmapist) => {
    const events = await bitmapist.eventNames(options);
    const lines = isJson(options) ? [JSON.stringify({ events })] : events;
    await print([lines.map((line) => `${line}\n`).join('')], options);
  });
}

export async function printCount(source: string, text: string, options: QuestionOptions): Promise<void> {
  await withSet(source, text, options, async (set, note) => {
    const count = await set.count();
    await printAnswer({ expression: text, count }, String(count), () => note(count === 0), options);
  });
}

export async function printIds(source: string, text: string, options: QuestionOptions): Promise<void> {
  await withSet(source, text, options, (set, note) =>
    print(isJson(options) ? jsonOf(text, set, note) : linesOf(set, note), options),
  );
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

/** One object, a page of ids at a time. */
async function* jsonOf(expression: string, set: EventSet, note: Note): AsyncGenerator<string, void> {
  yield `{"expression":${JSON.stringify(expression)},"ids":[`;
  let separator = '';
  for await (const page of set.pages()) {
    if (page.length === 0) continue;
    yield `${separator}${page.join(',')}`;
    separator = ',';
  }
  yield `],"notes":${JSON.stringify(await note(separator === ''))}}\n`;
}

export async function printHas(
  source: string,
  text: string,
  id: number,
  options: QuestionOptions,
): Promise<void> {
  await withSet(source, text, options, async (set, note) => {
    const has = await set.has(id);
    await printAnswer({ expression: text, id, has }, String(has), () => note(!has), options);
  });
}

/** As an object with its notes, or as a line, which need not wait for them. */
async function printAnswer(
  answer: object,
  line: string,
  note: () => Promise<string[]>,
  options: QuestionOptions,
): Promise<void> {
  if (isJson(options)) {
    await writeLine(JSON.stringify({ ...answer, notes: await note() }));
  } else {
    await writeLine(line);
    await note();
  }
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
