import { WriteStream } from 'node:tty';
import { printable } from '../index.js';
import { isTerminalDevice } from './device.js';

/** Bits of colour that standard output has: 1 where it is no terminal. NO_COLOR is heard before FORCE_COLOR. */
export function colorDepth(): number {
  // Node hears them the other way round.
  if (process.env.NO_COLOR) return 1;
  if (!process.stdout.isTTY && !process.env.FORCE_COLOR) return 1;
  return WriteStream.prototype.getColorDepth(process.env);
}

/** A terminal that does not know how wide it is, as in a container or a recorded session, says 0. */
const DEFAULT_COLUMNS = 80;

/** Columns of the terminal; `undefined` where standard output is none. */
export function columns(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns || DEFAULT_COLUMNS : undefined;
}

/** Whether what is printed goes to a terminal: to standard output, or to the file `output`. */
export function isTerminal(output: string | undefined): boolean {
  return output === undefined ? process.stdout.isTTY : isTerminalDevice(output);
}

/** Text as an output takes it: a terminal, lines in which every character can be seen; all else, what it is. */
export function textFor(output: string | undefined, text: string): string {
  return isTerminal(output) ? printableLines(text) : text;
}

/** JSON as an output takes it: a terminal, with the escapes of JSON for characters that cannot be seen. */
export function jsonFor(output: string | undefined, json: string): string {
  return isTerminal(output) ? json.replace(BEYOND_ASCII, escapeUnseen) : json;
}

/** What `JSON.stringify` does not look at. */
const BEYOND_ASCII = /[\u007f-\u{10ffff}]/gu;

function escapeUnseen(character: string): string {
  if (printable(character) === character) return character;
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Lines of others in which every character can be seen. */
export function printableLines(text: string): string {
  return text
    .split(/(\r?\n)/)
    .map((part, at) => (at % 2 === 0 ? printable(part) : part))
    .join('');
}
