import { extname } from 'node:path';
import { UsageError } from './failure.js';
import { isDevice } from './terminal.js';

/** What the ending of an output file says about what is written to it. */

/**
 * The format that the ending of an output file asks for; `undefined` if it asks for none.
 * @param formats what can be written, by ending
 */
export function formatOfEnding(
  output: string | undefined,
  formats: Readonly<Record<string, string>>,
): string | undefined {
  const ending = endingOf(output ?? '');
  const format = formats[ending];
  if (ending === '' || format !== undefined || isDevice(output ?? '')) return format;
  const endings = Object.keys(formats);
  throw new UsageError(
    `expected an output file that ends in ${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}, got ${JSON.stringify(output)}; with --format the name may end in anything`,
  );
}

/** The ending of a path if it says a kind, such as `.png`; not that of `users.2026` or `tmp.p5Xk2f8Qw0`. */
export function endingOf(path: string): string {
  const ending = extname(path).toLowerCase();
  return /^\.[a-z][a-z0-9]{0,7}$/.test(ending) ? ending : '';
}
