import {
  Bitmapist,
  DEFAULT_PREFIX,
  MemoryStore,
  type Moment,
  type People,
  Period,
  type QueryNode,
  type Store,
} from '../index.js';
import { MemoryPeople } from '../people.js';
import { RedisPeople } from '../redis.js';
import { markSample } from '../sample.js';
import { isRedisUrl, parseRedisUrl } from './address.js';
import { type CacheOptions, refuseCache, withCache } from './caching.js';
import { withClickHouse } from './clickhouse.js';
import { isClickHouseUrl } from './clickhouse-address.js';
import { type DumpOptions, loadDump } from './dump.js';
import { UsageError } from './failure.js';
import { isFolder, loadFolder } from './folder.js';
import { type HttpOptions, isHttpUrl, openHttp } from './http.js';
import { type EventsInput, type Input, isOfEvents, withInput, withRepeatable } from './input.js';
import { checkTracked, markFile, type TrackingOptions } from './marking.js';
import { sayNotes } from './notes.js';
import { withProgress } from './progress.js';
import { type ConnectOptions, withRedis } from './redis.js';
import type { NamedSegment } from './segment.js';
import { withoutPassword } from './url.js';

/** Where answers come from: Redis, ClickHouse, a published folder, files that are loaded into the embedded store, or the made-up app. */

export interface SourceOptions
  extends TrackingOptions,
    DumpOptions,
    HttpOptions,
    ConnectOptions,
    Pick<CacheOptions, 'cache' | 'check'> {
  readonly keyPrefix?: string;
  readonly timeZone?: string;
  /** Taken for now; the year of the made-up app ends with its day. */
  readonly now?: Moment;
  readonly segment?: readonly NamedSegment[];
  /** What will be asked: a source that cannot hold it is refused before it is read. */
  readonly queries?: readonly QueryNode[];
  /** Of what computes large questions. */
  readonly threads?: 'auto' | number;
  /** Whether hours will be asked for; the same goes for them. */
  readonly asksForHours?: boolean;
  /** Whether the map of people that is in a dump, a folder or a Redis is wanted, without `people` too. */
  readonly bringsPeople?: boolean;
  /** Told of files in a folder that are left out, by the keys they are named after. */
  readonly onOther?: (key: string) => void;
}

/**
 * Asks the events of a source.
 * @param notes sentences on how they were read, which standard error says, too
 */
export type Ask<T> = (bitmapist: Bitmapist, notes: readonly string[]) => Promise<T>;

/** Opens a source, lets `use` ask it, and closes it, and the threads that computed, whatever happens. */
export async function withSource<T>(source: string, options: SourceOptions, ask: Ask<T>): Promise<T> {
  const use: Ask<T> = (bitmapist, notes) => ask(bitmapist, notes).finally(() => bitmapist.close());
  if (isRedisUrl(source)) {
    return withRedis(source, options, (store, client) => {
      const people = wantsPeople(options) ? new RedisPeople(client) : undefined;
      const { kind, server, master, db } = parseRedisUrl(source);
      const address = [kind, server.split(',').sort(), master, db].join(' ');
      return withCache(store, address, options, (kept) =>
        askPeople(bitmapistOf(kept, options, people), options, use),
      );
    });
  }
  if (isHttpUrl(source)) {
    refusePeople(source, options);
    const store = await openHttp(source, options);
    return withCache(store, source, options, (kept) => askPeople(bitmapistOf(kept, options), options, use));
  }
  refuseCache(options, withoutPassword(source));
  if (isClickHouseUrl(source)) {
    return withClickHouse(source, options, (store) => use(bitmapistOf(store, options), []));
  }
  return await withInput(source, async (input) => {
    if (!isOfEvents(input)) return askPeople(await load(source, input, options), options, use);
    // Parquet is read from its end, and a file without a column of event names once more.
    const isReread = input.kind === 'parquet' || options.onlyEvent !== undefined;
    if (isReread) return withRepeatable(input, (file) => askFile(file, options, use));
    return askFile(input, options, use);
  });
}

