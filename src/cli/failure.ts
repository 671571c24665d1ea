import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import stringWidth from 'string-width';
import { printable, SyntaxProblem } from '../index.js';
import { printableLines } from './terminal.js';

/** The user asked for something that cannot be: said in one sentence, exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Exit codes: the user's fault, and everything else. */
const USAGE = 2;
const FAILURE = 1;

/** Says in one sentence on standard error what went wrong (with DEBUG set: everything) and returns the exit code. */
export function reportFailure(error: unknown): number {
  // Commander has said it already; asking for help is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  say(sentenceOf(error));
  if (process.env.DEBUG) process.stderr.write(`${printableLines(inspect(error))}\n`);
  return isUsersFault(error) ? USAGE : FAILURE;
}

/** Says something on standard error; names in it are printable. */
export function say(sentence: string): void {
  process.stderr.write(`bitmapist: ${sentence}\n`);
}

const later: string[] = [];

/** Has something said once the command has answered; nothing is, if it fails. */
export function sayLater(sentence: string): void {
  later.push(sentence);
}

/** Says what was left for the end of the command. */
export function sayRest(): void {
  for (const sentence of later.splice(0)) say(sentence);
}

/** What went wrong, for people, in characters that can be seen; after a text that does not parse, the place in it. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const sentence = printable(refusalOf(error) ?? (error.message.trimEnd() || error.name));
  if (!(error instanceof SyntaxProblem)) return sentence;
  const advice = sentence.endsWith(BLANK) ? '; names with blanks go in double quotes' : '';
  return `${sentence}${advice}\n${excerptOf(error)}`;
}

/** How the message ends about a name with a blank in it. */
const BLANK = '"@" and a period, got " "';

/** What the file system refused, if it is not known what for. */
function refusalOf({ message, code, path }: NodeJS.ErrnoException): string | undefined {
  if (code === undefined || !message.startsWith(`${code}: `)) return undefined;
  return `expected access to ${path === undefined ? 'a file' : JSON.stringify(path)}, got ${code}`;
}

/** The caret moves by columns of the terminal, of which a character may take two. */
function excerptOf({ excerpt }: SyntaxProblem): string {
  const [line = '', caret = ''] = excerpt.split('\n');
  return `${line}\n${' '.repeat(stringWidth(line.slice(0, caret.length - 1)))}^`;
}

function isUsersFault(error: unknown): boolean {
  if (error instanceof UsageError || error instanceof SyntaxProblem) return true;
  // The library answers arguments it cannot take with these, and always in this form.
  const isArgumentError = error instanceof RangeError || error instanceof TypeError;
  return isArgumentError && error.message.startsWith('expected ');
}
