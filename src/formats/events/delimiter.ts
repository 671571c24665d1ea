import Papa from 'papaparse';

/** What stands between the fields of a CSV. */

const WORDS = new Map([
  [',', 'a comma'],
  ['\t', 'a tab'],
  [';', 'a semicolon'],
  ['|', 'a bar'],
]);

/** The delimiter of the first line that is not blank; `undefined` before that line is there. */
export function findDelimiter(text: string, isLast: boolean): string | undefined {
  const line = /[^\r\n][^\n]*(?=(\n?))/.exec(text);
  if (line === null || (line[1] === '' && !isLast)) return undefined;
  return Papa.parse(line[0], { delimitersToGuess: [...WORDS.keys()], newline: '\n' }).meta.delimiter;
}

/** Whether a line is the one by which a spreadsheet is told the delimiter, `sep=;`, before the header. */
export function namesDelimiter(fields: readonly string[]): boolean {
  return fields.length === 2 && fields[0]!.toLowerCase() === 'sep=' && fields[1] === '';
}

/** A delimiter in words, with its article. */
export function delimiterWord(delimiter: string): string {
  return WORDS.get(delimiter)!;
}
