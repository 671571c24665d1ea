import { DEFAULT_PREFIX, parseKey, periodKey, uniqueKey } from '../../names/keys.js';
import { Period } from '../../time/period.js';

/** Keys as columns of a row: an event, a unit, and a period by its ISO text. */

export interface RowName {
  readonly event: string;
  /** `month`, `week`, `day`, `hour`, or `unique` for the dateless flag. */
  readonly unit: string;
  /** `2026-11`, `2026-W47`, `2026-11-22`, `2026-11-22T13`, or `unique`. */
  readonly period: string;
}

/** Units of periods that have keys. */
const UNITS: readonly string[] = ['month', 'week', 'day', 'hour'];

/** What a key is called in a table; `undefined` for keys of another prefix or shape, and for what is no UTF-8. */
export function rowNameOf(key: string, prefix = DEFAULT_PREFIX): RowName | undefined {
  if (/\p{Surrogate}/u.test(key)) return undefined;
  const parsed = parseKey(prefix, key);
  if (parsed === undefined) return undefined;
  const { event, period } = parsed;
  return period === 'unique'
    ? { event, unit: 'unique', period }
    : { event, unit: period.unit, period: period.toString() };
}

/** The key of a row; `undefined` for a row that no key is called. */
export function keyOfRow({ event, unit, period }: RowName, prefix = DEFAULT_PREFIX): string | undefined {
  if (event === '') return undefined;
  if (unit === 'unique') return period === 'unique' ? uniqueKey(prefix, event) : undefined;
  const found = UNITS.includes(unit) ? parse(period) : undefined;
  return found?.unit === unit ? periodKey(prefix, event, found) : undefined;
}

function parse(text: string): Period | undefined {
  try {
    return Period.parse(text);
  } catch {
    // Rows may be anybody's.
    return undefined;
  }
}

const SECONDS_PER_HOUR = 3600;
/** What the type of the column can hold: 1900-01-01 to 2299-12-31T23. */
const FIRST_SECOND = -2_208_988_800;
const LAST_SECOND = 10_413_788_400;

/**
 * Where a row starts, in seconds since 1970 on the clock of the wall; 0 for a dateless flag. Starts beyond the years 1900 to
 * 2299, which the column cannot hold, are at its ends: it is there to be looked at, rows are found by their period.
 */
export function startOf({ unit, period }: RowName): number {
  if (unit === 'unique') return 0;
  const seconds = Period.parse(period).startHour * SECONDS_PER_HOUR;
  return Math.min(LAST_SECOND, Math.max(FIRST_SECOND, seconds));
}
