/** Who is in a set of 10 million: a page, a rank, a sample, flags of a page; beside writing out everybody and looking there. */
import { Bitmapist, type EventSet, MemoryStore } from '../src/index.js';
import { idAt, joinFlags, pageOf, rankOf, sampleOf } from '../src/people.js';
import { makeIds } from './data.js';
import type { Suite } from './suite.js';

const UNIVERSE = 50_000_000;
const DENSITY = 0.2;
const OFFSET = 1_000_000;
const LIMIT = 100;
const SAMPLE = 1000;

export async function benchPeople(suite: Suite): Promise<void> {
  const bitmapist = new Bitmapist({ store: new MemoryStore() });
  await bitmapist.markUnique('one', makeIds(1, UNIVERSE, DENSITY, 'uniform'));
  await bitmapist.markUnique('two', makeIds(2, UNIVERSE, DENSITY, 'uniform'));
  const [one, two] = [bitmapist.unique('one'), bitmapist.unique('two')];
  await benchSet(suite, 'of 10 M', one, two);
  await benchSet(suite, 'of 10 M or 10 M others', one.or(two), two);
}

async function benchSet(suite: Suite, name: string, set: EventSet, flag: EventSet): Promise<void> {
  const all = await set.ids();
  const id = all[OFFSET]!;
  const { ids } = await pageOf(set, { offset: OFFSET, limit: LIMIT });
  const isSame = ids.every((found, place) => found === all[OFFSET + place]);
  if (!isSame || (await rankOf(set, id)) !== OFFSET || (await idAt(set, OFFSET)) !== id) {
    throw new Error('expected the people that everybody has at these places');
  }
  const peers = [{ name: 'ids(), then looking there', run: () => set.ids() }];
  const compare = (what: string, ours: () => unknown) =>
    suite.compare({ name: `${what} ${name}, in memory`, ours, peers });
  await compare('100 people at 1,000,000', () => pageOf(set, { offset: OFFSET, limit: LIMIT }));
  await compare('100 people after the 1,000,000th', () => pageOf(set, { after: id, limit: LIMIT }));
  await compare('rank of the 1,000,000th', () => rankOf(set, id));
  await compare('rank of the last', () => rankOf(set, all.at(-1)!));
  await compare('sample of 1,000', () => sampleOf(set, SAMPLE));
  await compare('100 people and a flag after the 1,000,000th', () =>
    joinFlags(set, [flag], { after: id, limit: LIMIT }).next(),
  );
}
