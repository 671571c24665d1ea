/** How long keys may become: one large id takes as many bytes as all ids below it. */

import { byteIndex } from '../../base/bits.js';
import { plural, StoreError } from '../../base/errors.js';
import type { BitWrite } from '../types.js';

/** A write that would make a key longer than `maxKeyBytes` of the store allows; nothing of it was written. */
export class KeyGrowthError extends StoreError {
  override name = 'KeyGrowthError';
  /** The key that would have grown, without a prefix that the client adds. */
  readonly key: string;
  /** The id that is the reason. */
  readonly id: number;
  /** How long it would have become, in bytes. */
  readonly neededBytes: number;
  /** How long it may become, in bytes. */
  readonly maxKeyBytes: number;

  constructor({ key, id }: LargestId, maxKeyBytes: number) {
    const neededBytes = byteIndex(id) + 1;
    super(
      `expected keys of at most ${maxKeyBytes} ${plural(maxKeyBytes, 'byte')} (ids below ${maxKeyBytes * 8}), got id ${id}, for which key ${JSON.stringify(key)} would grow to ${neededBytes} ${plural(neededBytes, 'byte')}; a larger maxKeyBytes allows that, and people gives everybody a small number`,
    );
    this.key = key;
    this.id = id;
    this.neededBytes = neededBytes;
    this.maxKeyBytes = maxKeyBytes;
  }
}

/** The largest id that a write sets or clears in a key. */
export interface LargestId {
  readonly key: string;
  readonly id: number;
}

/** The keys in which a write reaches beyond `maxBytes`, each once; whether they grow by that depends on how long they are. */
export function keysBeyond(maxBytes: number, writes: readonly BitWrite[]): readonly LargestId[] {
  const firstBeyond = maxBytes * 8;
  let beyond: Map<string, number> | undefined;
  for (const { key, ids } of writes) {
    let largest = -1;
    for (let at = 0; at < ids.length; at++) {
      if (ids[at]! >= firstBeyond && ids[at]! > largest) largest = ids[at]!;
    }
    if (largest < 0) continue;
    beyond ??= new Map();
    beyond.set(key, Math.max(largest, beyond.get(key) ?? 0));
  }
  return beyond === undefined ? NONE : Array.from(beyond, ([key, id]) => ({ key, id }));
}

const NONE: readonly LargestId[] = [];
