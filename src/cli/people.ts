import { Bitmapist, type EventSet, formatQuery, parseQuery } from '../index.js';
import { extentOf, joinFlags, type PeopleOptions, rankOf, sampleOf } from '../people.js';
import { toCsv } from '../report.js';
import { UsageError } from './failure.js';
import type { Flag } from './flags.js';
import { namesIn, noteNames } from './notes.js';
import { type OutputOptions, print } from './output.js';
import { formatRows, type PeopleRows, type RowFormat } from './rows.js';
import { type SourceOptions, withSource } from './source.js';
import { jsonFor } from './terminal.js';

/** Who is in an expression: some of them or a sample, with flags beside them; where somebody stands; who comes first and last. */

export interface PeopleCommandOptions extends SourceOptions, OutputOptions {
  readonly format?: RowFormat;
  readonly offset?: number;
  readonly limit?: number;
  readonly after?: number;
  readonly from?: number;
  readonly to?: number;
  readonly sample?: number;
  readonly seed?: number;
  readonly rank?: number;
  readonly extent?: boolean;
  readonly flags?: readonly Flag[];
}

/** Finds what is to be said beside an answer. */
type Note = (isEmpty: boolean) => Promise<string[]>;

/** Reads the expressions before it opens the source, which may take long. */
export async function printPeople(
  source: string,
  text: string,
  options: PeopleCommandOptions,
): Promise<void> {
  checkCombination(options);
  const { flags = [], rank, extent } = options;
  const queries = [parseQuery(text), ...flags.map(({ query }) => query)];
  await withSource(source, { ...options, queries }, async (bitmapist, told) => {
    const set = bitmapist.query(text);
    const note: Note = async (isEmpty) => [
      ...told,
      ...(await noteNames(bitmapist, queries.flatMap(namesIn), { ...options, isEmpty })),
    ];
    if (rank !== undefined) {
      const below = await rankOf(set, rank);
      await printRecord({ id: rank, rank: below }, String(below), text, await note(below === 0), options);
    } else if (extent) {
      const found = await extentOf(set);
      const line = found === undefined ? undefined : `${found.min} ${found.max}`;
      await printRecord(
        found ? { ...found } : { min: null, max: null },
        line,
        text,
        await note(!found),
        options,
      );
    } else {
      const sets = flags.map(({ query }) => bitmapist.query(formatQuery(query)));
      await print(partsOf(await rowsOf(set, sets, options), text, note, options), options);
    }
  });
}

/** Of a sample, whoever was drawn is a set of its own. */
async function rowsOf(
  set: EventSet,
  flags: readonly EventSet[],
  { sample, seed, ...options }: PeopleCommandOptions,
): Promise<AsyncIterable<PeopleRows>> {
  if (sample === undefined) return joinFlags(set, flags, stretchOf(options));
  const drawn = new Bitmapist();
  await drawn.markUnique('drawn', await sampleOf(set, sample, { seed }));
  return joinFlags(drawn.unique('drawn'), flags);
}

/** Those of the options that choose people, and no other. */
function stretchOf({ offset, limit, after, from, to }: PeopleCommandOptions): PeopleOptions {
  return { offset, limit, after, from, to };
}

async function* partsOf(
  pages: AsyncIterable<PeopleRows>,
  expression: string,
  note: Note,
  { format = 'text', output, flags = [] }: PeopleCommandOptions,
): AsyncGenerator<string, void> {
  const labels = flags.map(({ label }) => label);
  const has = [false, ...labels.map(() => false)];
  const rows = formatRows(watch(pages, has), { format, labels, output });
  // Nobody, or nobody with one of the flags, is what a wrong name would give.
  const isEmpty = (): boolean => has.includes(false);
  if (format === 'json') yield `${jsonFor(output, { expression }).slice(0, -'}\n'.length)},"people":[`;
  if (format === 'rows') yield '[';
  yield* rows;
  const notes = await note(isEmpty());
  if (format === 'json') yield `],"notes":${jsonFor(output, notes).trimEnd()}}\n`;
  if (format === 'rows') yield ']\n';
}

/** The same pages; remembers whether there is anybody, and for each flag whether anybody has it. */
async function* watch(pages: AsyncIterable<PeopleRows>, has: boolean[]): AsyncGenerator<PeopleRows, void> {
  for await (const page of pages) {
    has[0] = true;
    for (const [index, flag] of page.flags.entries()) has[index + 1] ||= flag.includes(1);
    yield page;
  }
}

/** An answer of a single row. */
async function printRecord(
  record: Readonly<Record<string, number | null>>,
  line: string | undefined,
  expression: string,
  notes: readonly string[],
  options: PeopleCommandOptions,
): Promise<void> {
  const { format, output } = options;
  const isFound = line !== undefined;
  const parts = {
    text: () => (isFound ? `${line}\n` : ''),
    csv: () => toCsv([Object.keys(record), ...(isFound ? [Object.values(record).map(Number)] : [])]),
    json: () => jsonFor(output, { expression, ...record, notes }),
    rows: () => jsonFor(output, isFound ? [record] : []),
  };
  await print([parts[format ?? 'text']()], options);
}

const STRETCH = ['offset', 'limit', 'after', 'from', 'to'] as const;

/** Refuses options that would not be heard beside each other. */
function checkCombination(options: PeopleCommandOptions): void {
  const given = ([...STRETCH, 'sample', 'rank', 'extent', 'flags'] as const).filter(
    (name) => options[name] !== undefined,
  );
  const others = (name: string, allowed: readonly string[]): string | undefined =>
    given.find((other) => other !== name && !allowed.includes(other));
  for (const [name, allowed] of [
    ['rank', []],
    ['extent', []],
    ['sample', ['flags']],
  ] as const) {
    const other = options[name] === undefined ? undefined : others(name, allowed);
    if (other !== undefined) throw new UsageError(`expected --${name} without --${other}, got both`);
  }
  if (options.seed !== undefined && options.sample === undefined) {
    throw new UsageError('expected --seed beside --sample, got it alone');
  }
}
