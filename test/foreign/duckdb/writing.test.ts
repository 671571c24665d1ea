import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist, Period } from '../../../src/index.js';
import { replaceFile } from '../../../src/node.js';
import { type ParquetRows, writeParquet } from '../../../src/parquet.js';
import { hasGolden } from '../../support/golden/files.js';
import { readMarks } from '../../support/golden/marks.js';
import { type Connection, withDuckdb } from './duckdb.js';

describe.skipIf(!hasGolden)('DuckDB, of files that are written here', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function write(bitmapist: Bitmapist, rows: ParquetRows): Promise<string> {
    const path = join(folder, `${rows}.parquet`);
    await replaceFile(path, writeParquet(bitmapist, { rows }));
    return path;
  }

  it.each([
    ['git_redis', 'first_commit', 'commit'],
    ['onlineretail', 'first_invoice', 'invoice'],
  ])(
    'answers the queries of the docs as this library does: %s',
    { timeout: 240_000 },
    async (name, first, event) => {
      const bitmapist = await marked(name);
      const path = await write(bitmapist, 'periods');
      const page = await readFile(new URL('../../../docs/scale.md', import.meta.url), 'utf8');
      const blocks = Array.from(page.matchAll(/^```sql\n(.*?)^```$/gms), ([, sql]) => sql!);
      const [trend, retention] = blocks
        .filter((sql) => sql.includes("'events.parquet'"))
        .map((sql) => sql.replaceAll('first_commit', first).replaceAll("'commit'", `'${event}'`))
        .map((sql) => sql.replace('events.parquet', path));
      await withDuckdb(async (connection) => {
        const weeks = await rowsOf(connection, trend!);
        const { first: start, last } = (await bitmapist.catalog()).get(event)!;
        const range = Period.range(Period.of('week', start!.start()), Period.of('week', last!.start()));
        const counts = await bitmapist.counts(range.map((week) => bitmapist.query(`"${event}"@${week}`)));
        const expected = range.map((week, index) => ({
          period: String(week),
          people: String(counts[index]),
        }));
        expect(weeks).toEqual(expected.filter(({ people }) => people !== '0'));

        const months = Period.range(Period.of('month', start!.start()), Period.of('month', last!.start()));
        const cells = months.flatMap((cohort) =>
          Array.from({ length: 12 }, (_, month) => ({ cohort, month, later: cohort.delta(month) })),
        );
        const people = await bitmapist.counts(
          cells.map(({ cohort, later }) => bitmapist.query(`"${first}"@${cohort} & "${event}"@${later}`)),
        );
        const table = cells.map(({ cohort, month }, index) => ({
          cohort: String(cohort),
          month: String(month),
          people: String(people[index]),
        }));
        expect(await rowsOf(connection, retention!)).toEqual(table.filter(({ people }) => people !== '0'));
      });
    },
  );

  it('counts the rows of every unit, in order, and the marks, as there are', async () => {
    const bitmapist = await marked('git_express');
    const periods = await write(bitmapist, 'periods');
    const marks = await write(bitmapist, 'marks');
    const bitmaps = await write(bitmapist, 'bitmaps');
    await withDuckdb(async (connection) => {
      const order = 'event, unit, start, id';
      const [sorted] = await rowsOf(
        connection,
        `SELECT count(*) AS wrong FROM (SELECT row(${order}) AS head, lag(row(${order})) OVER () AS before FROM '${periods}') WHERE head < before`,
      );
      expect(sorted).toEqual({ wrong: '0' });
      const perUnit = `SELECT event, unit, period, count(*) AS count FROM '${periods}' GROUP BY ALL ORDER BY ALL`;
      const perKey = `SELECT event, unit, period, count FROM '${bitmaps}' ORDER BY ALL`;
      const counted = await rowsOf(connection, perUnit);
      expect(counted).toEqual(await rowsOf(connection, perKey));
      expect(counted.length).toBeGreaterThan(5000);
      const hours = `SELECT event, start AS time, id FROM '${periods}' WHERE unit = 'hour' ORDER BY ALL`;
      const told = `SELECT event, "timestamp"::TIMESTAMP AS time, id FROM '${marks}' ORDER BY ALL`;
      expect(await rowsOf(connection, told)).toEqual(await rowsOf(connection, hours));
    });
  });

  it('reads texts of people, ids of all sizes and several groups', async () => {
    const bitmapist = new Bitmapist();
    const ids = Uint32Array.from({ length: 300_000 }, (_, index) => index * 14_000);
    await bitmapist.markUnique('ü', ids);
    const textsOf = async (asked: ArrayLike<number>) =>
      Array.from(asked, (id) => (id === 0 ? undefined : `u_${id}`));
    const path = join(folder, 'people.parquet');
    await replaceFile(path, writeParquet(bitmapist, { people: { textsOf } as never }));
    await withDuckdb(async (connection) => {
      const query = `SELECT event, count(*) AS rows, sum(id) AS ids, count(person) AS people,
        count(*) FILTER (person = 'u_' || id) AS right FROM '${path}' GROUP BY ALL`;
      const sum = ids.reduce((all, id) => all + id, 0);
      expect(await rowsOf(connection, query)).toEqual([
        { event: 'ü', rows: '300000', ids: String(sum), people: '299999', right: '299999' },
      ]);
    });
  });
});

async function marked(name: string): Promise<Bitmapist> {
  const bitmapist = new Bitmapist({ trackHourly: true, trackUnique: true });
  await bitmapist.markEvents(readMarks(name).map(({ event, id, at }) => ({ event, id, at: new Date(at) })));
  return bitmapist;
}

async function rowsOf(connection: Connection, sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}
