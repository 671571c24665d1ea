import { bytesOf } from '../engine/contents.js';
import type { Expression } from '../engine/expression.js';
import { foldParts } from '../engine/parts.js';
import type { EvaluateOptions } from '../engine/question.js';
import { takeApart } from '../engine/taking.js';
import { resultKey } from '../names/keys.js';
import type { PutOptions } from '../store/types.js';
import type { Scope } from './scope.js';

/** How long a stored result lives by default. */
const RESULT_TTL_SECONDS = 3600;
/** Of a key, in UTF-16 code units: more than any text of an expression makes. */
const MAX_KEY_LENGTH = 1_000_000;

/** Stores a combination under the key that the reference gives it, and says which that is. */
export async function storeResult(
  scope: Scope,
  expression: Expression,
  options: EvaluateOptions & PutOptions,
): Promise<string> {
  const key = storedResultKey(scope, expression);
  if (expression.kind === 'bitmap') {
    throw new RangeError(
      `expected a combination of sets to store, got the single bitmap ${JSON.stringify(key)}`,
    );
  }
  const bytes = await bytesOf(expression, options);
  const { ttlSeconds = RESULT_TTL_SECONDS, signal } = options;
  await scope.store.put(key, bytes, { ttlSeconds, signal });
  scope.storedKeys.add(key);
  return key;
}

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
