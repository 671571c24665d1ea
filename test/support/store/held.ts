import type { BitWrite, ByteRead, RequestOptions, WriteOptions } from '../../../src/store/types.js';
import { CountingStore } from './counting.js';

type Call = 'byteLengths' | 'read' | 'write';

/** A store whose replies can be held back: what was asked is done at once, and told when it is let go. */
export class HeldStore extends CountingStore {
  readonly #held = new Map<Call, Promise<void>>();

  /** Holds the replies of calls from now on; returns what lets them go. */
  hold(call: Call): () => void {
    let letGo = () => {};
    this.#held.set(
      call,
      new Promise((resolve) => {
        letGo = resolve;
      }),
    );
    return () => {
      this.#held.delete(call);
      letGo();
    };
  }

  override async byteLengths(keys: readonly string[], options?: RequestOptions): Promise<number[]> {
    const held = this.#held.get('byteLengths');
    const byteLengths = await super.byteLengths(keys, options);
    await held;
    return byteLengths;
  }

  override async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    const held = this.#held.get('read');
    await super.read(reads, options);
    await held;
    options?.signal?.throwIfAborted();
  }

  override async write(writes: readonly BitWrite[], options?: WriteOptions): Promise<void> {
    const held = this.#held.get('write');
    await super.write(writes, options);
    await held;
  }
}
