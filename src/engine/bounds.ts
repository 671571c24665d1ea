import type { Expression } from './expression.js';
import { foldParts } from './parts.js';
import { takeApart } from './taking.js';

/**
 * Whether an expression holds nobody but ids of its bitmaps, so that it is the same set wherever it stands. Others hold everybody
 * but some ids, up to the end of whatever is counted with them: `~a` alone is not what it is in `~a & b`.
 */
export function isBounded(expression: Expression): boolean {
  const { parts, roots } = takeApart([expression]);
  const bounded = foldParts<boolean>(parts, ({ kind, number }, operands) => {
    const unbounded = operands.filter((isBound) => !isBound).length;
    switch (kind) {
      case 'bitmap':
        return true;
      case 'not':
        return unbounded === 1;
      case 'and':
        return unbounded < operands.length;
      case 'or':
        return unbounded === 0;
      case 'xor':
        return unbounded % 2 === 0;
      case 'andNot':
        return operands[0]! || unbounded > 1;
      case 'atLeast':
        return unbounded < number;
    }
  });
  return bounded[roots[0]!]!;
}