function wantsPeople({ people, bringsPeople }: SourceOptions): boolean {
  return people === true || bringsPeople === true;
}

/** A map that nobody is in answers as the wrong source would. */
async function askPeople<T>(bitmapist: Bitmapist, { people }: SourceOptions, use: Ask<T>): Promise<T> {
  const isMissed = people === true && (await bitmapist.people?.size()) === 0;
  const notes = isMissed ? ['no names of people here, only numbers'] : [];
  const answer = await use(bitmapist, notes);
  sayNotes(notes.map((text) => ({ text })));
  return answer;
}

/** Has said how the file was read, after the answer. */
async function askFile<T>(file: EventsInput, options: SourceOptions, use: Ask<T>): Promise<T> {
  const people = options.people ? new MemoryPeople() : undefined;
  const bitmapist = bitmapistOf(new MemoryStore(), options, people);
  for (const query of [
    ...(options.queries ?? []),
    ...(options.segment ?? []).map((segment) => segment.query),
  ]) {
    checkTracked(query, options);
  }
  if (options.asksForHours && !options.hourly) {
    throw new UsageError('expected --hourly, since hours are asked for of a file');
  }
  const { notes, report } = await markFile(bitmapist, file, options);
  const answer = await use(bitmapist, notes);
  report();
  return answer;
}

async function load(source: string, input: Input | undefined, options: SourceOptions): Promise<Bitmapist> {
  const { keyPrefix = DEFAULT_PREFIX, onOther } = options;
  if (source === DEMO) {
    refusePeople(source, options);
    return (await makeDemo(options)).bitmapist;
  }
  const people = wantsPeople(options) ? new MemoryPeople() : undefined;
  if (input !== undefined)
    return bitmapistOf(await loadDump(input, keyPrefix, people, options), options, people);
  await expectFolder(source);
  return bitmapistOf(await loadFolder(source, keyPrefix, { onOther, people }), options, people);
}

function refusePeople(source: string, { people }: SourceOptions): void {
  if (!people) return;
  throw new UsageError(
    `expected --people with a file, a folder or a Redis, got ${withoutPassword(source)}, which has numbers alone`,
  );
}

export const DEMO = 'demo';

/** Anything that is not one of the other sources must be a folder. */
export async function expectFolder(source: string): Promise<void> {
  if (await isFolder(source)) return;
  throw new UsageError(
    `expected a .csv, .tsv, .jsonl, .parquet or .rdb file, a folder of bitmaps, an https://, redis:// or clickhouse:// URL or demo, got ${JSON.stringify(withoutPassword(source))}`,
  );
}

export function bitmapistOf(store: Store, options: SourceOptions, people?: People): Bitmapist {
  const { keyPrefix, timeZone, now, hourly, unique, threads } = options;
  const bitmapist = new Bitmapist({
    store,
    people,
    ...(threads === undefined ? {} : { threads }),
    ...(keyPrefix === undefined ? {} : { prefix: keyPrefix }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(now === undefined ? {} : { clock: () => now }),
    trackHourly: hourly ?? false,
    trackUnique: unique ?? false,
  });
  for (const { name, text } of options.segment ?? []) bitmapist.defineSegment(name, text);
  return bitmapist;
}

export interface Demo {
  readonly bitmapist: Bitmapist;
  readonly marks: number;
  readonly lastDay: Period;
}

/** Marks the made-up year, which ends today, and takes the moment it was asked at for now. */
export async function makeDemo(options: SourceOptions): Promise<Demo> {
  const { now = new Date() } = options;
  const bitmapist = bitmapistOf(new MemoryStore(), { ...options, now });
  const lastDay = Period.of('day', now, bitmapist.timeZone);
  const doing = 'making up a year of an app';
  const marks = await withProgress(doing, (show) =>
    markSample(bitmapist, { lastDay, onDay: (day) => show(`${doing}: ${day}`) }),
  );
  return { bitmapist, marks, lastDay };
}
