import { type Bitmapist, plural, type Store, StoreError } from '../index.js';
import type { KeptPeople } from '../people.js';
import type { WriteRdbOptions } from '../rdb.js';
import { isRedisUrl } from './address.js';
import { sayLater, UsageError } from './failure.js';
import { grouped, writeLine } from './output.js';
import { noteNamed } from './person.js';
import { withProgress } from './progress.js';
import { type SourceOptions, withSource } from './source.js';
import { onlyStrings, reportLeftOut, withKeys } from './strings.js';
import { type Refusal, type Target, type TargetOptions, withTarget } from './target.js';
import { withoutPassword } from './url.js';

export interface ExportOptions extends SourceOptions, TargetOptions {
  readonly skipBroken?: boolean;
}

/** Copies the bitmaps of a source, and its map of people, to a dump, a file of Parquet, a folder or a Redis; names the keys that are left out. */
export async function exportSource(source: string, options: ExportOptions): Promise<void> {
  const leftOut = new Set<string>();
  const { keys, refused } = await withTarget(options, (target) =>
    withSource(source, { ...options, bringsPeople: true }, async (bitmapist) => {
      const { store, prefix } = bitmapist;
      const found = await peopleIn(bitmapist, options);
      const { names = 'map' } = target;
      const people = names === 'map' || (names !== 'none' && options.people) ? found : undefined;
      if (people !== found) sayLeftOut(names, withoutPassword(options.to));
      const strings = isRedisUrl(source) ? onlyStrings(store, (key) => leftOut.add(key)) : store;
      const { refused, taken, count } = await survey(strings.keys(prefix), target);
      if (!options.skipBroken) expectNone(refused);
      // A dump without a key would take the place of a good one.
      if (count === 0) {
        throw new UsageError(
          `expected keys that begin with ${JSON.stringify(prefix)} in ${withoutPassword(source)}, got none`,
        );
      }
      if (taken !== undefined) {
        throw new UsageError(
          `expected a Redis that has none of the ${count} ${plural(count, 'key')}, got one that has ${JSON.stringify(taken)}; --replace replaces what is there`,
        );
      }
      // A user of the server who may not look is told of none.
      if (people === undefined) noteNamed((await target.countPeople?.().catch(() => 0)) ?? 0);
      const others = people === undefined ? 0 : ((await target.countPeople?.()) ?? 0);
      if (others > 0) {
        throw new UsageError(
          `expected a Redis that has no names of people yet, got one with ${grouped(others)}, whose numbers stand for others`,
        );
      }
      return { keys: await copy(without(strings, refused), target, { people }, bitmapist), refused };
    }),
  );
  reportLeftOut(leftOut);
  for (const [key, { why }] of refused) reportLeftOut([key], why);
  await writeLine(`${keys} ${plural(keys, 'key')}`);
}

/** What is known before anything is written. */
interface Survey {
  /** Keys that the target cannot have, and why. */
  readonly refused: ReadonlyMap<string, Refusal>;
  /** One that it has and must keep. */
  readonly taken: string | undefined;
  /** Number of keys that are not refused. */
  readonly count: number;
}

const KEYS_AT_ONCE = 1000;

async function survey(keys: AsyncIterable<string>, target: Target): Promise<Survey> {
  const refused = new Map<string, Refusal>();
  let taken: string | undefined;
  let count = 0;
  let batch: string[] = [];
  for await (const key of keys) {
    const refusal = target.refuses(key);
    if (refusal !== undefined) refused.set(key, refusal);
    else if (batch.push(key) === KEYS_AT_ONCE) {
      taken ??= await target.findTaken?.(batch);
      count += batch.length;
      batch = [];
    }
  }
  taken ??= await target.findTaken?.(batch);
  return { refused, taken, count: count + batch.length };
}

function expectNone(refused: ReadonlyMap<string, Refusal>): void {
  const [first] = refused.values();
  if (first === undefined) return;
  const more = refused.size - 1;
  const others = more === 0 ? '' : ` and ${grouped(more)} more such ${plural(more, 'key')}`;
  throw new UsageError(`${first.sentence}${others}; --skip-broken leaves out such keys`);
}

function without(store: Store, refused: ReadonlyMap<string, Refusal>): Store {
  if (refused.size === 0) return store;
  return withKeys(store, async function* (prefix, options) {
    for await (const key of store.keys(prefix, options)) if (!refused.has(key)) yield key;
  });
}

function sayLeftOut(names: Target['names'], to: string): void {
  if (names === 'none') sayLater(`left out the names of people, of whom ${to} can have numbers alone`);
  if (names === 'map if asked') {
    sayLater('left out the names of people, since folders are for publishing; --people takes them along');
  }
}

/** The map of people, if there is one and anybody in it. */
async function peopleIn(
  { people }: Bitmapist,
  { people: isWanted }: ExportOptions,
): Promise<KeptPeople | undefined> {
  const size = await people?.size().catch((error: unknown) => {
    // A user of Redis may have no more than the keys of events.
    if (isWanted || !(error instanceof StoreError)) throw error;
    return 0;
  });
  // Every map of the command can be copied.
  return size ? (people as KeptPeople) : undefined;
}

async function copy(
  store: Store,
  target: Target,
  options: Pick<WriteRdbOptions, 'people'>,
  source: Bitmapist,
): Promise<number> {
  let written = 0;
  await withProgress('writing', (show) => {
    const onProgress = (keys: number) => {
      written = keys;
      show(`writing: ${grouped(keys)} ${plural(keys, 'key')}`);
    };
    return target.write(store, { ...options, prefix: source.prefix, onProgress }, source);
  });
  return written;
}
