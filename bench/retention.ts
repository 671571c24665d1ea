/** The table that is asked of everyone: one event's retention over 31 rows and 13 columns of days. */
import type { Cluster, Redis } from 'ioredis';
import { Bitmapist, type Store } from '../src/index.js';
import { Opcode } from '../src/kernel/types.js';
import { fillBitmap, makeIds } from './data.js';

export const ROWS = 31;
export const COLUMNS = 13;
/** Row i meets days i … i + 12. */
export const DAYS = ROWS + COLUMNS - 1;
/** The day that row `row` meets in its column `column`, for all pairs, row by row. */
export const PAIRS: readonly (readonly [row: number, day: number])[] = Array.from(
  { length: ROWS * COLUMNS },
  (_, cell) => {
    const row = Math.floor(cell / COLUMNS);
    return [row, row + (cell % COLUMNS)];
  },
);

const START = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Size {
  readonly ids: number;
  readonly density: number;
}

/** Of a row: whose table it is, and where and how it was asked. */
export function nameOf({ ids, density }: Size, ...where: readonly string[]): string {
  return [
    `cohort of ${ROWS} × ${COLUMNS} days`,
    `${formatIds(ids)} ids`,
    `${density * 100} %`,
    ...where,
  ].join(', ');
}

export function formatIds(ids: number): string {
  return ids >= 1_000_000 ? `${Number((ids / 1_000_000).toFixed(1))} M` : ids.toLocaleString('en');
}

export function dateOf(day: number): Date {
  return new Date(START + day * DAY_MS);
}

export function keyOf(day: number): string {
  const date = dateOf(day);
  return `trackist_active_${date.getUTCFullYear()}-${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
}

export const KEYS: readonly string[] = Array.from({ length: DAYS }, (_, day) => keyOf(day));

/** The bytes under the key of each day, one after the other in the same buffer. */
export function* bitmapsOf({ ids, density }: Size): Generator<[key: string, bytes: Buffer]> {
  const bytes = Buffer.alloc(Math.ceil(ids / 8));
  for (const [day, key] of KEYS.entries()) {
    fillBitmap(bytes, makeIds(day, ids, density, 'uniform'));
    yield [key, bytes];
  }
}

/** Has the clients' servers hold the bitmaps of this size, and nothing else. */
export async function fill(clients: readonly (Redis | Cluster)[], size: Size): Promise<void> {
  for (const client of clients) {
    const nodes = 'nodes' in client ? client.nodes('master') : [client];
    for (const node of nodes) await node.flushall();
  }
  for (const [key, bytes] of bitmapsOf(size)) {
    await Promise.all(clients.map((client) => client.set(key, bytes)));
  }
}

/** Asks for the table as a user does. The sum of all totals and cells, so that answers can be compared. */
export async function askTable(store: Store, clock?: () => Date): Promise<number> {
  const table = await new Bitmapist({ store, ...(clock && { clock }) }).cohort({
    select1: 'active',
    select2: 'active',
    timeGroup: 'days',
    startDate: dateOf(0),
    numResults: ROWS,
    numOfRows: COLUMNS - 1,
  });
  return sum(table.rows.flatMap(({ size = 0, cells }) => [size, ...cells.map(({ count }) => count)]));
}

/** The table's pairs as one instruction of a kernel, over slots at these offsets: those of the rows, and those of all days. */
export function tableProgram(rowOffsets: readonly number[], dayOffsets: readonly number[]): Int32Array {
  return Int32Array.of(
    ...[Opcode.CountTable, rowOffsets.length, dayOffsets.length, PAIRS.length],
    ...rowOffsets,
    ...dayOffsets,
    ...PAIRS.flatMap(([row, day], cell) => [row, day, cell]),
  );
}

export function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
