import { findColumns } from './columns.js';
import { ColumnsError } from './errors.js';
import type { Peek, ReadEventsOptions } from './options.js';

/** How many rows are looked at before a file is read. */
export const PEEK_ROWS = 10;

/** What the beginning of a file tells: its columns, which of them would be read, and its first rows. */
export function toPeek(
  names: readonly string[],
  samples: readonly (readonly string[])[],
  options: ReadEventsOptions,
): Peek {
  try {
    return { names, samples, columns: findColumns(names, options).shown };
  } catch (problem) {
    if (problem instanceof ColumnsError) return { names, samples, problem };
    throw problem;
  }
}
