import type { FingerprintKind, RequestOptions, Store } from '../types.js';
import type { KeptBitmaps } from './kept.js';
import type { Recording } from './recording.js';

/** How what is kept is compared with what the store holds, and what came of that. */
export class Checks {
  readonly kind: FingerprintKind;
  /** Bitmaps that were compared, and those that had changed. */
  compared = 0;
  changed = 0;
  readonly #fingerprints: NonNullable<Store['fingerprints']>;

  /** @param fingerprints of the store that the bitmaps are of */
  constructor(kind: FingerprintKind, fingerprints: NonNullable<Store['fingerprints']>) {
    this.kind = kind;
    this.#fingerprints = fingerprints;
  }

  async ask(
    keys: readonly string[],
    kind: FingerprintKind,
    options: RequestOptions | undefined,
  ): Promise<string[]> {
    return keys.length === 0 ? [] : this.#fingerprints(keys, kind, options);
  }
}

/**
 * What one question knows of what is kept: the store is asked once, about all bitmaps together, before any of them is used. Only what
 * was the same then is believed: another question may be about to keep what it has read before.
 */
export class Checking {
  readonly #checks: Checks;
  readonly #asked = new Set<string>();
  readonly #same = new Map<string, Recording>();
  readonly #digests = new Map<string, string>();

  constructor(checks: Checks) {
    this.#checks = checks;
  }

  /**
   * Compares what is kept of `keys`, those that it has not been asked about before, and drops and tells what has changed, or cannot be
   * compared, as what somebody kept in a folder who did not ask for digests.
   */
  async compare(
    keys: readonly string[],
    kept: KeptBitmaps,
    options: RequestOptions | undefined,
  ): Promise<string[]> {
    const checks = this.#checks;
    const asked = keys.filter((key) => !this.#asked.has(key));
    for (const key of asked) this.#asked.add(key);
    const wholes = new Map<string, Recording>();
    for (const key of asked) {
      const whole = kept.wholeOf(key);
      if (whole !== undefined) wholes.set(key, whole);
    }
    const isByDigest = checks.kind === 'digest';
    // Also those of what will be read, before it is, so that whatever happens to it from then on will show.
    const digested = isByDigest ? asked : [];
    // What was read while it changed, and was changed back, has the digest but not the count.
    const counted = [...wholes].flatMap(([key, { isConfirmed }]) => (isByDigest && isConfirmed ? [] : key));
    const [digests, counts] = await Promise.all([
      checks.ask(digested, 'digest', options),
      checks.ask(counted, 'count', options),
    ]);
    for (const [index, key] of digested.entries()) this.#digests.set(key, digests[index]!);
    const countOf = new Map(counted.map((key, index) => [key, counts[index]]));
    const changed: string[] = [];
    for (const [key, whole] of wholes) {
      const canCompare = !isByDigest || whole.digest !== undefined;
      const hasDigest = !isByDigest || whole.digest === this.#digests.get(key);
      const hasCount = !countOf.has(key) || whole.bitmap.cardinality === Number(countOf.get(key));
      if (canCompare) checks.compared += 1;
      if (canCompare && hasDigest && hasCount) {
        whole.isConfirmed = isByDigest;
        this.#same.set(key, whole);
      } else {
        if (canCompare) checks.changed += 1;
        changed.push(key);
        if (kept.wholeOf(key) === whole) kept.drop(key);
      }
    }
    return changed;
  }

  /** Whether this question may have what is kept of a key. */
  isSame(key: string, recording: Recording): boolean {
    return this.#same.get(key) === recording;
  }

  /** Whether what is read of a key from now on can be compared later. */
  canBegin(key: string): boolean {
    return this.#checks.kind === 'count' || this.#digests.has(key);
  }

  /** What a key had before it was read, if that is known. */
  digestOf(key: string): string | undefined {
    return this.#digests.get(key);
  }
}
