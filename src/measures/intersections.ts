import { combine, type Expression } from '../engine/expression.js';

/** Combinations of a few sets are the bits of a number: set 0 is the lowest one. 0 itself is none of them. */

/** Some of the sets. */
export interface Combination {
  /** Places of those that it is of, and of the others. */
  readonly members: readonly number[];
  readonly others: readonly number[];
  /** How many are in all members. */
  readonly count: number;
  /** How many of those are in no other set. */
  readonly exclusive: number;
}

/**
 * Who is in all sets of each combination, from 1 on. Each is made of the one without its lowest set, which comes not long before
 * it: so few of them are kept at a time.
 */
export function intersections(sets: readonly Expression[]): Expression[] {
  const made: Expression[] = [];
  for (let bits = 1; bits < 2 ** sets.length; bits += 1) {
    const lowest = sets[31 - Math.clz32(bits & -bits)]!;
    const rest = made[(bits & (bits - 1)) - 1];
    made.push(rest === undefined ? lowest : combine('and', [rest, lowest]));
  }
  return made;
}

/**
 * All combinations, small ones first, those of a size by their places.
 * @param counts of `intersections`
 */
export function combinationsOf(sets: number, counts: readonly number[]): Combination[] {
  const exclusive = [0, ...counts];
  // Whoever is in a further set too is taken away, set by set (Möbius' inversion).
  for (let set = 0; set < sets; set += 1) {
    for (let bits = 1; bits < 2 ** sets; bits += 1) {
      if ((bits & (1 << set)) === 0) exclusive[bits]! -= exclusive[bits | (1 << set)]!;
    }
  }
  const all = Array.from({ length: sets }, (_, set) => set);
  const combinations: Combination[] = [];
  for (let bits = 1; bits < 2 ** sets; bits += 1) {
    combinations.push({
      members: all.filter((set) => bits & (1 << set)),
      others: all.filter((set) => !(bits & (1 << set))),
      count: counts[bits - 1]!,
      exclusive: exclusive[bits]!,
    });
  }
  return combinations.sort(
    (a, b) => a.members.length - b.members.length || comparePlaces(a.members, b.members),
  );
}

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((place, index) => place !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
