/** Writes the files of `test/formats/fixtures/parquet` anew: `npm run test:duckdb`, then `npx tsx test/foreign/duckdb/fixtures.ts`. */

import { fileURLToPath } from 'node:url';
import { FIXTURE_ROWS, tableSql, VARIANTS } from '../../support/formats/parquet/table.js';
import { withDuckdb } from './duckdb.js';

const folder = fileURLToPath(new URL('../../formats/fixtures/parquet/', import.meta.url));

await withDuckdb(async (connection) => {
  for (const [name, options] of Object.entries(VARIANTS)) {
    await connection.run(
      `COPY (${tableSql(FIXTURE_ROWS)}) TO '${folder}${name}.parquet' (FORMAT parquet, ${options})`,
    );
  }
});
