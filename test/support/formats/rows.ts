import type { EventRow } from '../../../src/csv.js';

/** All rows of batches, and the error that they ended in, if they did. */
export async function collectRows(
  batches: AsyncIterable<readonly EventRow[]>,
): Promise<{ readonly rows: EventRow[]; readonly error?: unknown }> {
  const rows: EventRow[] = [];
  try {
    for await (const batch of batches) rows.push(...batch);
  } catch (error) {
    return { rows, error };
  }
  return { rows };
}
