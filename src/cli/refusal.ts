import { type Columns, ColumnsError, RowError } from '../csv.js';
import { plural } from '../index.js';
import { UsageError } from './failure.js';
import type { Input } from './input.js';
import { grouped } from './output.js';
import { isOfTexts, isOfUnits, type ReadingOptions, withoutAdvice } from './reading.js';

/** What is wrong with a file of events, and the option that helps. */

/**
 * What the file is refused for, in a sentence; `undefined` for an error of another kind.
 * @param consequence what follows from it
 */
export function explainRefusal(
  error: unknown,
  input: Input,
  options: ReadingOptions,
  consequence: string,
): UsageError | undefined {
  if (error instanceof UsageError) return error;
  if (error instanceof ColumnsError) return explainColumns(error, input, options);
  return error instanceof RowError ? explainRow(error, input, options, consequence) : undefined;
}

function explainRow(
  cause: RowError,
  { name }: Input,
  { people, skipBroken }: ReadingOptions,
  consequence: string,
): UsageError {
  const { place, problem, rows } = cause;
  const before = `${grouped(rows)} ${plural(rows, 'row was', 'rows were')} read before it`;
  const isText = !people && isOfTexts(problem);
  const advice = isText ? ['--people takes ids that are texts'] : [];
  if (isOfUnits(problem)) advice.push('--time-format names the unit of all');
  if (problem.startsWith('expected UTF-8 text')) advice.push(TO_UTF_8);
  // Other ids are not of another kind than all of the first rows.
  const isOnlyOne = !isText || rows > 0;
  if (cause.isSkippable && !skipBroken && isOnlyOne) advice.push('--skip-broken leaves out such rows');
  const sentence = [`${name}, ${place}: ${withoutAdvice(problem)}`, before + consequence, ...advice].join(
    '; ',
  );
  return new UsageError(sentence, { cause });
}

/** What spreadsheets save as CSV is in the encoding of their Windows. */
const TO_UTF_8 = 'iconv -f windows-1252 -t utf-8 makes UTF-8 of what a spreadsheet saved';

const WORDS: Readonly<Record<keyof Columns, string>> = { user: 'users', time: 'times', event: 'event names' };

function explainColumns(cause: ColumnsError, { name }: Input, { columns }: ReadingOptions): UsageError {
  const { role, candidates, names } = cause;
  const given = columns?.[role];
  const fail = (expected: string, got: readonly string[], advice: string): UsageError =>
    new UsageError(`expected ${expected} in ${name}, got ${listed(got)}${advice}`, { cause });
  if (given !== undefined) return fail(`one column ${JSON.stringify(given)} of ${WORDS[role]}`, names, '');
  if (candidates.length > 0) {
    return fail(
      `one column of ${WORDS[role]}`,
      candidates,
      `; --columns ${role}=${candidates[0]} takes the first`,
    );
  }
  const otherwise = role === 'event' ? ', --event NAME that all rows are the same event' : '';
  return fail(
    `a column of ${WORDS[role]}`,
    names,
    `; --columns ${role}=NAME says which one it is${otherwise}`,
  );
}

/** As many as can be taken in. */
const SHOWN_NAMES = 12;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  if (more > 0) shown.push(`${grouped(more)} more`);
  const last = shown.pop();
  if (last === undefined) return 'none';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
