import { createReadStream, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { markdownTable } from 'markdown-table';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '../src/csv.js';
import { Bitmapist, formatQuery, parseQuery } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { answerOf, type Node, readBitops, setOf, sha256, textOf } from './support/golden/bitops.js';
import { goldenPath, hasGolden } from './support/golden/files.js';
import { type ModelBitmap, type ModelExpression, modelIds } from './support/model.js';
import { type RedisServer, startRedis } from './support/servers/redis.js';

/** Every combination of sets that the Python reference answers for four real data sets, against ours, bit for bit. */

const DATA_SETS = ['cdnow', 'onlineretail', 'git_express', 'git_redis'];

/** Where our complement reaches further than the reference's, per data set: rows of the table in the docs. */
const differences = new Map<string, string[][]>();

describe.skipIf(!hasGolden).each(DATA_SETS)('combinations of sets of %s', (name) => {
  const bitops = hasGolden ? readBitops(name) : [];
  const embedded = new Bitmapist({ trackHourly: name !== 'cdnow', trackUnique: true });
  let server: RedisServer;
  let client: Redis;
  let remote: Bitmapist;

  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
    remote = new Bitmapist({ store: new RedisStore(client) });
    await embedded.markEvents(readEvents(createReadStream(goldenPath(`data/${name}.csv.gz`))));
    for await (const key of embedded.store.keys('')) {
      const [byteLength] = await embedded.store.byteLengths([key]);
      const target = new Uint8Array(byteLength!);
      await embedded.store.read([{ key, byteOffset: 0, target }]);
      await remote.store.put(key, target);
    }
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  it('are written as text and as methods alike', () => {
    for (const { expr } of bitops) {
      const text = textOf(expr);
      expect(formatQuery(parseQuery(text))).toBe(text);
      expect(embedded.query(text).equals(setOf(embedded, expr)), text).toBe(true);
    }
  });

  it.each(['embedded', 'Redis'])('are those of the reference, or lose no ids (%s)', async (kind) => {
    const analytics = kind === 'Redis' ? remote : embedded;
    const rows: string[][] = [];
    for (const { expr, ...expected } of bitops) {
      const text = textOf(expr);
      const answer = await answerOf(setOf(analytics, expr), Object.keys(expected.contains).map(Number));
      expect(answer.bytes.length, text).toBe(expected.strlen);
      if (sha256(answer.ids.join(',')) !== expected.ids_sha256) {
        // A complement is cut short where the reference gives it fewer bytes than the rest of the expression has.
        expect(text).toContain('~');
        expect(answer.ids, text).toEqual(modelIds(...(await modelOf(analytics, expr))));
        expect(answer.count).toBe(answer.ids.length);
        expect(answer.count).toBeGreaterThan(expected.count);
        rows.push([name, `\`${text}\``, String(expected.count), String(answer.count)]);
        continue;
      }
      expect(answer.count, text).toBe(expected.count);
      expect(answer.hasAny, text).toBe(expected.has_events_marked);
      expect(answer.contains, text).toEqual(expected.contains);
      expect(sha256(answer.bytes), text).toBe(expected.value_sha256);
    }
    differences.set(name, rows);
  });
});

describe.skipIf(!hasGolden)('the docs', () => {
  it('list exactly the combinations in which the reference drops ids', () => {
    const docs = readFileSync(new URL('../docs/coming-from-python.md', import.meta.url), 'utf8');
    const rows = DATA_SETS.flatMap((name) => differences.get(name) ?? []);
    expect(rows).not.toHaveLength(0);
    const table = markdownTable([['data', 'expression', 'reference', 'here'], ...rows], {
      align: ['l', 'l', 'r', 'r'],
    });
    expect(docs).toContain(`\n${table}\n`);
  });
});

/** The expression over plain sets of ids. */
async function modelOf(analytics: Bitmapist, root: Node): Promise<[ModelExpression, ModelBitmap[]]> {
  const bitmaps: ModelBitmap[] = [];
  const convert = async (node: Node): Promise<ModelExpression> => {
    if ('cls' in node) {
      const set = setOf(analytics, node);
      const { length: byteLength } = await set.bytes();
      return { op: 'bitmap', index: bitmaps.push({ ids: new Set(await set.ids()), byteLength }) - 1 };
    }
    if (node.op === 'NOT') return { op: 'not', of: await convert(node.args[0]!) };
    const of: ModelExpression[] = [];
    for (const each of node.args) of.push(await convert(each));
    return { op: node.op.toLowerCase() as 'and' | 'or' | 'xor', of };
  };
  return [await convert(root), bitmaps];
}
