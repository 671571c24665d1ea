import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { type EventRow, readParquet } from '../../../src/parquet.js';

/** Moments from old to late, to the nanosecond. */
const INSTANTS = [
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '1999-12-31T23:59:59.999Z',
  '2026-11-22T13:14:15.678Z',
  '2026-11-22T23:59:59.999Z',
  '2262-04-11T23:47:16.854Z',
];

describe('columns of Int96', () => {
  // No writer at hand makes them any more, but Spark and Impala did for years: the day as astronomers count it, and its nanoseconds.
  it.each([false, true])('are instants, in a dictionary: %s', async (isInDictionary) => {
    // Writers make a dictionary of values that come again and again.
    const instants = isInDictionary ? Array.from({ length: 50 }, () => INSTANTS).flat() : INSTANTS;
    const file = int96Of(
      instants.map((text) => Date.parse(text)),
      isInDictionary,
    );
    const rows: EventRow[] = [];
    for await (const batch of readParquet(file)) rows.push(...batch);
    expect(rows.map(({ at }) => new Date(at as Date).toISOString())).toEqual(instants);
    expect(rows.map(({ id }) => id)).toEqual([...instants.keys()]);
  });
});

/** A file of events whose times are Int96: written as 12 bytes each, then called Int96 where the file says what they are. */
function int96Of(instants: readonly number[], isInDictionary: boolean): Uint8Array {
  const values = instants.map((ms) => {
    const bytes = new Uint8Array(12);
    const view = new DataView(bytes.buffer);
    const day = Math.floor(ms / 86_400_000);
    // The last nanosecond of its millisecond.
    view.setBigInt64(0, BigInt(ms - day * 86_400_000) * 1_000_000n + 999_999n, true);
    view.setInt32(8, day + 2_440_588, true);
    return bytes;
  });
  const buffer = parquetWriteBuffer({
    schema: [
      { name: 'root', num_children: 3 },
      { name: 'user', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'time', type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12, repetition_type: 'REQUIRED' },
      { name: 'event', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    ],
    columnData: [
      { name: 'user', data: [...instants.keys()] },
      { name: 'time', data: values, ...(isInDictionary ? {} : { encoding: 'PLAIN' }) },
      { name: 'event', data: instants.map(() => 'active') },
    ],
  } as Parameters<typeof parquetWriteBuffer>[0]);
  const file = new Uint8Array(buffer);
  const footerAt = file.length - 8 - new DataView(buffer).getUint32(file.length - 8, true);
  let renamed = 0;
  for (let at = footerAt; at < file.length - 8; at += 1) {
    // Field 1, an i32: 7 is FIXED_LEN_BYTE_ARRAY, 3 is INT96, both doubled. Once in the schema, once with the column.
    if (file[at] !== 0x15 || file[at + 1] !== 14) continue;
    file[at + 1] = 6;
    renamed += 1;
  }
  if (renamed !== 2) throw new Error(`expected the type of the times twice, got it ${renamed} times`);
  return file;
}
