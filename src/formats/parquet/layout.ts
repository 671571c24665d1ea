/** The columns of Parquet files that are written. */

import type { SchemaElement } from 'hyparquet';

/** What the values of a column are. */
export type WrittenKind =
  | 'text'
  /** Milliseconds of a clock on a wall, counted as if it were UTC. */
  | 'wall'
  /** Milliseconds since 1970. */
  | 'instant'
  | 'id'
  | 'count'
  | 'bytes';

export interface WrittenColumn {
  readonly name: string;
  readonly kind: WrittenKind;
  /** Whether rows may have no value. */
  readonly isOptional?: boolean;
}

/** How a column is described to those who read the file. */
export function elementOf({ name, kind, isOptional }: WrittenColumn): SchemaElement {
  return { name, repetition_type: isOptional ? 'OPTIONAL' : 'REQUIRED', ...TYPES[kind] };
}

const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  // The older way to say it would make an instant of it.
  wall: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' } },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  // Without the newer way to say it, whose width hyparquet-writer, as of 0.17, writes as a number of a kind that DuckDB refuses.
  id: { type: 'INT32', converted_type: 'UINT_32' },
  count: { type: 'INT64', converted_type: 'INT_64' },
  bytes: { type: 'BYTE_ARRAY' },
} as const satisfies Record<WrittenKind, Omit<SchemaElement, 'name'>>;
