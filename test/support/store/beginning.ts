import type { ByteRead, RequestOptions } from '../../../src/store/types.js';
import { CountingStore } from './counting.js';

/** A store that tells lengths with the first bytes, as Redis does, and counts how often it is asked for those. */
export class BeginningStore extends CountingStore {
  firstReads = 0;

  async readFirst(reads: readonly ByteRead[], options?: RequestOptions): Promise<number[]> {
    this.firstReads += 1;
    await super.read(reads, options);
    const byteLengths = await super.byteLengths(
      reads.map(({ key }) => key),
      options,
    );
    this.calls.byteLengths -= 1;
    return byteLengths;
  }
}
