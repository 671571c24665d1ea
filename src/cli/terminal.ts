import { WriteStream } from 'node:tty';

/** Bits of colour that standard output has: 1 where it is no terminal. NO_COLOR is heard before FORCE_COLOR. */
export function colorDepth(): number {
  // Node hears them the other way round.
  if (process.env.NO_COLOR) return 1;
  if (!process.stdout.isTTY && !process.env.FORCE_COLOR) return 1;
  return WriteStream.prototype.getColorDepth(process.env);
}

/** Columns of the terminal; `undefined` where standard output is none. */
export function columns(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}
