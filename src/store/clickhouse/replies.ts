import { StoreError } from '../../base/errors.js';
import { ID_LIMIT } from '../../base/limits.js';

/**
 * Numbers of an answer: whole, and no larger than there are ids. ClickHouse writes those of 64 bits as text or as numbers, as it is
 * told.
 * @throws StoreError for anything else, and for another number of them
 */
export function readNumbers(
  row: Record<string, unknown> | undefined,
  column: string,
  length: number,
): number[] {
  const list = row?.[column];
  if (!Array.isArray(list) || list.length !== length) {
    const got = Array.isArray(list) ? `${list.length}` : typeof list;
    throw new StoreError(`expected ${length} ${column} from ClickHouse, got ${got}`);
  }
  return list.map((value) => readNumber(value, column));
}

export function readNumber(value: unknown, column: string): number {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,10}$/.test(value));
  const number = isNumber ? Number(value) : Number.NaN;
  if (Number.isInteger(number) && number >= 0 && number <= ID_LIMIT) return number;
  throw new StoreError(
    `expected a whole number from 0 to ${ID_LIMIT} as ${column} from ClickHouse, got ${JSON.stringify(value)}`,
  );
}

/** @throws StoreError for what is no text */
export function readText(row: Record<string, unknown>, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new StoreError(`expected text as ${column} from ClickHouse, got ${typeof value}`);
}

/** The only row of an answer. */
export function onlyRow(rows: readonly Record<string, unknown>[]): Record<string, unknown> {
  if (rows.length === 1) return rows[0]!;
  throw new StoreError(`expected one row from ClickHouse, got ${rows.length}`);
}
