import { RowError } from '../../csv.js';
import { SyntaxProblem } from '../../index.js';
import type { Problem, ReadingView } from './protocol.js';

/** What is wrong with a file of events, beside what is known of it: another way to read it may do. */
export class ReadingError extends Error {
  readonly reading: ReadingView;

  constructor(cause: Error, reading: ReadingView) {
    super(cause.message, { cause });
    this.reading = reading;
  }
}

/** An error as plain data. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ReadingError) {
    const { message, cause, reading } = error;
    return { message, reading, isRow: cause instanceof RowError };
  }
  if (error instanceof SyntaxProblem) return { message: error.message, offset: error.offset };
  return { message: error instanceof Error ? error.message : String(error) };
}
