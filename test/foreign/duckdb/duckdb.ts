/** A DuckDB in this process, which `npm run test:duckdb` installs. */

import { createRequire } from 'node:module';

/** What is used of a connection. */
export interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>;
  closeSync(): void;
}

/** Lets `use` work with an empty database in memory, whose clock is UTC. */
export async function withDuckdb<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = createRequire(import.meta.url)('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection: Connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await use(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
