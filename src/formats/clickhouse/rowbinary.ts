/** Rows as ClickHouse's `RowBinary`: fields one after the other, without anything between them. */

import { concatBytes } from '../bytes.js';
import { varint } from './varint.js';

/** A row of a table of bitmaps. */
export interface BitmapRow {
  readonly event: string;
  readonly unit: string;
  readonly period: string;
  /** Seconds since 1970. */
  readonly start: number;
  /** A `groupBitmap` state, in pieces. */
  readonly state: readonly Uint8Array[];
}

/** The columns of a table of bitmaps, as the server writes their types. */
export const BITMAP_COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['event', 'String'],
  ['unit', 'String'],
  ['period', 'String'],
  ['start', "DateTime64(0, 'UTC')"],
  ['ids', 'AggregateFunction(groupBitmap, UInt32)'],
];

/** What `RowBinaryWithNamesAndTypes` begins with. */
export function encodeHeader(): Uint8Array {
  const names = BITMAP_COLUMNS.map(([name]) => encodeText(name));
  const types = BITMAP_COLUMNS.map(([, type]) => encodeText(type));
  return concatBytes([varint(BITMAP_COLUMNS.length), ...names, ...types]);
}

export function encodeRow({ event, unit, period, start, state }: BitmapRow): Uint8Array {
  const seconds = new DataView(new ArrayBuffer(8));
  seconds.setBigInt64(0, BigInt(start), true);
  return concatBytes([...[event, unit, period].map(encodeText), new Uint8Array(seconds.buffer), ...state]);
}

const encoder = new TextEncoder();

function encodeText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return concatBytes([varint(bytes.length), bytes]);
}
