import type { RequestOptions } from '../store/types.js';
import { CountedRoots } from './counted.js';
import type { Readers } from './operands.js';
import type { Parts } from './parts.js';

/**
 * Asks readers for counts that they know, and tells them which bitmaps are needed for the rest.
 * @param isCounted whether counts are asked for
 * @returns what is known; `undefined` if readers keep no counts
 */
export async function prepareReaders(
  parts: Parts,
  readers: Readers,
  request: RequestOptions,
  isCounted: boolean,
): Promise<CountedRoots | undefined> {
  try {
    // Whoever keeps counts keeps those of his own bitmaps.
    const counted = isCounted && readers.size === 1 ? [...readers.values()][0]!.counted : undefined;
    const known = counted && (await CountedRoots.open(parts, counted, request));
    const { bitmaps } = known?.rest ?? parts;
    for (const [store, reader] of readers) {
      const keys = reader.prepare && bitmaps.flatMap((bitmap) => (bitmap.store === store ? bitmap.key : []));
      if (keys !== undefined && keys.length > 0) await reader.prepare!(keys, request);
    }
    return known;
  } catch (error) {
    for (const reader of readers.values()) reader.release?.();
    throw error;
  }
}
