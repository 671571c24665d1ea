/**
 * A sample by lot: a seed shuffles all ids there are, and a set's sample is those of its ids that come first. One pass takes it,
 * whatever the windows; each set of so many ids is as likely as any other. Unlike a sample by rank, it hardly moves: whoever
 * joins the set pushes out at most one, and of a smaller set that has some of the sample, those are in its sample too.
 */
export class Sampler {
  readonly #size: number;
  readonly #keys: readonly [number, number];
  /** Places in the shuffled order: of the sample, and of those that may still come into it. Every place tells its id. */
  #places = new Uint32Array(MIN_PLACES);
  #length = 0;
  /** From this place on nobody comes into the sample. */
  #endPlace = 2 ** 32;

  /**
   * @param size 1 or more
   * @param seed an integer in [0, 2^32)
   */
  constructor(size: number, seed: number) {
    this.#size = size;
    const first = mix(seed ^ 0x9e3779b9);
    this.#keys = [first, mix(first ^ 0x9e3779b9)];
  }

  /** Lets ids take part, each once. */
  add(ids: Uint32Array): void {
    const [first, second] = this.#keys;
    for (let at = 0; at < ids.length; at += 1) {
      const place = mix(mix(ids[at]! ^ first) ^ second);
      if (place >= this.#endPlace) continue;
      if (this.#length === this.#places.length) this.#makeRoom();
      this.#places[this.#length++] = place;
    }
  }

  /** The sample, ascending. */
  ids(): Uint32Array<ArrayBuffer> {
    this.#cut();
    const [first, second] = this.#keys;
    const sample = this.#places.slice(0, this.#length);
    return sample.map((place) => unmix(unmix(place) ^ second) ^ first).sort();
  }

  #makeRoom(): void {
    if (this.#length >= this.#size * 2) {
      this.#cut();
      return;
    }
    const larger = new Uint32Array(this.#length * 2);
    larger.set(this.#places);
    this.#places = larger;
  }

  /** Leaves the first places alone. */
  #cut(): void {
    const places = this.#places.subarray(0, this.#length).sort();
    if (this.#length < this.#size) return;
    this.#length = this.#size;
    this.#endPlace = places[this.#size - 1]!;
  }
}

const MIN_PLACES = 1024;

/** Shuffles 32 bits (the end of MurmurHash3): every number becomes another one. */
function mix(number: number): number {
  let mixed = number;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Undoes it: its factors are the inverses of those, modulo 2^32. */
function unmix(mixed: number): number {
  let number = mixed ^ (mixed >>> 16);
  number = Math.imul(number, 0x7ed1b41d);
  number = Math.imul(number ^ (number >>> 13) ^ (number >>> 26), 0xa5cb9243);
  return (number ^ (number >>> 16)) >>> 0;
}
