import { BitmapistError } from '../../base/errors.js';
import type { Role } from './options.js';

/** A file of events with a row that is no event. Every row before it was handed out. */
export class RowError extends BitmapistError {
  override name = 'RowError';
  /** `line 7` or `row 7`: where the broken row begins, counted from 1. */
  readonly place: string;
  /** What is wrong with it, in one sentence, without the place. */
  readonly problem: string;
  /** How many events were read before it. */
  readonly rows: number;
  /** Whether `skipBroken` leaves such a row out; false if the file cannot be read on. */
  isSkippable = false;

  constructor(problem: string, place: string, rows: number, options?: ErrorOptions) {
    super(`${place}: ${problem}`, options);
    this.place = place;
    this.problem = problem;
    this.rows = rows;
  }
}

/** A CSV that does not hold what it should. */
export class CsvError extends RowError {
  override name = 'CsvError';
  /** The line the broken row begins in, counted from 1. */
  readonly line: number;

  constructor(problem: string, line: number, rows: number, options?: ErrorOptions) {
    super(problem, `line ${line}`, rows, options);
    this.line = line;
  }
}

/** A file of which it cannot be told what its columns are for: none fits, or several do. Nothing was read. */
export class ColumnsError extends BitmapistError {
  override name = 'ColumnsError';
  /** What no column, or more than one, was found for. */
  readonly role: Role;
  /** The columns that could be meant; none if none fits. */
  readonly candidates: readonly string[];
  /** All columns of the file. */
  readonly names: readonly string[];

  constructor(message: string, role: Role, candidates: readonly string[], names: readonly string[]) {
    super(message);
    this.role = role;
    this.candidates = candidates;
    this.names = names;
  }
}
