import type { Columns, EventRow, EventsKind, ReadEventsOptions } from '../csv.js';
import { plural, printable } from '../index.js';
import { UsageError } from './failure.js';
import type { EventsInput, InputStream, SliceableStream } from './input.js';
import { grouped } from './output.js';

/** How the rows of a file of events are read, and what is to be said about it. */

/** What the command line tells about a file of events; what it does not, the file does. */
export interface ReadingOptions extends Pick<ReadEventsOptions, 'preset' | 'timeFormat'> {
  readonly columns?: Columns;
  /** The event of all rows. */
  readonly event?: string;
  /** The event of all rows of a file that has no column for it. */
  readonly onlyEvent?: string;
  /** Ids are texts. */
  readonly people?: boolean;
  readonly skipBroken?: boolean;
}

/** Reasons that are told, of all rows that were left out. */
const REASONS = 3;

/** One reading of a file, from its start to its end. */
export class Reading {
  readonly #input: EventsInput;
  readonly #options: ReadEventsOptions;
  readonly #guesses: string[] = [];
  readonly #reasons: string[] = [];
  #rows = 0;
  #skipped = 0;

  constructor(
    input: EventsInput,
    { columns, event, timeFormat, preset, people, skipBroken, hourly }: ReadingOptions & { hourly?: boolean },
  ) {
    this.#input = input;
    this.#options = {
      ...{ columns, event, timeFormat, preset, people, skipBroken },
      needsTime: hourly,
      onReading: ({ notes }) => void this.#guesses.push(...notes),
      onSkip: ({ place, problem, skipped }) => {
        this.#skipped = skipped;
        if (this.#reasons.length < REASONS) this.#reasons.push(`${place}: ${withoutAdvice(problem)}`);
      },
    };
  }

  /**
   * Its rows, in batches.
   * @throws UsageError if all of them are left out: nobody is what a wrong option would answer
   */
  async *rows(stream: InputStream): AsyncGenerator<readonly EventRow[], void> {
    for await (const rows of readAs(this.#input.kind, stream, this.#options)) {
      this.#rows += rows.length;
      yield rows;
    }
    if (this.#skipped > 0 && this.#rows === 0) {
      const all = `${grouped(this.#skipped)} broken ${plural(this.#skipped, 'row')}`;
      throw new UsageError(`expected events in ${this.#input.name}, got ${all}, such as ${this.#reasons[0]}`);
    }
  }

  /** Sentences on what was guessed. */
  get guesses(): readonly string[] {
    return this.#guesses.map((text) => printable(text.replace(PRESET_ADVICE, '--preset')));
  }

  /** The same, and one on what was left out. */
  get notes(): readonly string[] {
    return this.#skipped > 0 ? [...this.guesses, printable(this.#skippedNote())] : this.guesses;
  }

  #skippedNote(): string {
    const more = this.#skipped - this.#reasons.length;
    const reasons = more > 0 ? [...this.#reasons, `and ${grouped(more)} more`] : this.#reasons;
    return `left out ${grouped(this.#skipped)} broken ${plural(this.#skipped, 'row')}: ${reasons.join('; ')}`;
  }
}

/** Loads no reader but the one that is needed. */
async function* readAs(
  kind: EventsKind,
  stream: InputStream,
  options: ReadEventsOptions,
): AsyncGenerator<readonly EventRow[], void> {
  if (kind === 'csv') yield* (await import('../csv.js')).readEvents(stream, options);
  else if (kind === 'jsonl') yield* (await import('../jsonl.js')).readJsonLines(stream, options);
  // Whoever reads Parquet has made it repeatable.
  else yield* (await import('../parquet.js')).readParquet(stream as SliceableStream, options);
}

/** What the library advises its callers, who have no command line. */
const PEOPLE_ADVICE = /; if people are known by texts, read them with people$/;
const UNIT_ADVICE = /; if the whole file is in one unit, say it with the time format$/;
const PRESET_ADVICE = /(?<=, which )preset(?= \w+ reads$)/;

/** What is wrong with a row, for people. */
export function withoutAdvice(problem: string): string {
  return problem.replace(PEOPLE_ADVICE, '').replace(UNIT_ADVICE, '');
}

/** Whether a row may be sound, if ids are texts. */
export function isOfTexts(problem: string): boolean {
  return PEOPLE_ADVICE.test(problem);
}

/** Whether a row may be sound, if all times are in another unit. */
export function isOfUnits(problem: string): boolean {
  return UNIT_ADVICE.test(problem);
}
