import { openPlan } from './answers.js';
import type { Expression } from './expression.js';
import { longest } from './plan.js';
import { checkEvaluateOptions, openQuestion, type WindowedOptions } from './question.js';
import { alignLength } from './slots.js';
import { traceQuestion, traceStream } from './tracing.js';
import { PAGE_BYTES, WindowRun } from './windows.js';

/** Who is in an expression, not only how many: ids, pages of them, and bits. */

const PAGE_IDS = PAGE_BYTES * 8;

/** The ids of an expression, ascending. */
export async function idsOf(
  expression: Expression,
  options: WindowedOptions = {},
): Promise<Uint32Array<ArrayBuffer>> {
  return traceQuestion({ question: 'ids', expressions: 1 }, async () => {
    checkEvaluateOptions(options);
    const kept = idsInStore(expression, options);
    if (kept !== undefined) return kept;
    const pages: Uint32Array[] = [];
    for await (const page of computePages(expression, options)) pages.push(page);
    const ids = new Uint32Array(pages.reduce((length, page) => length + page.length, 0));
    let length = 0;
    for (const page of pages) {
      ids.set(page, length);
      length += page.length;
    }
    return ids;
  });
}

/**
 * The ids of an expression, ascending, in pages of at most 65,536, each the caller's to keep; returns the length of the
 * result in bytes, that of its longest operand, as BITOP's.
 */
export function pagesOf(
  expression: Expression,
  options: WindowedOptions = {},
): AsyncGenerator<Uint32Array<ArrayBuffer>, number, undefined> {
  return traceStream({ question: 'ids', expressions: 1 }, computePages(expression, options));
}

async function* computePages(
  expression: Expression,
  options: WindowedOptions,
): AsyncGenerator<Uint32Array<ArrayBuffer>, number, undefined> {
  const { run, slot, byteLength: resultBytes, close } = await openResult(expression, options);
  const { memory, kernel, pageOffset } = run;
  try {
    let page = new Uint32Array(PAGE_IDS);
    let length = 0;
    for (let window = await run.next(); window !== undefined; window = await run.next()) {
      for (let start = 0; start < window.byteLength; start += PAGE_BYTES) {
        const byteLength = Math.min(PAGE_BYTES, alignLength(window.byteLength - start));
        const firstId = (window.byteOffset + start) * 8;
        const found = kernel.ids(pageOffset, run.offsetOf(slot) + start, byteLength, firstId);
        if (length + found > PAGE_IDS) {
          yield page.subarray(0, length);
          page = new Uint32Array(PAGE_IDS);
          length = 0;
        }
        page.set(new Uint32Array(memory.buffer, memory.byteOffset + pageOffset, found), length);
        length += found;
      }
    }
    if (length > 0) yield page.slice(0, length);
    return resultBytes;
  } finally {
    close();
  }
}

/** The bits of an expression in Redis bit order, as many bytes as its longest operand has. */
export async function bytesOf(
  expression: Expression,
  options: WindowedOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return traceQuestion({ question: 'bytes', expressions: 1 }, async () => {
    const { run, slot, byteLength, close } = await openResult(expression, options);
    try {
      const bytes = new Uint8Array(byteLength);
      for (let window = await run.next(); window !== undefined; window = await run.next()) {
        const start = run.offsetOf(slot);
        bytes.set(run.memory.subarray(start, start + window.byteLength), window.byteOffset);
      }
      return bytes;
    } finally {
      close();
    }
  });
}

/** The bits of one expression, window by window; to be closed. */
interface Result {
  readonly run: WindowRun;
  /** Where the bits of a window are. */
  readonly slot: number;
  /** That of the longest operand. */
  readonly byteLength: number;
  close(): void;
}

async function openResult(expression: Expression, options: WindowedOptions): Promise<Result> {
  const question = await openQuestion([expression], checkEvaluateOptions(options));
  try {
    const { plan, infos, beginnings } = await openPlan(question, 'bitmaps');
    const run = new WindowRun(question, plan, undefined, beginnings);
    const close = () => {
      run.close();
      question.operands.release();
    };
    // What is known to be empty has no slot, but no windows either.
    const slot = plan.program.outputs[0] ?? 0;
    return { run, slot, byteLength: longest(infos.map(({ byteLength }) => byteLength)), close };
  } catch (error) {
    question.operands.release();
    throw error;
  }
}

/** A plain key that its store keeps in memory is written out there, at once. */
function idsInStore(
  expression: Expression,
  { signal, windowBytes, kernel }: WindowedOptions,
): Uint32Array<ArrayBuffer> | undefined {
  if (expression.kind !== 'bitmap' || windowBytes !== undefined) return undefined;
  signal?.throwIfAborted();
  return expression.store.resident?.(expression.key)?.ids(kernel);
}
