import { type Bitmapist, type EventSet, type Person, parseQuery, printable } from '../index.js';
import { namesOfQuery } from '../measures.js';
import { encodeKey } from '../rdb.js';
import { UsageError } from './failure.js';
import { noteNames } from './notes.js';
import { type FormatOptions, print, printAs, writeLine } from './output.js';
import { noteUnknown, readPerson } from './person.js';
import { type SourceOptions, withSource } from './source.js';
import { isTerminal, jsonFor, textFor } from './terminal.js';

export interface QuestionOptions extends SourceOptions, FormatOptions {}

export interface EventsOptions extends QuestionOptions {
  readonly prefix?: string;
  /** Whether names end with a byte 0, not with a line break, which names may hold. */
  readonly null?: boolean;
}

/** Prints the names of all events: their very bytes, but to a terminal only what can be seen. */
export async function printEvents(source: string, options: EventsOptions): Promise<void> {
  const { format, output, null: endsInZero } = options;
  if (format === 'json' && endsInZero) throw new UsageError('expected the format text for --null, got json');
  const end = endsInZero ? '\0' : '\n';
  await withSource(source, options, async (bitmapist) => {
    const events = await bitmapist.eventNames(options);
    const shown = isTerminal(output) ? events.map(printable) : events;
    const text = (): Uint8Array => encodeKey(shown.map((name) => name + end).join(''));
    await printAs(options, { json: { events }, text });
  });
}

export function printCount(source: string, text: string, options: QuestionOptions): Promise<void> {
  return withSet(source, text, options, async (set, note) => {
    const count = await set.count();
    await printAnswer({ expression: text, count }, String(count), () => note(count === 0), options);
  });
}

export async function printHas(
  source: string,
  text: string,
  given: string,
  options: QuestionOptions,
): Promise<void> {
  const id = readPerson('id', given, options);
  await withSet(source, text, options, async (set, note, bitmapist) => {
    const has = await set.has(id);
    const noteAll = async (): Promise<string[]> => [
      ...(await note(!has)),
      ...(await noteUnknown(bitmapist, id)),
    ];
    await printAnswer({ expression: text, id, has }, String(has), noteAll, options);
  });
}

/** As an object with its notes, or as a line, which need not wait for them. */
async function printAnswer(
  answer: object,
  line: string,
  note: () => Promise<string[]>,
  options: QuestionOptions,
): Promise<void> {
  if (options.format === 'json') await print([jsonFor(undefined, { ...answer, notes: await note() })], {});
  else {
    await writeLine(line);
    await note();
  }
}

export function printIds(source: string, text: string, options: QuestionOptions): Promise<void> {
  const partsOf = options.format === 'json' ? jsonOf : linesOf;
  return withSet(source, text, options, (set, note) => print(partsOf(set, note, text, options), options));
}

async function* linesOf(
  set: EventSet,
  note: Note,
  _: string,
  { people, output }: QuestionOptions,
): AsyncGenerator<string, void> {
  let isEmpty = true;
  for await (const page of pagesOf(set, people)) {
    if (page.length === 0) continue;
    isEmpty = false;
    yield textFor(output, `${page.join('\n')}\n`);
  }
  await note(isEmpty);
}

/** One object, a page at a time. */
async function* jsonOf(
  set: EventSet,
  note: Note,
  expression: string,
  { people, output }: QuestionOptions,
): AsyncGenerator<string, void> {
  yield `${jsonFor(output, { expression }).slice(0, -'}\n'.length)},"ids":[`;
  let separator = '';
  for await (const page of pagesOf(set, people)) {
    if (page.length === 0) continue;
    yield separator + (people ? textFor(output, JSON.stringify(page).slice(1, -1)) : page.join(','));
    separator = ',';
  }
  yield `],"notes":${jsonFor(output, await note(separator === '')).trimEnd()}}\n`;
}

/** Texts, or ids. */
function pagesOf(set: EventSet, people = false): AsyncIterable<Person[] | Uint32Array> {
  return people ? set.people() : set.pages();
}

/** Finds what is to be said beside an answer, and will be after it; it takes a look at the names. */
type Note = (isEmpty: boolean) => Promise<string[]>;

/** Reads the expression before it opens the source, which may take long. */
async function withSet(
  source: string,
  text: string,
  options: SourceOptions,
  use: (set: EventSet, note: Note, bitmapist: Bitmapist) => Promise<void>,
): Promise<void> {
  const query = parseQuery(text);
  await withSource(source, { ...options, queries: [query] }, (bitmapist, told) =>
    use(
      bitmapist.query(text),
      async (isEmpty) => [
        ...told,
        ...(await noteNames(bitmapist, namesOfQuery(query), { ...options, isEmpty })),
      ],
      bitmapist,
    ),
  );
}
