import { combine, type Expression } from '../engine/expression.js';

/**
 * The union of each `size` consecutive sets: of those from the first on, from the second on, and so on. Unions share what
 * they are made of, so that each costs at most three ORs, whatever the size.
 * @param size at least 1; of more sets than there are, there is no union
 */
export function slidingUnions(sets: readonly Expression[], size: number): Expression[] {
  // In blocks of the size: a window is the end of one block and the beginning of the next.
  const beginnings: Expression[] = [];
  for (const [at, set] of sets.entries()) {
    beginnings.push(at % size === 0 ? set : combine('or', [beginnings[at - 1]!, set]));
  }
  const ends: Expression[] = [];
  for (let at = sets.length - 1; at >= 0; at -= 1) {
    ends[at] =
      at % size === size - 1
        ? sets[at]!
        : at + 1 < sets.length
          ? combine('or', [sets[at]!, ends[at + 1]!])
          : sets[at]!;
  }
  const windows: Expression[] = [];
  for (let at = 0; at + size <= sets.length; at += 1) {
    const last = beginnings[at + size - 1]!;
    windows.push(at % size === 0 ? last : combine('or', [ends[at]!, last]));
  }
  return windows;
}
