import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { SyntaxProblem } from '../index.js';

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
  const details = process.env.DEBUG ? `${inspect(error)}\n` : '';
  process.stderr.write(`bitmapist: ${sentenceOf(error)}\n${details}`);
  return isUsersFault(error) ? USAGE : FAILURE;
}

/** What went wrong, for people; after a text that does not parse, the place in it. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const sentence = error.message.split('\n', 1)[0] || error.name;
  return error instanceof SyntaxProblem ? `${sentence}\n${error.excerpt}` : sentence;
}

function isUsersFault(error: unknown): boolean {
  if (error instanceof UsageError || error instanceof SyntaxProblem) return true;
  // The library answers arguments it cannot take with these, and always in this form.
  const isArgumentError = error instanceof RangeError || error instanceof TypeError;
  return isArgumentError && error.message.startsWith('expected ');
}
