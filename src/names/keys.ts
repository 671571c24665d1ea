import { Period } from '../time/period.js';

/**
 * Event and period ↔ key, byte for byte as the reference writes them: `trackist_{event}_{Y}-{M}`, `…_W{isoYear}-{isoWeek}`,
 * `…_{Y}-{M}-{D}`, `…_{Y}-{M}-{D}-{H}`, `…_u`; numbers without zero padding.
 */

/** The reference's prefix. bitmapist4 uses `bitmapist_`. */
export const DEFAULT_PREFIX = 'trackist_';

/** What a key stands for: an event in a period, or an event's dateless flag. */
export interface ParsedKey {
  /** Its name, not empty; it may contain underscores. */
  readonly event: string;
  /** A month, week, day or hour, or `unique` for the dateless flag. */
  readonly period: Period | 'unique';
}

/**
 * The key of an event in a period.
 * @throws RangeError for a year or quarter, which has no key of its own: it is the OR of its months
 */
export function periodKey(prefix: string, event: string, period: Period): string {
  return `${prefix}${event}_${periodSuffix(period)}`;
}

/** The part of a key that names its period. */
function periodSuffix(period: Period): string {
  switch (period.unit) {
    case 'month':
      return `${period.year}-${period.month}`;
    case 'week':
      return `W${period.year}-${period.week}`;
    case 'day':
      return `${period.year}-${period.month}-${period.day}`;
    case 'hour':
      return `${period.year}-${period.month}-${period.day}-${period.hour}`;
    case 'quarter':
    case 'year':
      throw new RangeError(
        `expected a month, week, day or hour, got the ${period.unit} ${period}, which has no key of its own`,
      );
  }
}

/** The key of an event's dateless flag (the reference's `UniqueEvents`). */
export function uniqueKey(prefix: string, event: string): string {
  return `${prefix}${event}_u`;
}

/**
 * What a key stands for; `undefined` for keys of another prefix or shape, stored results among them.
 * @example
 * import { parseKey } from 'bitmapist-wasm';
 * const parsed = parseKey('trackist_', 'trackist_song:played_W2026-47');
 * console.log(`${parsed?.event} in ${parsed?.period}`); // song:played in 2026-W47
 */
export function parseKey(prefix: string, key: string): ParsedKey | undefined {
  if (!key.startsWith(prefix) || isStoredResult(prefix, key)) return undefined;
  const split = key.lastIndexOf('_');
  if (split < prefix.length) return undefined;
  const event = key.slice(prefix.length, split);
  const period = parseSuffix(key.slice(split + 1));
  return event === '' || period === undefined ? undefined : { event, period };
}

/**
 * The key of a stored result, named as the reference names its temporary ones:
 * `trackist_bitop_{AND|OR|XOR|NOT}_{operand key}-{operand key}…`; `ATLEAST{k}` is ours alone.
 */
export function resultKey(prefix: string, operation: string, operandKeys: readonly string[]): string {
  return `${prefix}bitop_${operation}_${operandKeys.join('-')}`;
}

/**
 * Whether a key is a stored result and not the data of an event whose name begins with `bitop`: after the operation a
 * result names an operand, which begins with the prefix again.
 */
export function isStoredResult(prefix: string, key: string): boolean {
  if (!key.startsWith(`${prefix}bitop_`)) return false;
  const operation = /^(?:AND|OR|XOR|NOT|ATLEAST\d+)_/.exec(key.slice(prefix.length + 'bitop_'.length));
  return operation !== null && key.startsWith(prefix, prefix.length + 'bitop_'.length + operation[0].length);
}

/** Refuses what cannot be an event name; returns it otherwise. */
export function checkEventName(event: unknown): string {
  if (typeof event !== 'string') throw new TypeError(`expected an event name, got ${String(event)}`);
  if (event === '') throw new RangeError('expected an event name, got an empty string');
  return event;
}

function parseSuffix(suffix: string): Period | 'unique' | undefined {
  if (suffix === 'u') return 'unique';
  // Millions of keys share a few thousand suffixes, and reading one takes half a microsecond.
  const known = PARSED.get(suffix);
  if (known !== undefined) return known ?? undefined;
  const period = parsePeriod(suffix);
  if (PARSED.size >= MAX_PARSED) PARSED.clear();
  PARSED.set(suffix, period ?? null);
  return period;
}

const PARSED = new Map<string, Period | null>();
const MAX_PARSED = 50_000;
const SUFFIX = /^W?\d{1,4}(?:-\d{1,2}){1,3}$/;

function parsePeriod(suffix: string): Period | undefined {
  if (!SUFFIX.test(suffix)) return undefined;
  const [year, second, day, hour] = suffix.replace('W', '').split('-').map(Number) as [
    number,
    number,
    number?,
    number?,
  ];
  try {
    let period: Period;
    if (suffix.startsWith('W')) period = Period.week(year, second);
    else if (day === undefined) period = Period.month(year, second);
    else period = hour === undefined ? Period.day(year, second, day) : Period.hour(year, second, day, hour);
    // Other spellings, such as zero-padded ones, would name another key than the one they came from.
    return periodSuffix(period) === suffix ? period : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
