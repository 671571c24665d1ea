import type { TableText } from './sql.js';

/**
 * What is asked of a ClickHouse client, by shape: that of `@clickhouse/client` (1.x). The client is the caller's: it is neither made
 * nor closed here.
 */
export interface ClickHouseClientLike {
  /** Sends a statement with its parameters, and reads the rows of its answer. */
  query(request: ClickHouseRequest & { format: 'JSONEachRow' }): Promise<{ json(): Promise<unknown> }>;
  /** Sends a statement, `values` as its data, and gives its answer as it is. */
  exec(
    request: ClickHouseRequest & { values?: unknown },
  ): Promise<{ readonly stream: AsyncIterable<unknown> }>;
  /** Sends a statement that has no answer. */
  command(request: ClickHouseRequest): Promise<unknown>;
}

/** A statement. */
export interface ClickHouseRequest {
  query: string;
  query_params?: Record<string, unknown>;
  abort_signal?: AbortSignal;
}

/** Where a table is, as parameters of statements. */
export interface ClickHouseTable {
  readonly text: TableText;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * A table by its name, `table` or `database.table`.
 * @throws RangeError for a name with an empty part or more than one dot
 */
export function tableOf(name: string): ClickHouseTable {
  const parts = String(name).split('.');
  if (parts.includes('') || parts.length > 2) {
    throw new RangeError(
      `expected the name of a table, such as bitmaps or analytics.bitmaps, got ${JSON.stringify(name)}`,
    );
  }
  const [first, second] = parts as [string, string?];
  return second === undefined
    ? { text: '{table:Identifier}', parameters: { table: first } }
    : { text: '{database:Identifier}.{table:Identifier}', parameters: { database: first, table: second } };
}
