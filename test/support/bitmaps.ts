/** From the model's bitmaps to a store, and from an expression to its ids. */

import { countSets } from '../../src/engine/answers.js';
import { pagesOf } from '../../src/engine/contents.js';
import type { Expression } from '../../src/engine/expression.js';
import type { WindowedOptions } from '../../src/engine/question.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { ModelBitmap } from './model.js';

/** A store that holds bitmap i under the key i. */
export async function storeOf(bitmaps: readonly ModelBitmap[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [index, { ids, byteLength }] of bitmaps.entries()) {
    if (byteLength > 0) await store.put(String(index), toBytes([...ids], byteLength));
  }
  return store;
}

export function toBytes(ids: readonly number[], byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  for (const id of ids) bytes[id >> 3]! |= 0x80 >> (id & 7);
  return bytes;
}

export async function idsOf(expression: Expression, options: WindowedOptions): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of pagesOf(expression, options)) ids.push(...page);
  return ids;
}

export async function countIds(
  sets: readonly Expression[],
  options: WindowedOptions = {},
): Promise<readonly number[]> {
  return (await countSets({ sets }, options)).sets;
}
