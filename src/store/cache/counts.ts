import { describe } from '../../base/errors.js';
import { SIGNATURE_WORDS } from '../signature.js';
import { CountTable } from './counttable.js';

/**
 * Counts by signature: of two generations, a new one begins once the younger is half of all that there may be. Then the older is
 * forgotten, but for what was found in it since the last time.
 */
export class KeptCounts {
  readonly #maxSize: number;
  #young = new CountTable();
  #old = new CountTable();
  /** Of the older generation, how many are in the younger one too. */
  #moved = 0;
  /** How many were found here since the beginning, and how many had to be computed. */
  found = 0;
  computed = 0;

  /** @throws RangeError for a number that is negative or not whole */
  constructor(maxCounts: number) {
    if (!Number.isSafeInteger(maxCounts) || maxCounts < 0) {
      throw new RangeError(`expected maxCounts to be a whole number from 0 on, got ${describe(maxCounts)}`);
    }
    this.#maxSize = Math.ceil(maxCounts / 2);
  }

  /** Whether any count is kept at all. */
  get isOn(): boolean {
    return this.#maxSize > 0;
  }

  get size(): number {
    return this.#young.size + this.#old.size - this.#moved;
  }

  /** One per signature; `NaN` for what is unknown. */
  find(signatures: Uint32Array): Float64Array {
    const counts = new Float64Array(signatures.length / SIGNATURE_WORDS);
    for (let index = 0; index < counts.length; index += 1) {
      const count = this.#find(signatures, index * SIGNATURE_WORDS);
      if (!Number.isNaN(count)) this.found += 1;
      counts[index] = count;
    }
    return counts;
  }

  /** Those that are not `NaN`. */
  keep(signatures: Uint32Array, counts: Float64Array): void {
    for (let index = 0; index < counts.length; index += 1) {
      if (Number.isNaN(counts[index])) continue;
      this.computed += 1;
      this.#set(signatures, index * SIGNATURE_WORDS, counts[index]!);
    }
  }

  /** Keeps what had been kept elsewhere. */
  load(signatures: Uint32Array, counts: Float64Array): void {
    for (const [index, count] of counts.entries()) this.#set(signatures, index * SIGNATURE_WORDS, count);
  }

  clear(): void {
    this.#young = new CountTable();
    this.#old = new CountTable();
    this.#moved = 0;
  }

  #find(signatures: Uint32Array, at: number): number {
    const count = this.#young.get(signatures, at);
    if (!Number.isNaN(count) || this.#old.size === 0) return count;
    const older = this.#old.get(signatures, at);
    if (!Number.isNaN(older)) {
      this.#moved += 1;
      this.#set(signatures, at, older);
    }
    return older;
  }

  #set(signatures: Uint32Array, at: number, count: number): void {
    if (this.#young.size >= this.#maxSize) {
      this.#old = this.#young;
      this.#young = new CountTable();
      this.#moved = 0;
    }
    this.#young.set(signatures, at, count);
  }
}
