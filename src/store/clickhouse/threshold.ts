import { type Circuit, NONE, opposite, type Wire } from './circuit.js';

/**
 * What at least `k` of the wires have: they are added up as bits of a number per id, three of one weight becoming one of that weight
 * and one of twice it, and the number is compared with `k`. Takes about 7 gates per wire, in some 2 log2(wires) levels.
 * @param k 1 or more
 */
export function atLeast(circuit: Circuit, k: number, wires: readonly Wire[]): Wire {
  const bits = addUp(circuit, wires);
  // From the lowest bit on: whether the bits so far are at least those of k.
  let enough = opposite(NONE);
  const places = Math.max(bits.length, k.toString(2).length);
  for (let place = 0, rest = k; place < places; place += 1, rest = Math.floor(rest / 2)) {
    const bit = bits[place] ?? NONE;
    enough = rest % 2 === 1 ? circuit.and(bit, enough) : circuit.or(bit, enough);
  }
  return enough;
}

/** The number of wires that have an id, as binary digits, the lowest first. */
function addUp(circuit: Circuit, wires: readonly Wire[]): Wire[] {
  const digits: Wire[] = [];
  for (let summands = wires; summands.length > 0; ) {
    const carries: Wire[] = [];
    // The sums go to the end of the queue: what is added early waits for nothing.
    const queue = [...summands];
    let from = 0;
    while (queue.length - from > 2) {
      const [a, b, c] = queue.slice(from, from + 3) as [Wire, Wire, Wire];
      from += 3;
      queue.push(circuit.xor(circuit.xor(a, b), c));
      carries.push(circuit.or(circuit.and(a, b), circuit.and(c, circuit.or(a, b))));
    }
    const [a, b] = queue.slice(from) as [Wire, Wire?];
    if (b !== undefined) carries.push(circuit.and(a, b));
    digits.push(b === undefined ? a : circuit.xor(a, b));
    summands = carries;
  }
  return digits;
}
