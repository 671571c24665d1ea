import type { FileKind } from '../csv.js';
import { IncompleteMarksError, MemoryStore, plural } from '../index.js';
import { KeyGrowthError, RedisPeople, type RedisStore } from '../redis.js';
import { isRedisUrl } from './address.js';
import { UsageError } from './failure.js';
import { isOfEvents, withInput, withRepeatable } from './input.js';
import { checkFile, markFile } from './marking.js';
import { grouped, writeLine } from './output.js';
import { noteNamed } from './person.js';
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
    throw new UsageError(`expected a redis:// URL after --to, got ${JSON.stringify(options.to)}`);
  }
  const { rows, events, ids, named, report } = await withInput(path, async (input) => {
    if (!isOfEvents(input)) throw refuse(path, input?.kind);
    return withRedis(options.to, options, (store, client) =>
      withRepeatable(input, async (file) => {
        const rehearsal = bitmapistOf(new Rehearsal(store), options);
        await checkFile(file, options, rehearsal, store.maxKeyBytes * 8).catch((error: unknown) => {
          throw refusalOf(path, error) ?? error;
        });
        const people = new RedisPeople(client);
        // A user of the server who may not look is asked for none.
        const named = options.people ? 0 : await people.size().catch(() => 0);
        const bitmapist = bitmapistOf(store, options, options.people ? people : undefined);
        return { ...(await markFile(bitmapist, file, options)), named };
      }),
    );
  });
  const people = options.people ? plural(ids, 'person', 'people') : plural(ids, 'id');
  await writeLine(`${rows} ${plural(rows, 'row')}, ${events} ${plural(events, 'event')}, ${ids} ${people}`);
  report();
  noteNamed(named, '; --people takes ids of a file for names');
}

/** Takes no marks, and refuses those that a Redis would refuse. */
class Rehearsal extends MemoryStore {
  readonly #redis: RedisStore;

  constructor(redis: RedisStore) {
    super();
    this.#redis = redis;
  }

  override write(...write: Parameters<RedisStore['checkGrowth']>): Promise<void> {
    return this.#redis.checkGrowth(...write);
  }
}

function refusalOf(path: string, error: unknown): UsageError | undefined {
  const cause = error instanceof IncompleteMarksError ? error.cause : undefined;
  if (!(cause instanceof KeyGrowthError)) return undefined;
  const { key, id, neededBytes, maxKeyBytes } = cause;
  return new UsageError(
    `expected ids below ${maxKeyBytes * 8} in ${path}, got ${id}, for which key ${JSON.stringify(key)} would take ${grouped(neededBytes)} ${plural(neededBytes, 'byte')}; nothing was written; --max-key-bytes ${neededBytes} allows that`,
    { cause },
  );
}

function refuse(path: string, kind: FileKind | undefined): UsageError {
  const advice = kind === 'dump' ? ', which is a dump; export copies dumps' : '';
  return new UsageError(
    `expected a .csv, .tsv, .jsonl or .parquet file, got ${JSON.stringify(path)}${advice}`,
  );
}
