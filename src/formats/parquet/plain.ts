/** Values as Parquet keeps them, to values as rows of events have them. */

import { FormatError, plural } from '../../base/errors.js';
import type { Column, TimeUnit } from './schema.js';

/**
 * A value of a column: a number that is exact, text, an instant, or text of a date or of a time of whatever clock. Numbers
 * that JavaScript would round, and times that no calendar has, are text, so that whoever reads them refuses them as they are.
 */
export type Value = string | number | Date;

/**
 * `count` values that stand one behind the other, each as its type is written.
 * @throws FormatError if the bytes end before
 */
export function readPlain(
  bytes: Uint8Array,
  count: number,
  column: Column,
  byteOffset: number,
): ArrayLike<Value> {
  if (column.physical === 'BYTE_ARRAY') return readByteArrays(bytes, count, column, byteOffset);
  const width = widthOf(column);
  if (count * width > bytes.length) {
    throw new FormatError(
      `expected a page with ${count} times ${width} ${plural(width, 'byte')}, got ${bytes.length}`,
      byteOffset + bytes.length,
    );
  }
  const { meaning } = column;
  const view = new DataView(bytes.buffer, bytes.byteOffset, count * width);
  switch (meaning?.kind) {
    case 'integer':
      return width === 4 ? integers32(view, count, meaning.signed) : integers64(view, count, meaning.signed);
    case 'float':
      return Float64Array.from({ length: count }, (_, index) =>
        width === 4 ? view.getFloat32(index * 4, true) : view.getFloat64(index * 8, true),
      );
    case 'date':
      return mapped(count, dateReader(), (index) => view.getInt32(index * 4, true));
    case 'time':
      return readTimes(view, count, width, meaning.unit);
    case 'uuid':
      return Array.from({ length: count }, (_, index) => uuidOf(bytes, index * width));
    case 'decimal':
      return Array.from({ length: count }, (_, index) => {
        const from = index * width;
        const isNumber = column.physical !== 'FIXED_LEN_BYTE_ARRAY';
        const unscaled = isNumber
          ? integerAt(view, from, width)
          : bigEndian(bytes.subarray(from, from + width));
        return decimalOf(unscaled, meaning.scale);
      });
    default:
      throw new TypeError(`expected a column whose values mean something, got ${column.type}`);
  }
}

/**
 * Values whose lengths are told apart from them.
 * @throws FormatError for text that is not UTF-8.
 */
export function byteArrayValue(bytes: Uint8Array, column: Column, byteOffset: number): Value {
  if (column.meaning?.kind === 'decimal') return decimalOf(bigEndian(bytes), column.meaning.scale);
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new FormatError(
      `expected text that is UTF-8 in column ${column.name}, got other bytes`,
      byteOffset,
      {
        cause,
      },
    );
  }
}

/** Bytes of a value, if all have as many. */
export function widthOf({ physical, typeLength }: Column): number {
  return physical === 'FIXED_LEN_BYTE_ARRAY' ? typeLength : (WIDTHS[physical] ?? 0);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const WIDTHS: Partial<Record<Column['physical'], number>> = {
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
};

function readByteArrays(bytes: Uint8Array, count: number, column: Column, byteOffset: number): Value[] {
  const values: Value[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const start = from + 4;
    const end = start <= bytes.length ? start + view.getUint32(from, true) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) {
      throw new FormatError(`expected ${count} texts in a page, got ${index}`, byteOffset + from);
    }
    values.push(byteArrayValue(bytes.subarray(start, end), column, byteOffset + start));
    from = end;
  }
  return values;
}

function integers32(view: DataView, count: number, signed: boolean): ArrayLike<number> {
  const values = signed ? new Int32Array(count) : new Uint32Array(count);
  for (let index = 0; index < count; index += 1) values[index] = view.getInt32(index * 4, true);
  return values;
}

/** Numbers, or text if one of them is too long for a number. */
function integers64(view: DataView, count: number, signed: boolean): ArrayLike<Value> {
  const values = new Float64Array(count);
  let isExact = true;
  for (let index = 0; index < count; index += 1) {
    const value = int64At(view, index * 8, signed);
    values[index] = value;
    isExact &&= Number.isSafeInteger(value);
  }
  if (isExact) return values;
  return Array.from(values, (value, index) => {
    if (Number.isSafeInteger(value)) return value;
    return String(signed ? view.getBigInt64(index * 8, true) : view.getBigUint64(index * 8, true));
  });
}

