import { Bitmap } from '../bitmap/bitmap.js';
import { pagesOf } from '../engine/contents.js';
import { bitmap, type Expression } from '../engine/expression.js';
import type { EvaluateOptions } from '../engine/question.js';
import { MemoryStore } from '../store/memory.js';

/** Reads a set once, for many questions: what comes back lives in this process, compressed. */
export async function loadExpression(expression: Expression, options: EvaluateOptions): Promise<Expression> {
  const loaded = new Bitmap();
  const pages = pagesOf(expression, options);
  let next = await pages.next();
  for (; !next.done; next = await pages.next()) loaded.change(next.value, 1, options.kernel);
  // As long as its longest operand, so that its complement is the complement of what was loaded.
  loaded.extend(next.value);
  const store = new MemoryStore();
  store.putBitmap('loaded', loaded);
  return bitmap(store, 'loaded');
}
