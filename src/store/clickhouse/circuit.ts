/**
 * Sets as gates that a database has functions for. There are no complements among them: a wire says whether it stands for what
 * a gate gives or for all other ids, so that complements cost nothing, however far they reach. Equal gates are one.
 */

/** A gate with its two operands, both gates before it; a `key` has its place among the keys as `a`. */
export interface Gate {
  readonly op: 'empty' | 'key' | 'and' | 'or' | 'xor' | 'andNot';
  readonly a: number;
  readonly b: number;
}

/** Twice the number of a gate, and one more for all ids but those that it gives. */
export type Wire = number;

/** The wire without ids; its opposite has all. */
export const NONE: Wire = 0;

/** All ids but those of a wire. */
export function opposite(wire: Wire): Wire {
  return wire ^ 1;
}

export function isOpposite(wire: Wire): boolean {
  return (wire & 1) === 1;
}

export function gateOf(wire: Wire): number {
  return wire >>> 1;
}

export class Circuit {
  readonly gates: Gate[] = [{ op: 'empty', a: 0, b: 0 }];
  readonly #known = new Map<string, number>();

  key(place: number): Wire {
    return this.#gate('key', place, 0) * 2;
  }

  and(x: Wire, y: Wire): Wire {
    if (x === NONE || y === NONE || x === opposite(y)) return NONE;
    if (x === opposite(NONE) || x === y) return y;
    if (y === opposite(NONE)) return x;
    const [a, b] = [gateOf(x), gateOf(y)];
    if (isOpposite(x)) return isOpposite(y) ? opposite(this.#commuting('or', a, b)) : this.#andNot(b, a);
    return isOpposite(y) ? this.#andNot(a, b) : this.#commuting('and', a, b);
  }

  or(x: Wire, y: Wire): Wire {
    return opposite(this.and(opposite(x), opposite(y)));
  }

  xor(x: Wire, y: Wire): Wire {
    const flips = (x ^ y) & 1;
    const [a, b] = [gateOf(x), gateOf(y)];
    if (a === b) return NONE ^ flips;
    if (a === gateOf(NONE)) return (b * 2) ^ flips;
    if (b === gateOf(NONE)) return (a * 2) ^ flips;
    return this.#commuting('xor', a, b) ^ flips;
  }

  andNot(x: Wire, y: Wire): Wire {
    return this.and(x, opposite(y));
  }

  /** Joins one or more wires in halves: a chain of thousands would be nested more deeply than databases like. */
  join(op: 'and' | 'or' | 'xor', wires: readonly Wire[]): Wire {
    if (wires.length === 1) return wires[0]!;
    const half = wires.length >> 1;
    return this[op](this.join(op, wires.slice(0, half)), this.join(op, wires.slice(half)));
  }

  #andNot(a: number, b: number): Wire {
    return this.#gate('andNot', a, b) * 2;
  }

  #commuting(op: 'and' | 'or' | 'xor', a: number, b: number): Wire {
    return this.#gate(op, Math.min(a, b), Math.max(a, b)) * 2;
  }

  #gate(op: Gate['op'], a: number, b: number): number {
    const text = `${op} ${a} ${b}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const number = this.gates.push({ op, a, b }) - 1;
    this.#known.set(text, number);
    return number;
  }
}
