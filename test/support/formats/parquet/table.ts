/** A table of all types that columns of events may have, as SQL of DuckDB and as what is read of it. */

import type { Value } from '../../../../src/formats/parquet/plain.js';

/** Rows of the files that are kept with the tests. */
export const FIXTURE_ROWS = 300;

/** Ways in which DuckDB writes it. */
export const VARIANTS: Readonly<Record<string, string>> = {
  plain: 'COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1',
  snappy: 'COMPRESSION snappy',
  zstd: 'COMPRESSION zstd',
  gzip: 'COMPRESSION gzip',
  lz4: 'COMPRESSION lz4_raw',
  brotli: 'COMPRESSION brotli',
  second: 'COMPRESSION zstd, PARQUET_VERSION V2',
};

interface TableColumn {
  /** Of the row number `i`, which is a BIGINT. */
  readonly sql: string;
  /** What is read of it; texts of numbers are what a number would round. */
  readonly value: (i: number) => Value | undefined;
}

const STEP_MS = 1_234_567;
const FIRST_MS = Date.parse('1969-12-31T23:00:00Z');
const TIME = `(TIMESTAMP '1969-12-31 23:00:00' + to_milliseconds(i * ${STEP_MS}))`;
const hash = (i: number) => (i * 2_654_435_761) % 2 ** 32;
const uuid = (i: number) => `${hash(i).toString(16).padStart(8, '0')}-0000-4000-8000-0000000000ff`;

export const COLUMNS: Readonly<Record<string, TableColumn>> = {
  int8: { sql: '(i % 100 - 50)::TINYINT', value: (i) => (i % 100) - 50 },
  int32: { sql: '(i - 5)::INTEGER', value: (i) => i - 5 },
  int64: { sql: 'i * 1000003', value: (i) => i * 1_000_003 },
  uint8: { sql: '(i % 200)::UTINYINT', value: (i) => i % 200 },
  uint32: { sql: '(4294967295 - i)::UINTEGER', value: (i) => 4_294_967_295 - i },
  uint64: {
    sql: '(18446744073709551615::UBIGINT - i::UBIGINT)',
    value: (i) => String(2n ** 64n - 1n - BigInt(i)),
  },
  double: { sql: 'i::DOUBLE / 4', value: (i) => i / 4 },
  float: { sql: '(i::DOUBLE / 4)::FLOAT', value: (i) => i / 4 },
  decimal9: { sql: '(i::DECIMAL(18,2) / 4)::DECIMAL(9,2)', value: (i) => i / 4 },
  decimal18: { sql: '(i::DECIMAL(18,0) * 10)::DECIMAL(18,0)', value: (i) => i * 10 },
  decimal38: { sql: '(5 - i)::DECIMAL(38,0)', value: (i) => 5 - i },
  text: { sql: "'user ' || (i % 97)", value: (i) => `user ${i % 97}` },
  unlike: { sql: "'ü' || i", value: (i) => `ü${i}` },
  same: { sql: "'same'", value: () => 'same' },
  uuid: {
    sql: "(printf('%08x', (i * 2654435761) % 4294967296) || '-0000-4000-8000-0000000000ff')::UUID",
    value: uuid,
  },
  date: {
    sql: "(DATE '1960-01-01' + (i * 7)::INTEGER)",
    value: (i) => new Date(Date.parse('1960-01-01') + i * 7 * 86_400_000).toISOString().slice(0, 10),
  },
  wallUs: { sql: TIME, value: wall },
  wallMs: { sql: `${TIME}::TIMESTAMP_MS`, value: wall },
  wallNs: { sql: `${TIME}::TIMESTAMP_NS`, value: wall },
  instant: { sql: `${TIME}::TIMESTAMPTZ`, value: (i) => new Date(FIRST_MS + i * STEP_MS) },
  sometimes: {
    sql: "CASE WHEN i % 3 = 0 THEN NULL ELSE 'n' || (i % 5) END",
    value: (i) => (i % 3 === 0 ? undefined : `n${i % 5}`),
  },
  numbers: { sql: 'CASE WHEN i % 7 = 0 THEN NULL ELSE i END', value: (i) => (i % 7 === 0 ? undefined : i) },
  never: { sql: 'NULL::VARCHAR', value: () => undefined },
  'struct.a': { sql: '', value: (i) => i },
  'struct.b.c': { sql: '', value: (i) => `x${i % 11}` },
  'maybe.a': { sql: '', value: (i) => (i % 4 === 0 || i % 5 === 0 ? undefined : i) },
};

/** Structures, and what can be neither people nor times nor events. */
const OTHERS = [
  "{'a': i, 'b': {'c': 'x' || (i % 11)}} AS struct",
  "CASE WHEN i % 4 = 0 THEN NULL ELSE {'a': CASE WHEN i % 5 = 0 THEN NULL ELSE i END} END AS maybe",
  '[i, i + 1] AS list',
  '(i % 2 = 0) AS boolean',
  "TIME '12:00:00' AS clock",
];

/** A query whose result is the table. */
export function tableSql(rows: number): string {
  const columns = Object.entries(COLUMNS).filter(([, { sql }]) => sql !== '');
  const fields = [...columns.map(([name, { sql }]) => `${sql} AS "${name}"`), ...OTHERS];
  return `SELECT ${fields.join(', ')} FROM range(${rows}) AS r(i) ORDER BY i`;
}

function wall(i: number): string {
  return new Date(FIRST_MS + i * STEP_MS).toISOString().replace(/(?:\.000)?Z$/, '');
}
