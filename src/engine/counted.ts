import { SIGNATURE_WORDS } from '../store/signature.js';
import type { CountedReader, RequestOptions } from '../store/types.js';
import type { Operands } from './operands.js';
import type { Parts } from './parts.js';
import { partsOfRoots } from './remainder.js';
import { signaturesOf } from './signatures.js';

/** Answers of a question that are known before anything is read, and the question that is left. */

/** What a store has counted already of a question, and what it has yet to be asked. */
export class CountedRoots {
  /** The question without the roots that are known, and without what they alone need. */
  readonly rest: Parts;
  readonly #counted: CountedReader;
  readonly #counts: Float64Array;

  private constructor(counted: CountedReader, rest: Parts, counts: Float64Array) {
    this.rest = rest;
    this.#counted = counted;
    this.#counts = counts;
  }

  /** Asks for what is known of bitmaps that have not changed. */
  static async open(parts: Parts, counted: CountedReader, request: RequestOptions): Promise<CountedRoots> {
    const keys = parts.bitmaps.map(({ key }) => key);
    const stamps = await counted.stamps(keys, request);
    request.signal?.throwIfAborted();
    const counts = find(counted, parts, stamps);
    return new CountedRoots(counted, partsOfRoots(parts, counts), counts);
  }

  /**
   * All counts, in the order of the roots. Those of the rest are kept if they were counted in bitmaps that are.
   * @param rest the counts of the rest, from these operands
   */
  complete(operands: Operands, rest: readonly number[]): number[] {
    this.#keep(operands, rest);
    const counts = this.#counts;
    const all: number[] = [];
    let next = 0;
    // `Array.from` takes as long for a table as counting its last row does.
    for (let root = 0; root < counts.length; root += 1) {
      const count = counts[root]!;
      all.push(Number.isNaN(count) ? rest[next++]! : count);
    }
    return all;
  }

  #keep({ keys, bitmaps }: Operands, rest: readonly number[]): void {
    if (rest.length === 0) return;
    const { words, isWhole, whole } = signaturesOf(this.rest, this.#counted.stampsOf(keys, bitmaps));
    // What is left of a table that is asked again is of running periods.
    if (whole === 0) return;
    const counts = Float64Array.from(rest, (count, root) => (isWhole[root] ? count : Number.NaN));
    this.#counted.keep(words, counts);
  }
}

/** What is known of each root; `NaN` if it is to be counted. */
function find(counted: CountedReader, parts: Parts, stamps: readonly (number | undefined)[]): Float64Array {
  const { words, isWhole, whole } = signaturesOf(parts, stamps);
  const counts = new Float64Array(parts.roots.length).fill(Number.NaN);
  if (whole === 0) return counts;
  const asked = new Uint32Array(whole * SIGNATURE_WORDS);
  let next = 0;
  for (let root = 0; root < counts.length; root += 1) {
    if (isWhole[root]) {
      const at = root * SIGNATURE_WORDS;
      for (let word = 0; word < SIGNATURE_WORDS; word += 1) asked[next++] = words[at + word]!;
    }
  }
  const found = counted.find(asked);
  next = 0;
  for (let root = 0; root < counts.length; root += 1) if (isWhole[root]) counts[root] = found[next++]!;
  return counts;
}
