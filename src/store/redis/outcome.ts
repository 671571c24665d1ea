/** What became of a write: the bits confirmed per key, and the first error of each key. */

import { PartialWriteError, StoreError } from '../../base/errors.js';
import type { BitWrite } from '../types.js';
import type { RedisLink } from './link.js';
import { explainFailure, isAboutKey, isRefusal } from './refusal.js';

export class Outcome {
  /** Nothing more can be written for now. */
  isHopeless = false;
  readonly #writes: readonly BitWrite[];
  readonly #confirmed: number[];
  readonly #failures = new Map<string, unknown>();

  constructor(writes: readonly BitWrite[]) {
    this.#writes = writes;
    this.#confirmed = writes.map(() => 0);
  }

  confirm(index: number, bits: number): void {
    this.#confirmed[index]! += bits;
  }

  refuse(index: number, error: unknown): void {
    const { key } = this.#writes[index]!;
    if (!this.#failures.has(key)) this.#failures.set(key, error);
    this.isHopeless ||= !isAboutKey(error);
  }

  /** Throws what describes a write of which not every bit was confirmed. */
  async settle(link: RedisLink): Promise<void> {
    const [failure] = this.#failures;
    if (failure === undefined) return;
    const [key, error] = failure;
    const cause = await explainFailure(link.commands, error, key);
    const written = this.#confirmed.reduce((sum, bits) => sum + bits, 0);
    if (written === 0) {
      if ([...this.#failures.values()].every(isRefusal)) throw cause;
      throw new StoreError(`${cause.message}; no bit is confirmed as written`, { cause: error });
    }
    const total = this.#writes.reduce((sum, { ids }) => sum + ids.length, 0);
    const failed = this.#writes.filter(({ ids }, index) => this.#confirmed[index]! < ids.length);
    throw new PartialWriteError(
      `expected to write ${total} bits, got ${written} confirmed; ${cause.message}`,
      [...new Set(failed.map((write) => write.key))],
      { cause },
    );
  }
}
