import { ID_LIMIT } from '../../base/limits.js';
import { hasTimeOfDay } from '../../time/moment.js';
import { type FoundColumns, guessNotes } from './columns.js';
import type { RowError } from './errors.js';
import { EventNames } from './names.js';
import type { EventRow, ReadEventsOptions } from './options.js';
import { PRESETS } from './presets.js';
import { quoted, shown } from './quoting.js';
import { TimeReader } from './times.js';
import { readId, readText } from './users.js';

/** What becomes of the rows of a file, whatever its format: an event, an error, or one more that is left out. */
export class EventReading {
  /** Events so far. */
  rows = 0;
  readonly names = new EventNames();
  #skipped = 0;
  readonly #options: ReadEventsOptions;
  readonly #times: TimeReader;
  readonly #word: string;
  readonly #toError: (problem: string, at: number, rows: number) => RowError;
  #found: FoundColumns | undefined;
  #notes: readonly string[] = [];
  #isTold = false;
  /** Whether ids are numbers, and times may be whatever they are. */
  readonly #isPlain: boolean;

  /**
   * @param word what places are counted in: `line` or `row`
   * @param toError makes the error about a row that is broken
   * @throws TypeError or RangeError for options that mean nothing
   */
  constructor(
    options: ReadEventsOptions,
    word: 'line' | 'row',
    toError: (problem: string, at: number, rows: number) => RowError,
  ) {
    checkOptions(options);
    this.#options = options;
    this.#times = new TimeReader(
      options.timeFormat,
      options.preset !== undefined && PRESETS[options.preset].isUtc === true,
    );
    this.#isPlain = !options.people && !options.needsTime;
    this.#word = word;
    this.#toError = toError;
  }

  /** The columns are known; `notes` say what else was found out. */
  begin(found: FoundColumns, notes: readonly string[]): void {
    this.#found = found;
    this.#notes = notes;
  }

  /**
   * The event of a row, `undefined` if it is left out.
   * @param event not looked at if every row is the same event
   * @param at the line or row, counted from 1
   * @throws what is made of a broken row, unless such rows are left out
   */
  read(user: unknown, time: unknown, event: unknown, at: number): EventRow | undefined {
    const name = this.#options.event ?? event;
    if (name === undefined || name === null || name === '') {
      return this.reject(`expected an event name, got ${name === '' ? 'an empty field' : 'nothing'}`, at);
    }
    if (typeof name !== 'string' && typeof name !== 'number') {
      return this.reject(`expected an event name, got ${shown(name)}`, at);
    }
    if (this.#options.skipBroken && (isOtherText(name) || isOtherText(user))) {
      const text = isOtherText(name) ? name : user;
      return this.reject(`expected text, got bytes of another encoding in ${shown(text)}`, at);
    }
    let id: number | string;
    if (this.#options.people) {
      const read = readText(user);
      if ('problem' in read) return this.reject(read.problem, at);
      id = read.text;
    } else {
      const read = readId(user);
      if (typeof read === 'string') return this.reject(read, at);
      id = read;
    }
    const moment = this.#times.read(time);
    if (moment === undefined) return this.reject(this.#times.problem, at);
    if (this.#options.needsTime && !hasTimeOfDay(moment)) {
      return this.reject(
        `expected a date with a time of day to mark its hour, got ${quoted(String(moment))}`,
        at,
      );
    }
    if (!this.#isTold) this.tell();
    this.rows += 1;
    const text = String(name);
    return { event: this.names.read(text, 0, text.length), id, at: moment };
  }

  /**
   * The event of a row with an id, whose time lies in `[from, to)` of a text; `undefined` for a row that `read` knows more about.
   * @param event not looked at if every row is the same event
   */
  readPlain(id: number, text: string, from: number, to: number, event: string): EventRow | undefined {
    const name = this.#options.event ?? event;
    if (!this.#isPlain || !this.#isTold || name === '' || id >= ID_LIMIT) return undefined;
    if (this.#options.skipBroken && isOtherText(name)) return undefined;
    const at = this.#times.readPlain(text, from, to);
    if (at === undefined) return undefined;
    this.rows += 1;
    return { event: name, id, at };
  }

  /**
   * A row that is no event.
   * @throws what is made of a broken row, unless such rows are left out
   */
  reject(problem: string, at: number): undefined {
    if (!this.#options.skipBroken) {
      // A wrong guess may be why.
      this.tell();
      throw this.error(problem, at);
    }
    this.#skipped += 1;
    this.#options.onSkip?.({ place: `${this.#word} ${at}`, problem, skipped: this.#skipped });
    return undefined;
  }

  error(problem: string, at: number): RowError {
    const error = this.#toError(problem, at, this.rows);
    error.isSkippable = true;
    return error;
  }

  /** Tells what was found out about the file, once. */
  tell(): void {
    const found = this.#found;
    if (this.#isTold || found === undefined) return;
    this.#isTold = true;
    const unit = this.#times.settle();
    const notes = [...guessNotes(found), ...this.#notes, ...(unit === undefined ? [] : [unit])];
    this.#options.onReading?.({ columns: found.shown, notes });
  }
}

/** Bytes that are no text are read as U+FFFD if broken rows are left out. */
function isOtherText(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\uFFFD');
}

const TIME_FORMATS = ['unix', 'ms', 'us', 'ns', 'iso'];

function checkOptions({ event, timeFormat, preset }: ReadEventsOptions): void {
  if (event !== undefined && (typeof event !== 'string' || event === '')) {
    throw new TypeError(`expected the name of an event, got ${shown(event)}`);
  }
  if (timeFormat !== undefined && !TIME_FORMATS.includes(timeFormat)) {
    throw new RangeError(
      `expected a time format out of ${TIME_FORMATS.join(', ')}, got ${shown(timeFormat)}`,
    );
  }
  if (preset !== undefined && !Object.hasOwn(PRESETS, preset)) {
    throw new RangeError(`expected a preset out of ${Object.keys(PRESETS).join(', ')}, got ${shown(preset)}`);
  }
}
