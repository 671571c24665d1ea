import stringWidth from 'string-width';
import {
  Bitmapist,
  DEFAULT_PREFIX,
  type Forgotten,
  type ForgottenEvent,
  type KeyKind,
  plural,
  printable,
} from '../index.js';
import { forgetInDump } from '../node.js';
import { RedisPeople } from '../redis.js';
import { isRedisUrl } from './address.js';
import { UsageError } from './failure.js';
import { isFolder } from './folder.js';
import { forgetInFolder } from './forget-folder.js';
import { isDump, withInput } from './input.js';
import { type FormatOptions, grouped, printAs } from './output.js';
import { readPerson } from './person.js';
import { withProgress } from './progress.js';
import { type ConnectOptions, withRedis } from './redis.js';
import { reportLeftOut } from './strings.js';
import { withoutPassword } from './url.js';

export interface ForgetOptions extends ConnectOptions, FormatOptions {
  readonly keyPrefix?: string;
  readonly db?: number;
  /** Whether ids are texts of people. */
  readonly people?: boolean;
}

/** Takes people out of a source, and prints what was cleared. */
export async function forgetPeople(
  source: string,
  ids: readonly string[],
  options: ForgetOptions,
): Promise<void> {
  const people = ids.map((id) => readPerson('id', id, options));
  const report = await withProgress(`forgetting in ${withoutPassword(source)}`, (show) =>
    forgetIn(source, people, options, (keys) =>
      show(`forgetting in ${withoutPassword(source)}: ${grouped(keys)} ${plural(keys, 'key')}`),
    ),
  );
  await printAs(options, { json: report, text: () => textOf(report) });
  reportLeftOut(report.leftOut);
}

async function forgetIn(
  source: string,
  people: readonly (number | string)[],
  { keyPrefix = DEFAULT_PREFIX, db, ...options }: ForgetOptions,
  show: (keys: number) => void,
): Promise<Forgotten> {
  const onProgress = ({ keys }: { readonly keys: number }) => show(keys);
  if (isRedisUrl(source)) {
    return withRedis(source, options, async (store, client) => {
      const map = new RedisPeople(client);
      // A number may have a text, too; a user of the server who may not look is asked for none.
      const hasMap = options.people || (await map.size().catch(() => 0)) > 0;
      const bitmapist = new Bitmapist({ store, prefix: keyPrefix, people: hasMap ? map : undefined });
      return bitmapist.forget(people, { onProgress });
    });
  }
  if (isDump(source)) {
    // Says what is wrong with the file's name.
    return withInput(source, () => forgetInDump(source, people, { prefix: keyPrefix, db, onProgress }));
  }
  if (await isFolder(source)) return forgetInFolder(source, keyPrefix, people);
  throw new UsageError(
    `expected a redis:// URL, an .rdb or .rdb.gz file or a folder of bitmaps, got ${JSON.stringify(withoutPassword(source))}; other sources are only read, so people are taken out of what they are made of`,
  );
}

/** What keys stand for, in the order in which they are named. */
const KINDS: readonly (readonly [kind: KeyKind, name: string])[] = [
  ['month', 'months'],
  ['week', 'weeks'],
  ['day', 'days'],
  ['hour', 'hours'],
  ['unique', 'flag'],
];

/** A line for all, and one for each event of which bits were cleared. */
function textOf({ people, bits, keys, events, results, texts, unknown }: Forgotten): string {
  const cleared = `${grouped(bits)} ${plural(bits, 'bit')} of ${grouped(keys)} ${plural(keys, 'key')} cleared`;
  const removed = texts === 0 ? '' : `, ${grouped(texts)} ${plural(texts, 'text')} removed`;
  const lines = [`${grouped(people)} ${plural(people, 'person', 'people')}: ${cleared}${removed}`];
  const rows = events.map((event): [string, string] => [printable(event.event), countsOf(event)]);
  if (results > 0) rows.push(['(stored results)', grouped(results)]);
  const width = Math.max(0, ...rows.map(([name]) => stringWidth(name)));
  for (const [name, counts] of rows) lines.push(`${name}${' '.repeat(width - stringWidth(name))}  ${counts}`);
  if (unknown.length > 0)
    lines.push(`unknown: ${unknown.map((text) => printable(JSON.stringify(text))).join(', ')}`);
  return lines.map((line) => `${line}\n`).join('');
}

function countsOf(event: ForgottenEvent): string {
  const counts = KINDS.filter(([kind]) => event[kind] > 0);
  return counts.map(([kind, name]) => `${name} ${grouped(event[kind])}`).join(', ');
}
