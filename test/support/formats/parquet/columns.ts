/** Whole columns of Parquet files. */

import { ColumnCursor } from '../../../../src/formats/parquet/cursor.js';
import { readFooter } from '../../../../src/formats/parquet/footer.js';
import type { Value } from '../../../../src/formats/parquet/plain.js';
import { openSource, type ParquetInput } from '../../../../src/formats/parquet/source.js';

/** The values of every column that can be people, times or events. */
export async function readColumns(input: ParquetInput): Promise<Record<string, (Value | undefined)[]>> {
  const source = await openSource(input);
  const { columns, groups } = await readFooter(source);
  const read: Record<string, (Value | undefined)[]> = {};
  for (const column of columns) {
    if (column.meaning === undefined) continue;
    const values: (Value | undefined)[] = [];
    for (const group of groups) {
      const cursor = new ColumnCursor(source, group, column);
      for (let count = await cursor.fill(); count > 0; count = await cursor.fill()) {
        for (let at = 0; at < count; at += 1) values.push(cursor.at(at));
        cursor.skip(count);
      }
    }
    read[column.name] = values;
  }
  return read;
}
