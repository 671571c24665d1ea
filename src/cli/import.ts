import { isRedisUrl } from './address.js';
import { checkCsv, isCsv, markCsv } from './csv.js';
import { UsageError } from './failure.js';
import { plural, writeLine } from './output.js';
import { withRedis } from './redis.js';
import { bitmapistOf, type SourceOptions } from './source.js';

export interface ImportOptions extends SourceOptions {
  readonly to: string;
  /** Whether many marks of a key may be merged by a script. */
  readonly scripts: boolean;
}

/** Marks the events of a file in Redis. The file is checked first: a broken one leaves Redis as it was. */
export async function importFile(path: string, options: ImportOptions): Promise<void> {
  if (!isRedisUrl(options.to)) {
    throw new UsageError(`expected a redis:// URL behind --to, got ${JSON.stringify(options.to)}`);
  }
  if (!isCsv(path)) throw new UsageError(`expected a .csv or .csv.gz file, got ${JSON.stringify(path)}`);
  const { rows, events, ids, span } = await withRedis(options.to, options, async (store) => {
    await checkCsv(path, options);
    return markCsv(bitmapistOf(store, options), path, options);
  });
  await writeLine(
    `${rows} ${plural(rows, 'row')}, ${events} ${plural(events, 'event')}, ${ids} ${plural(ids, 'id')}`,
  );
  span.report();
}
