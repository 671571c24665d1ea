import { plural } from '../index.js';
import { RedisPeople } from '../redis.js';
import { isRedisUrl } from './address.js';
import { UsageError } from './failure.js';
import { isOfEvents, withInput, withRepeatable } from './input.js';
import { checkFile, markFile } from './marking.js';
import { writeLine } from './output.js';
import { withRedis } from './redis.js';
import { bitmapistOf, type SourceOptions } from './source.js';
import type { FileKind } from './stdin.js';

export interface ImportOptions extends SourceOptions {
  readonly to: string;
  /** Whether many marks of a key may be merged by a script. */
  readonly scripts: boolean;
}

/** Marks the events of a file in Redis. The file is checked first: a broken one leaves Redis as it was. */
export async function importFile(path: string, options: ImportOptions): Promise<void> {
  if (!isRedisUrl(options.to)) {
    throw new UsageError(`expected a redis:// URL after --to, got ${JSON.stringify(options.to)}`);
  }
  const { rows, events, ids, report } = await withInput(path, async (input) => {
    if (!isOfEvents(input)) throw refuse(path, input?.kind);
    return withRedis(options.to, options, (store, client) =>
      withRepeatable(input, async (file) => {
        await checkFile(file, options);
        const people = options.people ? new RedisPeople(client) : undefined;
        return markFile(bitmapistOf(store, options, people), file, options);
      }),
    );
  });
  const people = options.people ? plural(ids, 'person', 'people') : plural(ids, 'id');
  await writeLine(`${rows} ${plural(rows, 'row')}, ${events} ${plural(events, 'event')}, ${ids} ${people}`);
  report();
}

function refuse(path: string, kind: FileKind | undefined): UsageError {
  const advice = kind === 'dump' ? ', which is a dump; export copies dumps' : '';
  return new UsageError(
    `expected a .csv, .tsv, .jsonl or .parquet file, got ${JSON.stringify(path)}${advice}`,
  );
}
