import { type EventSet, parseQuery, printable } from '../index.js';
import { encodeKey } from '../rdb.js';
import { isJson, PLAIN_ENDINGS } from './ending.js';
import { UsageError } from './failure.js';
import { findNotes, namesIn, reportNotes } from './notes.js';
import { type FormatOptions, print, write, writeLine } from './output.js';
import { type SourceOptions, withSource } from './source.js';
import { isTerminal, jsonFor } from './terminal.js';

export interface QuestionOptions extends SourceOptions, FormatOptions {}

export interface EventsOptions extends QuestionOptions {
  readonly prefix?: string;
  /** Whether names end with a byte 0, not with a line break, which names may hold. */
  readonly null?: boolean;
}

/** Prints the names of all events: their very bytes, but to a terminal only what can be seen. */
export async function printEvents(source: string, options: EventsOptions): Promise<void> {
  const json = isJson(options);
  if (json && options.null) throw new UsageError('expected the format text for --null, got json');
  await withSource(source, options, async (bitmapist) => {
    const events = await bitmapist.eventNames(options);
    await print(
      [json ? jsonFor(options.output, `${JSON.stringify({ events })}\n`) : listOf(events, options)],
      options,
    );
  });
}

function listOf(events: readonly string[], options: EventsOptions): string | Uint8Array {
  const end = options.null ? '\0' : '\n';
  const lines = (shown: readonly string[]): string => shown.map((name) => name + end).join('');
  return isTerminal(options.output) ? lines(events.map(printable)) : encodeKey(lines(events));
}

export async function printCount(source: string, text: string, options: QuestionOptions): Promise<void> {
  await withSet(source, text, options, async (set, note) => {
    const count = await set.count();
    await printAnswer({ expression: text, count }, String(count), () => note(count === 0), options);
  });
}

export async function printIds(source: string, text: string, options: QuestionOptions): Promise<void> {
  const json = isJson(options, { ...PLAIN_ENDINGS, '.csv': 'text' });
  await withSet(source, text, options, (set, note) =>
    print(json ? jsonOf(text, set, note, options) : linesOf(set, note), options),
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
async function* jsonOf(
  expression: string,
  set: EventSet,
  note: Note,
  { output }: QuestionOptions,
): AsyncGenerator<string, void> {
  yield jsonFor(output, `{"expression":${JSON.stringify(expression)},"ids":[`);
  let separator = '';
  for await (const page of set.pages()) {
    if (page.length === 0) continue;
    yield `${separator}${page.join(',')}`;
    separator = ',';
  }
  yield jsonFor(output, `],"notes":${JSON.stringify(await note(separator === ''))}}\n`);
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
    await write(jsonFor(undefined, `${JSON.stringify({ ...answer, notes: await note() })}\n`));
  } else {
    await writeLine(line);
    await note();
  }
}

/** Finds what is to be said beside an answer, and will be after it; it takes a look at the names. */
type Note = (isEmpty: boolean) => Promise<string[]>;

/** Reads the expression before it opens the source, which may take long. */
async function withSet(
  source: string,
  text: string,
  options: SourceOptions,
  use: (set: EventSet, note: Note) => Promise<void>,
): Promise<void> {
  const query = parseQuery(text);
  await withSource(source, { ...options, query }, async (bitmapist) => {
    let notes: string[] = [];
    await use(bitmapist.query(text), async (isEmpty) => {
      notes = await findNotes(bitmapist, namesIn(query), { ...options, isEmpty });
      return notes;
    });
    reportNotes(notes);
  });
}
