import { type Bitmapist, type Catalog, printable, StoreError } from '../index.js';
import { type AskedName, namesOfQuery } from '../measures.js';
import { RedisStore } from '../redis.js';
import { sayLater, sentenceOf } from './failure.js';
import type { NamedSegment } from './segment.js';

/** What is to be said beside an answer: sentences about names that nobody has. */

export interface NotesOptions {
  readonly segment?: readonly NamedSegment[];
  /** Whether the answer is what a wrong name would give. */
  readonly isEmpty: boolean;
  readonly maxLookMs?: number;
}

/** A Redis may hold any number of keys: neighbours of a name are those that begin alike, and the search has an end. */
const PREFIX_LENGTH = 2;
const MAX_LOOK_MS = 10_000;

/** What is to be said beside an answer. */
export interface Note {
  readonly text: string;
  /** Whom it is about; `undefined` if about all names. */
  readonly name?: string;
}

/** Finds what is to be said beside an answer, and has it said after it. */
export async function noteNames(...question: Parameters<typeof findNotes>): Promise<string[]> {
  return sayNotes(await findNotes(...question));
}

/** Has notes said after the answer. */
export function sayNotes(notes: readonly Note[]): string[] {
  for (const { text } of notes) sayLater(printable(text));
  return notes.map(({ text }) => text);
}

/**
 * A sentence for each name, of a question or in the segments, that no event has, and for each that is known as the other kind
 * alone: an event with dates is no flag. A Redis is looked through only if the
 * answer is empty; of all other sources the names are known.
 */
export async function findNotes(
  bitmapist: Bitmapist,
  names: Iterable<AskedName>,
  { segment = [], isEmpty, maxLookMs = MAX_LOOK_MS }: NotesOptions,
): Promise<Note[]> {
  const isRedis = bitmapist.store instanceof RedisStore;
  if (isRedis && !isEmpty) return [];
  const asked = [...names, ...segment.flatMap(({ query }) => namesOfQuery(query))];
  const signal = isRedis ? AbortSignal.timeout(maxLookMs) : undefined;
  const catalogs = new Map<string, Catalog>();
  const notes: Note[] = [];
  try {
    for (const [name, kinds] of byName(asked)) {
      const prefix = isRedis ? [...name].slice(0, PREFIX_LENGTH).join('') : '';
      const catalog = catalogs.get(prefix) ?? (await bitmapist.catalog({ prefix, signal }));
      catalogs.set(prefix, catalog);
      const texts = catalog.noteUnknownNames([name]);
      if (!segment.some((each) => each.name === name)) texts.push(...noteOtherKind(catalog, name, kinds));
      notes.push(...texts.map((text) => ({ text, name })));
    }
    return notes;
  } catch (error) {
    // The answer stands, whether or not its names can be looked for.
    if (signal?.aborted)
      return [{ text: `no end to the search for the events asked for within ${maxLookMs} ms` }];
    if (!(error instanceof StoreError)) throw error;
    return [{ text: `no answer whether there are the events asked for: ${sentenceOf(error)}` }];
  }
}

/** Each name once, with the ways it is asked for in. */
function byName(asked: readonly AskedName[]): Map<string, Set<AskedName['isFlag']>> {
  const groups = new Map<string, Set<AskedName['isFlag']>>();
  for (const { name, isFlag } of asked) groups.set(name, (groups.get(name) ?? new Set()).add(isFlag));
  return groups;
}

/** Says of an event that it is no flag, or of a flag that it has no dates, if that is asked for. */
function noteOtherKind(catalog: Catalog, name: string, kinds: ReadonlySet<AskedName['isFlag']>): string[] {
  const keys = catalog.get(name)?.keys;
  if (keys === undefined) return [];
  const { unique, ...dated } = keys;
  const quoted = JSON.stringify(name);
  if (unique === 0 && kinds.has(true)) return [`no flag ${quoted} here, but an event with dates`];
  const isDated = Object.values(dated).some((count) => count > 0);
  return !isDated && kinds.has(false) ? [`no dates of ${quoted} here, but a flag without them`] : [];
}
