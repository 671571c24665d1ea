/** How fast bytes come in over a link. */

import { performance } from 'node:perf_hooks';

/** Less comes in at once, or hardly later than the first byte, whatever the link. */
const MIN_SAMPLE_BYTES = 2 ** 19;
/** So many reads are looked back upon: one pause, or one moment of a busy machine, does not make a link slow or fast. */
const SAMPLES = 5;
/** Of so many requests without bulk, the shortest tells how far away the server is. */
const ROUND_TRIPS = 8;
/** After a minute another link may have taken its place. */
const MAX_AGE_MS = 60_000;

interface Sample {
  readonly bytes: number;
  readonly waitedMs: number;
  readonly takenMs: number;
}

/** Milliseconds in which the process had nothing to do but wait. */
function idleMs(): number {
  return performance.eventLoopUtilization().idle;
}

/**
 * Bytes per millisecond that is spent waiting: what is computed while bytes are on their way, and the work of taking them
 * in, say nothing about the link, nor does the way there and back. Where waiting cannot be told from working, every link is
 * fast.
 */
export class Pace {
  readonly #waitedMs: () => number;
  /** The last one first. */
  readonly #reads: Sample[] = [];
  readonly #roundTrips: Sample[] = [];
  /** Of all reads that have come to their end. */
  #bytes = 0;

  constructor(waitedMs: () => number = idleMs) {
    this.#waitedMs = waitedMs;
  }

  /** The middle one of late, the faster of two; `Infinity` if nothing is known. */
  get bytesPerMs(): number {
    const sinceMs = Date.now() - MAX_AGE_MS;
    const roundTripMs = Math.min(...this.#roundTrips.map(({ waitedMs }) => waitedMs));
    const paces = this.#reads
      .filter(({ takenMs }) => takenMs > sinceMs)
      .map(({ bytes, waitedMs }) => bytes / Math.max(waitedMs - roundTripMs, 0))
      .sort((a, b) => b - a);
    return paces[(paces.length - 1) >> 1] ?? Number.POSITIVE_INFINITY;
  }

  /** Waits for replies; `bytesOf` tells how many bytes have come in beside a few per reply. */
  async measure<T>(request: () => Promise<T>, bytesOf: (answer: T) => number): Promise<T> {
    const bytesBefore = this.#bytes;
    const waitedBefore = this.#waitedMs();
    const answer = await request();
    const own = bytesOf(answer);
    this.#bytes += own;
    // Reads of several questions share the link.
    const bytes = this.#bytes - bytesBefore;
    const sample = { bytes, waitedMs: this.#waitedMs() - waitedBefore, takenMs: Date.now() };
    if (bytes >= MIN_SAMPLE_BYTES) keep(this.#reads, sample, SAMPLES);
    else if (own === 0) keep(this.#roundTrips, sample, ROUND_TRIPS);
    return answer;
  }
}

function keep(samples: Sample[], sample: Sample, most: number): void {
  samples.unshift(sample);
  if (samples.length > most) samples.pop();
}
