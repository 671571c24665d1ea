/**
 * Formats that carry Roaring bitmaps and are not the portable one for 32-bit ids. None of them is read, but each has a
 * name, which helps more than the bytes it begins with.
 */

import { plural } from '../../base/errors.js';
import { COOKIE, COOKIE_WITH_RUNS } from './layout.js';

/** The shortest bucket: the high 32 bits of its ids, and an empty bitmap. */
const MIN_BUCKET_BYTES = 12;
/** ClickHouse lists up to 32 ids as they are. */
const MAX_LISTED_IDS = 32;

/** What bytes are that were refused as a portable Roaring bitmap; `undefined` if nothing says so for certain. */
export function neighbourOf(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isPortable64(view, 0)) return 'one of 64-bit ids';
  if (isJavaMap(view)) return "one of 64-bit ids, as Java's Roaring64NavigableMap wrote them";
  return nameState(view);
}

/** The number of buckets in 64 bits, then for each the high half of its ids in 32 bits and a bitmap of the low halves. */
function isPortable64(view: DataView, from: number): boolean {
  const rest = view.byteLength - from - 8;
  if (rest < 0) return false;
  const buckets = Number(view.getBigUint64(from, true));
  return areBuckets(view, from + 8, buckets);
}

/** Whether ids are signed, the number of buckets in 32 bits, and the same buckets with big-endian high halves. */
function isJavaMap(view: DataView): boolean {
  return view.byteLength >= 5 && view.getUint8(0) <= 1 && areBuckets(view, 5, view.getUint32(1));
}

function areBuckets(view: DataView, from: number, buckets: number): boolean {
  const byteLength = view.byteLength - from;
  if (buckets === 0) return byteLength === 0;
  return byteLength >= buckets * MIN_BUCKET_BYTES && isRoaring(view, from + 4);
}

function isRoaring(view: DataView, from: number): boolean {
  if (from + 8 > view.byteLength) return false;
  return view.getUint32(from, true) === COOKIE || view.getUint16(from, true) === COOKIE_WITH_RUNS;
}

/** A kind; then the number of ids and the ids, or a length (7 bits a byte, least significant first) and a bitmap. */
function nameState(view: DataView): string | undefined {
  if (view.byteLength < 2) return undefined;
  const state = 'a groupBitmap state of ClickHouse';
  const [kind, count] = [view.getUint8(0), view.getUint8(1)];
  if (kind === 0 && count <= MAX_LISTED_IDS) {
    if (view.byteLength === 2 + 4 * count) return `${state}, a list of ${count} ${plural(count, 'id')}`;
    return view.byteLength === 2 + 8 * count ? `${state}, a list of ${count} 64-bit ids` : undefined;
  }
  let byteLength = 0;
  let from = 1;
  for (let scale = 1; from < view.byteLength; scale *= 128) {
    const byte = view.getUint8(from++);
    byteLength += (byte & 127) * scale;
    if (byte < 128) break;
  }
  if (kind !== 1 || from + byteLength !== view.byteLength) return undefined;
  if (isRoaring(view, from)) return `${state}, which holds one from byte ${from} on`;
  return isPortable64(view, from) ? `${state} of 64-bit ids` : undefined;
}
