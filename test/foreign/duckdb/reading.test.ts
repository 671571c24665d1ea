import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/index.js';
import { readParquet } from '../../../src/parquet.js';
import { readColumns } from '../../support/formats/parquet/columns.js';
import { COLUMNS, tableSql, VARIANTS } from '../../support/formats/parquet/table.js';
import { goldenPath, hasGolden } from '../../support/golden/files.js';
import { readKeys } from '../../support/golden/reference.js';
import { describeKeys } from '../../support/store/listed.js';
import { withDuckdb } from './duckdb.js';

/** More than one page of the longer columns. */
const ROWS = 20_000;

describe('files that DuckDB writes', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each(Object.entries({ ...VARIANTS, groups: 'COMPRESSION snappy, ROW_GROUP_SIZE 2048' }))(
    'are read as DuckDB reads them, written %s',
    async (name, options) => {
      const path = join(folder, `${name}.parquet`);
      await withDuckdb((connection) =>
        connection.run(`COPY (${tableSql(ROWS)}) TO '${path}' (FORMAT parquet, ${options})`),
      );
      const file = await open(path);
      try {
        const columns = await readColumns(file);
        for (const [column, { value }] of Object.entries(COLUMNS)) {
          const wrong = columns[column]!.findIndex((read, i) => !Object.is(String(read), String(value(i))));
          expect([column, columns[column]!.length, wrong]).toEqual([column, ROWS, -1]);
        }
      } finally {
        await file.close();
      }
    },
  );

  it.skipIf(!hasGolden).each(['onlineretail', 'git_express', 'git_redis'])(
    'give exactly the keys of %s',
    async (name) => {
      const path = join(folder, `${name}.parquet`);
      await withDuckdb((connection) =>
        connection.run(
          `COPY (SELECT "user" AS user_id, to_timestamp("timestamp") AS created_at, event AS event_name
           FROM read_csv('${goldenPath(`data/${name}.csv.gz`)}')) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`,
        ),
      );
      const file = await open(path);
      const bitmapist = new Bitmapist({ trackHourly: true, trackUnique: true });
      try {
        await bitmapist.markEvents(readParquet(file));
      } finally {
        await file.close();
      }
      expect(await describeKeys(bitmapist.store)).toEqual(readKeys(name));
    },
  );
});
