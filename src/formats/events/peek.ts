import { findColumns } from './columns.js';
import type { ColumnsError } from './errors.js';
import type { Peek, ReadEventsOptions } from './options.js';

/** How many rows are looked at before a file is read. */
export const PEEK_ROWS = 10;

/** What the beginning of a file tells: its columns, which of them would be read, and its first rows. */
export function toPeek(
  names: readonly string[],
  samples: readonly (readonly string[])[],
  options: ReadEventsOptions,
): Peek {
  const problems: ColumnsError[] = [];
  const { shown: columns } = findColumns(names, options, (problem) => problems.push(problem));
  const [problem] = problems;
  return { names, samples, columns, ...(problem && { problem }) };
}
