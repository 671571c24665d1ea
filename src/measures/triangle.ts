/** The pairs of a table whose rows are consecutive periods, each met by its own period and those after it. */

type Pairs = readonly (readonly [row: number, period: number])[];

/** Pairs that are kept, of all shapes together: some megabytes. */
const MAX_KEPT = 50_000;

const keptByShape = new Map<string, Pairs>();
let kept = 0;

/**
 * Which sets meet in the cells of a triangle, cell by cell, row by row, if the sets are those of the rows and then those of
 * the periods from that of the first row on. The same shape has the same array, frozen, as long as it is kept: whoever works
 * out something from it need not do so again.
 */
export function trianglePairs(rows: number, columns: number): Pairs {
  const shape = `${rows} × ${columns}`;
  const known = keptByShape.get(shape);
  if (known !== undefined) return known;
  const pairs: (readonly [number, number])[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      pairs.push(Object.freeze([row, rows + row + column] as const));
    }
  }
  if (pairs.length <= MAX_KEPT) keep(shape, pairs);
  return Object.freeze(pairs);
}

function keep(shape: string, pairs: Pairs): void {
  kept += pairs.length;
  if (kept > MAX_KEPT) {
    keptByShape.clear();
    kept = pairs.length;
  }
  keptByShape.set(shape, pairs);
}
