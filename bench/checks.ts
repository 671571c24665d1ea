/** The table of finished days, kept: compared with the server before each question, against the same unchecked and against one EVAL. */
import { StoreError } from '../src/base/errors.js';
import { cached } from '../src/cached.js';
import { RedisStore } from '../src/redis.js';
import { countByScript } from './bitop.js';
import { type BenchServer, withServers } from './redis.js';
import { askTable, fill, KEYS, nameOf, type Size } from './retention.js';
import type { Suite } from './suite.js';

const SIZES: readonly Size[] = [
  { ids: 100_000, density: 0.05 },
  { ids: 2 ** 20, density: 0.2 },
  { ids: 2 ** 23, density: 0.2 },
];
const CACHE_BYTES = 512 * 2 ** 20;

export async function benchChecks(suite: Suite): Promise<void> {
  await withServers(suite.quick ? 'tests' : 'all', async (servers) => {
    for (const size of SIZES) {
      await fill(
        servers.map(({ client }) => client),
        size,
      );
      for (const server of servers) await benchTable(suite, server, size);
    }
  });
}

async function benchTable(suite: Suite, { name, server, client }: BenchServer, size: Size): Promise<void> {
  const own = await RedisStore.open(server.url);
  try {
    const kinds = (await hasDigests(own)) ? (['count', 'digest'] as const) : (['count'] as const);
    const [unchecked, ...checking] = (['never', ...kinds] as const).map((check) => {
      const store = cached(own, { maxBytes: CACHE_BYTES, check });
      return () => askTable(store);
    });
    const script = () => countByScript(client);
    const runs = {
      script,
      unchecked: unchecked!,
      ...Object.fromEntries(kinds.map((kind, index) => [kind, checking[index]!])),
    };
    const sums = new Set<number>();
    // Twice, since it is what was kept that is compared.
    for (const run of [...Object.values(runs), ...checking]) sums.add(await run());
    if (sums.size !== 1) throw new Error(`expected the same table of all, got ${[...sums].join(', ')}`);
    const figures = await suite.measure<string>(runs);
    for (const kind of kinds) {
      const ours = {
        name: nameOf(size, name, `cached, checked by ${kind}`),
        unit: 'ms',
        ours: figures[kind]!,
      } as const;
      suite.record({ ...ours, peerName: 'one EVAL', peer: figures.script! });
      suite.record({ ...ours, peerName: 'unchecked', peer: figures.unchecked! });
    }
  } finally {
    await own.close();
  }
}

async function hasDigests(store: RedisStore): Promise<boolean> {
  try {
    await store.fingerprints(KEYS.slice(0, 1), 'digest');
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
