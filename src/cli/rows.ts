import stringWidth from 'string-width';
import { type Person, printable } from '../index.js';
import { toCsv } from '../report.js';
import { textFor } from './terminal.js';

/** People as rows, written while they are read, however many there are. */

export type RowFormat = 'text' | 'csv' | 'json' | 'rows';

/** A stretch of people, and a column for each flag: 1 for those who have it, 0 for the others. */
export interface PeopleRows {
  /** Their ids, or texts. */
  readonly people: ArrayLike<Person>;
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
    for await (const page of pages) yield textFor(output, csvOf(page));
  } else if (format === 'text') {
    for await (const text of textOf(pages, labels)) yield textFor(output, text);
  } else {
    const heads = labels.map((label) => `,${textFor(output, JSON.stringify(label))}:`);
    const object: Line = (person, flags) =>
      `{"${ID}":${JSON.stringify(person)}${flags.map((flag, index) => `${heads[index]}${flag === 1}`).join('')}}`;
    let separator = '';
    for await (const page of pages) {
      yield separator + textFor(output, linesOf(page, object, ',').slice(0, -1));
      separator = ',';
    }
  }
}

/** The name of the column of ids. */
export const ID = 'id';

type Line = (person: Person, flags: readonly number[]) => string;

/** Texts of people have the guard against formulas; numbers need none. */
function csvOf(page: PeopleRows): string {
  if (page.people instanceof Uint32Array) return linesOf(page, csvLine, '\r\n');
  return toCsv(Array.from(page.people, (person, at) => [person, ...page.flags.map((flag) => flag[at]!)]));
}

function csvLine(person: Person, flags: readonly number[]): string {
  return flags.length === 0 ? String(person) : `${person},${flags.join(',')}`;
}

/** One a line, or columns as wide as the first stretch needs them: numbers end at one place, texts begin there. */
async function* textOf(
  pages: AsyncIterable<PeopleRows>,
  labels: readonly string[],
): AsyncGenerator<string, void> {
  const heads = labels.map(printable);
  const widths = heads.map((head) => Math.max(stringWidth(head), 'yes'.length));
  let align: ((text: string) => string) | undefined;
  for await (const page of pages) {
    if (heads.length === 0) {
      yield linesOf(page, String, '\n');
      continue;
    }
    if (align === undefined) {
      align = alignerOf(page);
      yield `${[align(ID), ...heads.map((head, index) => pad(head, widths[index]!))].join('  ').trimEnd()}\n`;
    }
    yield linesOf(page, lineOf(align, widths), '\n');
  }
}

function alignerOf({ people }: PeopleRows): (text: string) => string {
  if (people instanceof Uint32Array) {
    const width = Math.max(ID.length, String(people.at(-1)).length);
    return (text) => text.padStart(width);
  }
  const width = Array.from(people, (person) => stringWidth(printable(String(person)))).reduce(
    (most, each) => Math.max(most, each),
    ID.length,
  );
  return (text) => pad(text, width);
}

function lineOf(align: (text: string) => string, widths: readonly number[]): Line {
  return (person, flags) => {
    const words = flags.map((flag, index) => (flag === 1 ? 'yes' : 'no').padEnd(widths[index]!));
    return [align(printable(String(person))), ...words].join('  ').trimEnd();
  };
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function linesOf({ people, flags }: PeopleRows, line: Line, end: string): string {
  let text = '';
  for (let at = 0; at < people.length; at += 1) {
    text += line(
      people[at]!,
      flags.map((flag) => flag[at]!),
    );
    text += end;
  }
  return text;
}
