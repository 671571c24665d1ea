import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { ClickHouseStore } from '../../../src/clickhouse.js';
import { type Chdb, ChdbClient, openChdb } from './chdb.js';

/** The statements of docs/scale.md. */

const page = readFileSync(new URL('../../../docs/scale.md', import.meta.url), 'utf8');
const statements = Array.from(page.matchAll(/^ *```sql\n(.*?)^ *```$/gms), ([, statement]) => statement!);

let chdb: Chdb;
beforeAll(async () => {
  chdb = await openChdb();
});
afterAll(() => chdb?.close());

it('the docs make the very table that the store makes, and ask it as the library does', async () => {
  const [create, stayed, forget] = statements;
  await chdb.run(create!, {});
  const store = new ClickHouseStore(new ChdbClient(chdb), { table: 'bitmaps' });
  await store.createTable();
  await new ClickHouseStore(new ChdbClient(chdb), { table: 'made' }).createTable();
  const columns = await Promise.all(
    ['bitmaps', 'made'].map(async (table) =>
      new TextDecoder().decode(await chdb.run(`SHOW CREATE TABLE ${table} FORMAT TSVRaw`, {})),
    ),
  );
  expect(columns[0]!.replace('bitmaps', 'made')).toBe(columns[1]);
  const bitmapist = new Bitmapist({ store });
  for (const [index, ids] of [
    [1, 2, 3],
    [2, 3, 9],
    [3, 4],
  ].entries()) {
    await bitmapist.markEvent('active', ids, { now: `2026-11-2${index}` });
    await bitmapist.markEvent('active', ids, { now: `2026-11-2${index}` });
  }
  const rows = new TextDecoder().decode(await chdb.run(`${stayed!.trimEnd()} FORMAT CSV`, {}));
  expect(rows).toBe('"2026-11-20",3,2\n"2026-11-21",3,1\n');
  const days = ['2026-11-20', '2026-11-21', '2026-11-22'].map((day) => bitmapist.day('active', day));
  expect(await bitmapist.counts([days[0]!.and(days[1]!), days[1]!.and(days[2]!)])).toEqual([2, 1]);
  await bitmapist.markEvent('active', [7, 8, 10], { now: '2026-11-20' });
  expect(await days[0]!.count()).toBe(6);
  await chdb.run(forget!.trimEnd(), {});
  expect([...(await days[0]!.ids())]).toEqual([1, 2, 3, 10]);
});
