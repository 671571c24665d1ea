import { Bitmapist, type EventSet, formatQuery, type Person, parseQuery } from '../index.js';
import { namesOfQuery } from '../measures.js';
import { extentOf, type JoinedPeople, joinFlags, type PeopleOptions, rankOf, sampleOf } from '../people.js';
import { toCsv } from '../report.js';
import { UsageError } from './failure.js';
import type { Flag } from './flags.js';
import { noteNames } from './notes.js';
import { type OutputOptions, print } from './output.js';
import { numberOf, peopleOf, readPerson } from './person.js';
import { formatRows, type PeopleRows, type RowFormat } from './rows.js';
import { type SourceOptions, withSource } from './source.js';
import { jsonFor, textFor } from './terminal.js';

/** Who is in an expression: some of them or a sample, with flags beside them; where somebody stands; who comes first and last. */

export interface PeopleCommandOptions extends SourceOptions, OutputOptions {
  readonly format?: RowFormat;
  readonly offset?: number;
  readonly limit?: number;
  readonly after?: string;
  readonly from?: string;
  readonly to?: string;
  readonly sample?: number;
  readonly seed?: number;
  readonly rank?: string;
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
  // What is no id is refused before the source is opened, too.
  for (const name of PERSONS)
    if (options[name] !== undefined) readPerson(`--${name}`, options[name], options);
  const { flags = [], rank, extent } = options;
  const queries = [parseQuery(text), ...flags.map(({ query }) => query)];
  await withSource(source, { ...options, queries }, async (bitmapist, told) => {
    const set = bitmapist.query(text);
    const note: Note = async (isEmpty) => [
      ...told,
      ...(await noteNames(bitmapist, queries.flatMap(namesOfQuery), { ...options, isEmpty })),
    ];
    if (rank !== undefined) {
      const below = await rankOf(set, await numberOf(bitmapist, '--rank', rank, options));
      const id = readPerson('--rank', rank, options);
      await printRecord({ id, rank: below }, String(below), text, await note(below === 0), options);
    } else if (extent) {
      const found = await extentOf(set);
      const [min = null, max = null] = found ? await peopleOf(bitmapist, [found.min, found.max]) : [];
      const line = found && `${min} ${max}`;
      await printRecord({ min, max }, line, text, await note(!found), options);
    } else {
      const sets = flags.map(({ query }) => bitmapist.query(formatQuery(query)));
      await print(partsOf(rowsOf(bitmapist, set, sets, options), text, note, options), options);
    }
  });
}

/** The options that name somebody. */
const PERSONS = ['after', 'from', 'to', 'rank'] as const;

async function* rowsOf(
  bitmapist: Bitmapist,
  set: EventSet,
  flags: readonly EventSet[],
  options: PeopleCommandOptions,
): AsyncGenerator<PeopleRows, void> {
  for await (const { ids, flags: columns } of await pagesOf(bitmapist, set, flags, options)) {
    yield { people: await peopleOf(bitmapist, ids), flags: columns };
  }
}

/** Of a sample, whoever was drawn is a set of its own. */
async function pagesOf(
  bitmapist: Bitmapist,
  set: EventSet,
  flags: readonly EventSet[],
  options: PeopleCommandOptions,
): Promise<AsyncIterable<JoinedPeople>> {
  const { sample, seed } = options;
  if (sample === undefined) return joinFlags(set, flags, await stretchOf(bitmapist, options));
  const drawn = new Bitmapist();
  await drawn.markUnique('drawn', await sampleOf(set, sample, { seed }));
  return joinFlags(drawn.unique('drawn'), flags);
}

/** Those of the options that choose people, and no other. */
async function stretchOf(bitmapist: Bitmapist, options: PeopleCommandOptions): Promise<PeopleOptions> {
  const { offset, limit } = options;
  const number = async (name: 'after' | 'from' | 'to'): Promise<number | undefined> => {
    const text = options[name];
    return text === undefined ? undefined : numberOf(bitmapist, `--${name}`, text, options);
  };
  return { offset, limit, after: await number('after'), from: await number('from'), to: await number('to') };
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
  record: Readonly<Record<string, Person | null>>,
  line: string | undefined,
  expression: string,
  notes: readonly string[],
  options: PeopleCommandOptions,
): Promise<void> {
  const { format, output } = options;
  const isFound = line !== undefined;
  const parts = {
    text: () => (isFound ? textFor(output, `${line}\n`) : ''),
    csv: () =>
      toCsv([Object.keys(record), ...(isFound ? [Object.values(record).map((value) => value ?? '')] : [])]),
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