/** Rounded beyond 2^53. A third of the time of a BigInt. */
function int64At(view: DataView, at: number, signed: boolean): number {
  const high = signed ? view.getInt32(at + 4, true) : view.getUint32(at + 4, true);
  return high * 2 ** 32 + view.getUint32(at, true);
}

function integerAt(view: DataView, at: number, width: number): bigint {
  return width === 4 ? BigInt(view.getInt32(at, true)) : view.getBigInt64(at, true);
}

function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

function decimalOf(unscaled: bigint, scale: number): Value {
  const divisor = 10n ** BigInt(scale);
  const whole = unscaled / divisor;
  const fraction = Number(unscaled % divisor) / Number(divisor);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) + fraction : String(whole);
}

/** An Int96 is nanoseconds of a day, and the day as astronomers count them. */
function readTimes(view: DataView, count: number, width: number, unit: TimeUnit): Float64Array {
  const times = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    times[index] =
      width === 12
        ? (view.getInt32(index * 12 + 8, true) - JULIAN_DAY_OF_1970) * DAY_MS +
          millisecondsAt(view, index * 12, 'ns')
        : millisecondsAt(view, index * 8, unit);
  }
  return times;
}

const JULIAN_DAY_OF_1970 = 2_440_588;
const DAY_MS = 86_400_000;

/** Rounded down, as instants before 1970 are as well. */
function millisecondsAt(view: DataView, at: number, unit: TimeUnit): number {
  const high = view.getInt32(at + 4, true);
  const low = view.getUint32(at, true);
  if (unit === 'ms') return high * 2 ** 32 + low;
  // 2^32 = 4294967 × 1000 + 296 = 4294 × 1000000 + 967296: no step leaves the numbers that are exact.
  if (unit === 'us') return high * 4_294_967 + Math.floor((high * 296 + low) / 1000);
  return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
}

/** Neighbours are often of one day, and share one value then. */
function mapped(count: number, toValue: (number: number) => Value, at: (index: number) => number): Value[] {
  const values = new Array<Value>(count);
  let last = Number.NaN;
  let value: Value = '';
  for (let index = 0; index < count; index += 1) {
    const number = at(index);
    if (number !== last) {
      value = toValue(number);
      last = number;
    }
    values[index] = value;
  }
  return values;
}

const FIRST_MS = Date.parse('0001-01-01');
const END_MS = Date.parse('+010000-01-01');

function isOfCalendar(ms: number): boolean {
  return ms >= FIRST_MS && ms < END_MS;
}

/**
 * What times, which are kept as milliseconds since 1970, mean to rows: instants, or texts of wall-clock times. Rows of one moment
 * tend to stand together, and share it. Made row by row: a page full of dates outlives what a collector of garbage finds quickly.
 */
export function timeReader(isInstant: boolean): (ms: number) => Value {
  const toValue = isInstant ? instantOf : wallReader();
  let last = Number.NaN;
  let value: Value = '';
  return (ms) => {
    if (ms === last) return value;
    last = ms;
    value = toValue(ms);
    return value;
  };
}

function instantOf(ms: number): Value {
  return isOfCalendar(ms) ? new Date(ms) : outside(ms);
}

function dateReader(): (day: number) => Value {
  const dates = new Map<number, string>();
  return (day) => {
    let date = dates.get(day);
    if (date === undefined) {
      const ms = day * DAY_MS;
      date = isOfCalendar(ms) ? new Date(ms).toISOString().slice(0, 10) : outside(ms);
      dates.set(day, date);
    }
    return date;
  };
}

/** `2026-11-02T00:30:00.5`, with no more digits than it takes. */
function wallReader(): (ms: number) => Value {
  const dateOf = dateReader();
  return (ms) => {
    if (!isOfCalendar(ms)) return outside(ms);
    const day = Math.floor(ms / DAY_MS);
    const time = ms - day * DAY_MS;
    const seconds = Math.floor(time / 1000);
    const minutes = Math.floor(seconds / 60);
    const clock = `${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}`;
    const rest = time - seconds * 1000;
    return `${dateOf(day)}T${clock}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}`;
  };
}

function outside(ms: number): string {
  return `${ms} ms from 1970`;
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** A dash stands before these bytes of a UUID. */
const DASHES: ReadonlySet<number> = new Set([4, 6, 8, 10]);

function uuidOf(bytes: Uint8Array, from: number): string {
  let text = '';
  for (let index = 0; index < 16; index += 1) {
    if (DASHES.has(index)) text += '-';
    text += HEX[bytes[from + index]!];
  }
  return text;
}
