import { closeSync, constants, openSync, type Stats, statSync } from 'node:fs';
import { isatty } from 'node:tty';

/** What an output path may lead to that is no file: it takes what is written, whatever it is called. */

/** Whether there is a device or a pipe, such as `/dev/null`. */
export function isDevice(path: string): boolean {
  const stats = statsOf(path);
  return stats !== undefined && (stats.isCharacterDevice() || stats.isFIFO());
}

/** Whether there is a terminal, such as `/dev/tty`. */
export function isTerminalDevice(path: string): boolean {
  // A pipe would wait for its reader.
  if (!statsOf(path)?.isCharacterDevice()) return false;
  const device = openSync(path, constants.O_WRONLY | constants.O_NOCTTY);
  try {
    return isatty(device);
  } finally {
    closeSync(device);
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
