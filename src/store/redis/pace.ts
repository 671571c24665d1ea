/** How fast bytes come in over a link. */

import { performance } from 'node:perf_hooks';

/** Less comes in at once, or hardly later than the first byte, whatever the link. */
const MIN_SAMPLE_BYTES = 2 ** 19;
/** So many reads are looked back upon; the fastest counts, since a link is not to be thought slow because of one pause. */
const SAMPLES = 4;
/** After a minute another link may have taken its place. */
const MAX_AGE_MS = 60_000;

interface Sample {
  readonly bytesPerMs: number;
  readonly takenMs: number;
}

/** Milliseconds in which the process had nothing to do but wait. */
function idleMs(): number {
  return performance.eventLoopUtilization().idle;
}

/**
 * Bytes per millisecond that is spent waiting: what is computed while bytes are on their way, and the work of taking them
 * in, say nothing about the link. Where waiting cannot be told from working, every link is fast.
 */
export class Pace {
  readonly #waitedMs: () => number;
  readonly #samples: Sample[] = [];
  /** Of all reads that have come to their end. */
  #bytes = 0;

  constructor(waitedMs: () => number = idleMs) {
    this.#waitedMs = waitedMs;
  }

  /** Of late; `Infinity` if nothing is known. */
  get bytesPerMs(): number {
    const sinceMs = Date.now() - MAX_AGE_MS;
    const known = this.#samples.filter(({ takenMs }) => takenMs > sinceMs);
    return known.length === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(...known.map((sample) => sample.bytesPerMs));
  }

  /** Reads; `bytesOf` tells how many bytes have come in. */
  async measure<T>(read: () => Promise<T>, bytesOf: (answer: T) => number): Promise<T> {
    const bytesBefore = this.#bytes;
    const waitedBefore = this.#waitedMs();
    const answer = await read();
    this.#bytes += bytesOf(answer);
    // Reads of several questions share the link.
    const bytes = this.#bytes - bytesBefore;
    if (bytes >= MIN_SAMPLE_BYTES) {
      const bytesPerMs = bytes / (this.#waitedMs() - waitedBefore);
      this.#samples.unshift({ bytesPerMs, takenMs: Date.now() });
      this.#samples.length = Math.min(this.#samples.length, SAMPLES);
    }
    return answer;
  }
}
