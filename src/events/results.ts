import type { Expression } from '../engine/expression.js';
import { foldParts } from '../engine/parts.js';
import { takeApart } from '../engine/taking.js';
import { resultKey } from '../names/keys.js';
import type { Scope } from './scope.js';

/** Of a key, in UTF-16 code units: more than any text of an expression makes. */
const MAX_KEY_LENGTH = 1_000_000;

/**
 * The key under which the reference keeps a combination: it names the operation and the keys of its operands.
 * @throws RangeError for operands of another store: their keys would name other bitmaps here; and for keys that become too
 * long, since they repeat the keys of all operands
 */
export function storedResultKey({ prefix, store }: Scope, expression: Expression): string {
  const { bitmaps, parts, roots } = takeApart([expression]);
  const other = bitmaps.find((bitmap) => bitmap.store !== store);
  if (other !== undefined) {
    throw new RangeError(
      `expected sets of the store that keeps the result, got ${JSON.stringify(other.key)} of another store`,
    );
  }
  const keys = foldParts<string>(parts, ({ kind, number }, operands) => {
    const length = operands.reduce((sum, key) => sum + key.length, 0);
    if (length > MAX_KEY_LENGTH) {
      throw new RangeError(
        `expected operands whose keys have at most ${MAX_KEY_LENGTH} characters together, got ${length} to store a result of`,
      );
    }
    switch (kind) {
      case 'bitmap':
        return bitmaps[number]!.key;
      case 'andNot': {
        // The reference has no such operation: it is AND with complements there.
        const [first, ...others] = operands;
        return resultKey(prefix, 'AND', [first!, ...others.map((key) => resultKey(prefix, 'NOT', [key]))]);
      }
      case 'atLeast':
        return resultKey(prefix, `ATLEAST${number}`, operands);
      default:
        return resultKey(prefix, kind.toUpperCase(), operands);
    }
  });
  return keys[roots[0]!]!;
}
