import { ColumnsError, type EventsKind, type Peek, type ReadEventsOptions, type Role } from '../../csv.js';
import { Bitmapist, IncompleteMarksError, MemoryStore, printable } from '../../index.js';
import { MemoryPeople } from '../../people.js';
import type { Dataset } from './dataset.js';
import { openFormat } from './format.js';
import { ReadingError } from './problem.js';
import type { EventsAsk, ReadingView } from './protocol.js';
import type { SourceFile } from './source.js';
import { areTexts } from './texts.js';

/** Reads a file of events: what is not said of it is found out from how it begins. */

/** What a file gave until it ended, or failed. */
export interface LoadedEvents {
  readonly dataset: Dataset;
  readonly reading: ReadingView;
  readonly failure: unknown;
}

/**
 * @param onRows told how many rows were read so far
 * @throws ReadingError if it cannot be told which columns are meant
 */
export async function loadEvents(
  file: SourceFile,
  kind: EventsKind,
  prefix: string,
  ask: EventsAsk,
  onRows: (rows: number) => void,
): Promise<LoadedEvents> {
  const format = await openFormat(kind, file);
  const asked = toOptions(ask);
  const peek = await format.peek(asked);
  const begun = beginOf(peek, ask);
  const { problem } = peek;
  if (problem !== undefined) throw new ReadingError(questionOf(problem, ask), begun);
  const { people } = begun;
  const reasons: string[] = [];
  const reading: Mutable<ReadingView> = { ...begun, reasons };
  const { timeZone = 'UTC', hourly = false, unique = false } = ask;
  const store = new MemoryStore();
  const texts = people ? { people: new MemoryPeople() } : {};
  const bitmapist = new Bitmapist({ store, prefix, timeZone, ...texts });
  let failure: unknown;
  try {
    const rows = format.read({
      ...asked,
      people,
      onReading: ({ columns, notes }) => {
        reading.taken = columns;
        reading.notes = notes;
      },
      onSkip: ({ place, problem, skipped }) => {
        reading.skipped = skipped;
        if (reasons.length < FIRST_REASONS) reasons.push(`${place}: ${problem}`);
      },
    });
    await bitmapist.markEvents(rows, {
      trackHourly: hourly,
      trackUnique: unique,
      onProgress: ({ rows }) => onRows(rows),
    });
  } catch (error) {
    const cause = error instanceof IncompleteMarksError ? error.cause : error;
    failure = cause instanceof Error ? new ReadingError(cause, reading) : cause;
  }
  const catalog = await bitmapist.catalog();
  const dataset = { db: 0, prefix, store, catalog, marks: { hourly, unique }, ...texts };
  return { dataset, reading, failure };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is wrong with so many rows tells what is wrong with the others. */
const FIRST_REASONS = 5;

function toOptions({ columns, event, timeFormat, preset, skipBroken, hourly }: EventsAsk): ReadEventsOptions {
  return { columns, event, timeFormat, preset, skipBroken, needsTime: hourly };
}

function beginOf({ names, samples, columns, problem }: Peek, ask: EventsAsk): ReadingView {
  const views = names.map((name, at) => ({ name, samples: samples.map((row) => row[at] ?? '') }));
  const ids = views.find(({ name }) => name === columns.user)?.samples ?? [];
  // What programs call an id is a text, which they may leave out for whoever is not signed in.
  const isUnseen = ask.preset !== undefined && ids.every((id) => id === '');
  return {
    columns: views,
    taken: columns,
    candidates: problem instanceof ColumnsError ? { [problem.role]: problem.candidates } : {},
    people: ask.people ?? (isUnseen || areTexts(ids)),
    notes: [],
    skipped: 0,
    reasons: [],
  };
}

const ROLES: Readonly<Record<Role, string>> = { user: 'who', time: 'when', event: 'what' };

/** The same problem in the words of the page. */
function questionOf(problem: Error, { columns }: EventsAsk): Error {
  if (!(problem instanceof ColumnsError) || columns?.[problem.role] !== undefined) return problem;
  const { role, candidates } = problem;
  const names = candidates.map(printable).join(', ');
  return new Error(
    names === ''
      ? `Which column says ${ROLES[role]}? None does by its name.`
      : `Which column says ${ROLES[role]}? It may be one of these: ${names}.`,
  );
}
