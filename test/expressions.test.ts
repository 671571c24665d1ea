import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countIds, hasId, hasIds, windowsOf } from '../src/evaluate.js';
import { bitmap, combine, complement, type Expression } from '../src/expression.js';
import type { EvaluateOptions } from '../src/question.js';
import type { Store } from '../src/store/types.js';
import { idsOf, storeOf, toBytes } from './bitmaps.js';
import { bitmapArbitrary, expressionArbitrary, type ModelExpression, modelBytes, modelIds } from './model.js';

const BITMAPS = 5;
const questions = fc.record({
  bitmaps: fc.array(bitmapArbitrary, { minLength: BITMAPS, maxLength: BITMAPS }),
  roots: fc.array(expressionArbitrary(BITMAPS), { minLength: 1, maxLength: 4 }),
});

describe.each(['wasm', 'js'] as const)('expressions on the %s kernel', (kernel) => {
  it.each([64, 128, undefined])('equal the set model, with windows of %s bytes', async (windowBytes) => {
    const options: EvaluateOptions = { kernel, windowBytes };
    await fc.assert(
      fc.asyncProperty(questions, async ({ bitmaps, roots }) => {
        const store = await storeOf(bitmaps);
        const expressions = roots.map((root) => expressionOf(root, store));
        const expected = roots.map((root) => modelIds(root, bitmaps));
        expect(await countIds(expressions, options)).toEqual(expected.map((ids) => ids.length));
        for (const [index, expression] of expressions.entries()) {
          const ids = expected[index]!;
          expect(await idsOf(expression, options)).toEqual(ids);
          expect(await hasIds(expression, options)).toBe(ids.length > 0);
          expect(await bytesOf(expression, options)).toEqual(
            toBytes(ids, modelBytes(roots[index]!, bitmaps)),
          );
          for (const id of [0, 1, 7, 40, 511, 512, 1599, 1600, 2 ** 32 - 1]) {
            expect(await hasId(expression, id, options)).toBe(ids.includes(id));
          }
        }
      }),
      { numRuns: 150, seed: 20_261 },
    );
  });
});

function expressionOf(node: ModelExpression, store: Store): Expression {
  if (node.op === 'bitmap') return bitmap(store, String(node.index));
  if (node.op === 'not') return complement(expressionOf(node.of, store));
  return combine(
    node.op,
    node.of.map((operand) => expressionOf(operand, store)),
  );
}

async function bytesOf(expression: Expression, options: EvaluateOptions): Promise<Uint8Array> {
  const windows = windowsOf(expression, options);
  const parts: { byteOffset: number; bytes: Uint8Array }[] = [];
  let next = await windows.next();
  for (; !next.done; next = await windows.next())
    parts.push({ ...next.value, bytes: next.value.bytes.slice() });
  const all = new Uint8Array(next.value);
  for (const { byteOffset, bytes } of parts) all.set(bytes, byteOffset);
  return all;
}
