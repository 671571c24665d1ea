import { type EventSet, parseQuery } from '../index.js';
import { checkTracked, isCsv } from './csv.js';
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
  await withSet(source, text, options, async (set) => writeLine(String(await set.count())));
}

export async function printIds(
  source: string,
  text: string,
  options: SourceOptions & OutputOptions,
): Promise<void> {
  await withSet(source, text, options, (set) => print(linesOf(set), options));
}

async function* linesOf(set: EventSet): AsyncGenerator<string, void> {
  for await (const page of set.pages()) {
    if (page.length > 0) yield `${page.join('\n')}\n`;
  }
}

export async function printHas(
  source: string,
  text: string,
  id: number,
  options: SourceOptions,
): Promise<void> {
  await withSet(source, text, options, async (set) => writeLine(String(await set.has(id))));
}

/** Reads the expression before it opens the source, which may take long. */
async function withSet(
  source: string,
  text: string,
  options: SourceOptions,
  use: (set: EventSet) => Promise<void>,
): Promise<void> {
  const query = parseQuery(text);
  if (isCsv(source)) checkTracked(query, options);
  await withSource(source, options, (bitmapist) => use(bitmapist.query(text)));
}
