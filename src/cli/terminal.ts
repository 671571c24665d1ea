import { closeSync, constants, openSync, type Stats, statSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';
import { printable } from '../index.js';

/** Bits of colour that standard output has: 1 if it is no terminal. NO_COLOR is heard before FORCE_COLOR. */
export function colorDepth(): number {
  // Node hears them the other way round.
  if (process.env.NO_COLOR) return 1;
  if (!process.stdout.isTTY && !process.env.FORCE_COLOR) return 1;
  return WriteStream.prototype.getColorDepth(process.env);
}

/** A terminal that does not know how wide it is, as in a container or a recorded session, says 0. */
const DEFAULT_COLUMNS = 80;

/** Columns of the terminal; `undefined` if standard output is not a terminal. */
export function columns(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns || DEFAULT_COLUMNS : undefined;
}

/** Whether what is printed goes to a terminal: to standard output, or to a device such as `/dev/tty`. */
export function isTerminal(output: string | undefined): boolean {
  if (output === undefined) return process.stdout.isTTY;
  // A pipe would wait for its reader.
  if (!statsOf(output)?.isCharacterDevice()) return false;
  const device = openSync(output, constants.O_WRONLY | constants.O_NOCTTY);
  try {
    return isatty(device);
  } finally {
    closeSync(device);
  }
}

/** Whether a path leads to a device or a pipe, such as `/dev/null`: it takes what is written, whatever it is called. */
export function isDevice(path: string): boolean {
  const stats = statsOf(path);
  return stats !== undefined && (stats.isCharacterDevice() || stats.isFIFO());
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Text as an output takes it: a terminal, lines in which every character can be seen; all else, what it is. */
export function textFor(output: string | undefined, text: string): string {
  return isTerminal(output) ? printableLines(text) : text;
}

/** A value as a line of JSON; to a terminal, with the escapes of JSON for characters that cannot be seen. */
export function jsonFor(output: string | undefined, value: unknown): string {
  return textFor(output, `${JSON.stringify(value)}\n`);
}

/** Lines of others in which every character can be seen. */
export function printableLines(text: string): string {
  return text
    .split(/(\r?\n)/)
    .map((part, at) => (at % 2 === 0 ? printable(part) : part))
    .join('');
}
