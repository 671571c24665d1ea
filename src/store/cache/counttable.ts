import { SIGNATURE_WORDS } from '../signature.js';

/** Of slots: a power of two. */
const FIRST_SLOTS = 256;

/** Counts by signature, each in a slot that follows from its first word, or the next free one: 20 bytes, at most 4 of 5 in use. */
export class CountTable {
  size = 0;
  #words = new Uint32Array(0);
  /** `NaN` if the slot is free. */
  #counts = new Float64Array(0);

  /** The count of the signature at a place of a list; `NaN` if there is none. */
  get(signatures: Uint32Array, at: number): number {
    return this.size === 0 ? Number.NaN : this.#counts[this.#find(signatures, at)]!;
  }

  set(signatures: Uint32Array, at: number, count: number): void {
    if (this.size * 5 >= this.#counts.length * 4) this.#grow();
    const slot = this.#find(signatures, at);
    if (Number.isNaN(this.#counts[slot])) {
      this.size += 1;
      for (let word = 0; word < SIGNATURE_WORDS; word += 1) {
        this.#words[slot * SIGNATURE_WORDS + word] = signatures[at + word]!;
      }
    }
    this.#counts[slot] = count;
  }

  /** The slot of a signature, or the free one that it would have. */
  #find(signatures: Uint32Array, at: number): number {
    const words = this.#words;
    const counts = this.#counts;
    const mask = counts.length - 1;
    const a = signatures[at]!;
    const b = signatures[at + 1]!;
    const c = signatures[at + 2]!;
    let slot = a & mask;
    while (!Number.isNaN(counts[slot]!)) {
      const word = slot * SIGNATURE_WORDS;
      if (words[word] === a && words[word + 1] === b && words[word + 2] === c) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [words, counts] = [this.#words, this.#counts];
    const slots = Math.max(FIRST_SLOTS, counts.length * 2);
    this.#words = new Uint32Array(slots * SIGNATURE_WORDS);
    this.#counts = new Float64Array(slots).fill(Number.NaN);
    this.size = 0;
    for (const [slot, count] of counts.entries()) {
      if (!Number.isNaN(count)) this.set(words, slot * SIGNATURE_WORDS, count);
    }
  }
}
