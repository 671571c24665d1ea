import stringWidth from 'string-width';
import { printable } from '../index.js';
import { toCsv } from '../report.js';
import { textFor } from './terminal.js';

/** People as rows, written while they are read, however many there are. */

export type RowFormat = 'text' | 'csv' | 'json' | 'rows';

/** A stretch of people, and a column for each flag: 1 for those who have it, 0 for the others. */
export interface PeopleRows {
  readonly ids: Uint32Array;
  readonly flags: readonly Uint8Array[];
}

export interface RowOptions {
  readonly format: RowFormat;
  /** Of the flags. */
  readonly labels: readonly string[];
  readonly output: string | undefined;
}

/** The rows in a format, but for what stands around those of JSON. */
export async function* formatRows(
  pages: AsyncIterable<PeopleRows>,
  { format, labels, output }: RowOptions,
): AsyncGenerator<string, void> {
  if (format === 'csv') {
    yield textFor(output, toCsv([[ID, ...labels]]));
    for await (const page of pages) yield linesOf(page, csvLine, '\r\n');
  } else if (format === 'text') {
    yield* textOf(pages, labels);
  } else {
    const heads = labels.map((label) => `,${textFor(output, JSON.stringify(label))}:`);
    const object: Line = (id, flags) =>
      `{"${ID}":${id}${flags.map((flag, index) => `${heads[index]}${flag === 1}`).join('')}}`;
    let separator = '';
    for await (const page of pages) {
      yield separator + linesOf(page, object, ',').slice(0, -1);
      separator = ',';
    }
  }
}

/** The name of the column of ids. */
export const ID = 'id';

type Line = (id: number, flags: readonly number[]) => string;

function csvLine(id: number, flags: readonly number[]): string {
  return flags.length === 0 ? String(id) : `${id},${flags.join(',')}`;
}

/** One id a line, or columns as wide as the first stretch needs them. */
async function* textOf(
  pages: AsyncIterable<PeopleRows>,
  labels: readonly string[],
): AsyncGenerator<string, void> {
  const heads = labels.map(printable);
  const widths = heads.map((head) => Math.max(stringWidth(head), 'yes'.length));
  let width = 0;
  for await (const page of pages) {
    if (heads.length === 0) {
      yield linesOf(page, String, '\n');
      continue;
    }
    if (width === 0) {
      width = Math.max(ID.length, String(page.ids.at(-1)).length);
      yield `${[ID.padStart(width), ...heads.map((head, index) => pad(head, widths[index]!))].join('  ').trimEnd()}\n`;
    }
    const line: Line = (id, flags) => {
      const words = flags.map((flag, index) => (flag === 1 ? 'yes' : 'no').padEnd(widths[index]!));
      return [String(id).padStart(width), ...words].join('  ').trimEnd();
    };
    yield linesOf(page, line, '\n');
  }
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function linesOf({ ids, flags }: PeopleRows, line: Line, end: string): string {
  let text = '';
  for (let at = 0; at < ids.length; at += 1) {
    text += line(
      ids[at]!,
      flags.map((flag) => flag[at]!),
    );
    text += end;
  }
  return text;
}
