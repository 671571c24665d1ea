import type { Cell } from '../tables/table.js';

/** How two sets go together, by their sizes and that of what they have in common. */

export interface Sizes {
  readonly a: number;
  readonly b: number;
  readonly both: number;
  /** Of everybody who might be in them, which `lift` and `phi` need. */
  readonly universe?: number | undefined;
}

/**
 * - `people`: how many are in both, of those in the first.
 * - `jaccard`: of those in either, who are in both.
 * - `overlap`: of the smaller one, who are in both.
 * - `lift`: how many times as many are in both as would be by chance.
 * - `phi`: their correlation, from -1 (nobody is in both, everybody in one) to 1 (they are the same); by chance 0.
 */
export type Association = 'people' | 'jaccard' | 'overlap' | 'lift' | 'phi';

export const ASSOCIATIONS: Readonly<Record<Association, string>> = {
  people: 'people',
  jaccard: 'Jaccard',
  overlap: 'overlap coefficient',
  lift: 'lift',
  phi: 'phi',
};

/** The number of an association, empty if it has no meaning, as that of a set of nobody with another. */
export function associate(association: Association, sizes: Sizes): Cell {
  const { a, b, both, universe = 0 } = sizes;
  switch (association) {
    case 'people':
      return share(both, a);
    case 'jaccard':
      return share(both, a + b - both);
    case 'overlap':
      return share(both, Math.min(a, b));
    case 'lift':
      return number((both * universe) / (a * b));
    case 'phi':
      return number(
        (universe * both - a * b) / (Math.sqrt(a * (universe - a)) * Math.sqrt(b * (universe - b))),
      );
  }
}

function share(count: number, of: number): Cell {
  return { count, of, state: of === 0 ? 'empty' : 'final' };
}

function number(value: number): Cell {
  return Number.isFinite(value) ? { count: value, state: 'final' } : { count: 0, state: 'empty' };
}
