import type { Expression } from '../engine/expression.js';
import { checkEventName } from '../names/keys.js';
import type { Period } from '../time/period.js';

/** Named segments: sets that are asked for like events but are combinations of others (the reference's custom handlers). */

/** Makes the set of a segment in a period, or (`'unique'`) of its dateless flags. */
export type Segment = (period: Period | 'unique') => Expression;

/** Segments may refer to others this deep. */
const MAX_DEPTH = 16;
/** A segment may refer to so many others, directly or not, each time counted. */
const MAX_MADE = 10_000;

export class Segments {
  readonly #byName = new Map<string, Segment>();
  /** Segments being made, outermost first: one of them again would never end. */
  readonly #making: string[] = [];
  /** Made since the outermost one was begun. */
  #made = 0;

  define(name: string, segment: Segment): void {
    this.#byName.set(checkEventName(name), segment);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  get names(): string[] {
    return [...this.#byName.keys()].sort();
  }

  /** @throws RangeError if segments refer to each other in a circle, too deep or too often */
  expressionOf(name: string, period: Period | 'unique'): Expression {
    const segment = this.#byName.get(name);
    if (segment === undefined)
      throw new RangeError(`expected the name of a segment, got ${JSON.stringify(name)}`);
    this.#checkMaking(name);
    this.#making.push(name);
    try {
      return segment(period);
    } finally {
      this.#making.pop();
    }
  }

  #checkMaking(name: string): void {
    const [outermost = name] = this.#making;
    this.#made = this.#making.length === 0 ? 0 : this.#made + 1;
    if (this.#making.includes(name)) {
      const circle = [...this.#making, name].join(' → ');
      throw new RangeError(`expected segments that do not refer to each other in a circle, got ${circle}`);
    }
    if (this.#making.length === MAX_DEPTH || this.#made > MAX_MADE) {
      throw new RangeError(
        `expected a segment of at most ${MAX_MADE} others, at most ${MAX_DEPTH} in each other, got more in ${JSON.stringify(outermost)}`,
      );
    }
  }
}
