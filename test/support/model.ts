import fc from 'fast-check';
import { atLeast, combine, complement, type Expression } from '../../src/engine/expression.js';

/** The oracle: bitmaps as plain sets of ids with a length in bytes, expressions evaluated id by id. */

export interface ModelBitmap {
  readonly ids: ReadonlySet<number>;
  readonly byteLength: number;
}

/** An expression over numbered bitmaps. */
export type ModelExpression =
  | { readonly op: 'bitmap'; readonly index: number }
  | { readonly op: 'and' | 'or' | 'xor' | 'andNot'; readonly of: readonly ModelExpression[] }
  | { readonly op: 'atLeast'; readonly k: number; readonly of: readonly ModelExpression[] }
  | { readonly op: 'not'; readonly of: ModelExpression };

/** Bytes of the longest bitmap of an expression: how far its complements and its result reach. */
export function modelBytes(expression: ModelExpression, bitmaps: readonly ModelBitmap[]): number {
  if (expression.op === 'bitmap') return bitmaps[expression.index]!.byteLength;
  const operands = expression.op === 'not' ? [expression.of] : expression.of;
  return Math.max(...operands.map((operand) => modelBytes(operand, bitmaps)));
}

/** The same expression over what `leaf` makes of each bitmap. */
export function expressionOf(node: ModelExpression, leaf: (index: number) => Expression): Expression {
  if (node.op === 'bitmap') return leaf(node.index);
  if (node.op === 'not') return complement(expressionOf(node.of, leaf));
  const operands = node.of.map((operand) => expressionOf(operand, leaf));
  return node.op === 'atLeast' ? atLeast(node.k, operands) : combine(node.op, operands);
}

export function modelIds(expression: ModelExpression, bitmaps: readonly ModelBitmap[]): number[] {
  const end = modelBytes(expression, bitmaps) * 8;
  const holds = (node: ModelExpression, id: number): boolean => {
    switch (node.op) {
      case 'bitmap':
        return bitmaps[node.index]!.ids.has(id);
      case 'not':
        return !holds(node.of, id);
      case 'and':
        return node.of.every((operand) => holds(operand, id));
      case 'or':
        return node.of.some((operand) => holds(operand, id));
      case 'xor':
        return node.of.filter((operand) => holds(operand, id)).length % 2 === 1;
      case 'atLeast':
        return node.of.filter((operand) => holds(operand, id)).length >= node.k;
      case 'andNot':
        return holds(node.of[0]!, id) && !node.of.slice(1).some((operand) => holds(operand, id));
    }
  };
  return Array.from({ length: end }, (_, id) => id).filter((id) => holds(expression, id));
}

/** Lengths where windows, vectors and bytes begin and end. */
const EDGES = [1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 191, 192, 200];

/** Skewed ids, so that sets intersect: many share a few popular ids, some are runs, some are empty or full. */
export const bitmapArbitrary: fc.Arbitrary<ModelBitmap> = fc
  .record({
    byteLength: fc.oneof(fc.constantFrom(0, ...EDGES), fc.integer({ min: 0, max: 200 })),
    popular: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }),
    spread: fc.array(fc.integer({ min: 0, max: 1599 }), { maxLength: 30 }),
    run: fc.option(fc.tuple(fc.integer({ min: 0, max: 1599 }), fc.integer({ min: 1, max: 700 }))),
  })
  .map(({ byteLength, popular, spread, run }) => {
    const inRun = run ? Array.from({ length: run[1] }, (_, index) => run[0] + index) : [];
    const ids = [...popular, ...spread, ...inRun].filter((id) => id < byteLength * 8);
    return { byteLength, ids: new Set(ids) };
  });

/** Expressions over `count` bitmaps; bitmaps and subexpressions occur repeatedly. */
export function expressionArbitrary(count: number): fc.Arbitrary<ModelExpression> {
  const leaf = fc
    .integer({ min: 0, max: count - 1 })
    .map((index): ModelExpression => ({ op: 'bitmap', index }));
  return fc.letrec<{ node: ModelExpression }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      leaf,
      fc.record({
        op: fc.constantFrom('and', 'or', 'xor', 'andNot'),
        of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      }),
      fc
        .tuple(fc.array(tie('node'), { minLength: 1, maxLength: 6 }), fc.nat())
        .map(([of, k]): ModelExpression => ({ op: 'atLeast', k: 1 + (k % of.length), of })),
      fc.record({ op: fc.constant('not' as const), of: tie('node') }),
    ),
  })).node;
}
