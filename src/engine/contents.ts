import { CONTAINER_IDS } from '../base/limits.js';
import type { Bitmap } from '../bitmap/bitmap.js';
import { openPlan } from './answers.js';
import type { Expression } from './expression.js';
import { longest } from './plan.js';
import {
  checkEvaluateOptions,
  openQuestion,
  type Question,
  type WindowedOptions,
  withQuestion,
} from './question.js';
import { alignLength } from './slots.js';
import { traceQuestion, traceStream } from './tracing.js';
import { PAGE_BYTES, WindowRun } from './windows.js';

/** Who is in an expression, not only how many: ids, pages of them, and bits. */

const PAGE_IDS = PAGE_BYTES * 8;

type Ids = Uint32Array<ArrayBuffer>;

/** The ids of an expression, ascending. */
export function idsOf(expression: Expression, options: WindowedOptions = {}): Promise<Ids> {
  return traceQuestion({ question: 'ids', expressions: 1 }, async () => {
    checkEvaluateOptions(options);
    const near = nearBitmap(expression, options);
    if (near !== undefined) return near.ids(options.kernel);
    return withQuestion([expression], options, async (question) => {
      const kept = keptBitmap(expression, question);
      if (kept !== undefined) return kept.ids(options.kernel);
      const pages: Ids[] = [];
      for await (const page of windowPages(question)) pages.push(page);
      return join(pages);
    });
  });
}

function join(pages: readonly Ids[]): Ids {
  if (pages.length === 1) return pages[0]!;
  const ids = new Uint32Array(pages.reduce((length, page) => length + page.length, 0));
  let length = 0;
  for (const page of pages) {
    ids.set(page, length);
    length += page.length;
  }
  return ids;
}

/**
 * The ids of an expression, ascending, in pages of at most 65,536, each the caller's to keep; returns the length of the
 * result in bytes, that of its longest operand, as BITOP's.
 */
export function pagesOf(
  expression: Expression,
  options: WindowedOptions = {},
): AsyncGenerator<Ids, number, undefined> {
  return traceStream({ question: 'ids', expressions: 1 }, computePages(expression, options));
}

async function* computePages(
  expression: Expression,
  options: WindowedOptions,
): AsyncGenerator<Ids, number, undefined> {
  checkEvaluateOptions(options);
  const isPlain = !isWatched(options);
  const near = isPlain ? nearBitmap(expression, options) : undefined;
  // A question only if there is something to ask: it costs as much as a page of a thousand ids.
  const question = near === undefined ? await openQuestion([expression], options) : undefined;
  try {
    const kept = near ?? (isPlain ? keptBitmap(expression, question!) : undefined);
    if (kept === undefined) return yield* windowPages(question!);
    // The bitmap may change while a page is looked at.
    for (let firstId = 0; firstId < kept.byteLength * 8; ) {
      options.signal?.throwIfAborted();
      const page = kept.page(firstId, options.kernel);
      if (page.length === 0) break;
      firstId = (Math.floor(page.at(-1)! / CONTAINER_IDS) + 1) * CONTAINER_IDS;
      yield page;
    }
    return kept.byteLength;
  } finally {
    question?.operands.release();
  }
}

async function* windowPages(question: Question): AsyncGenerator<Ids, number, undefined> {
  const { run, slot, byteLength: resultBytes } = await openResult(question);
  const { memory, kernel, pageOffset } = run;
  const pageOf = (ids: number) =>
    new Uint32Array(new Uint32Array(memory.buffer, memory.byteOffset + pageOffset, ids));
  try {
    let length = 0;
    for (let window = await run.next(); window !== undefined; window = await run.next()) {
      for (let start = 0; start < window.byteLength; start += PAGE_BYTES) {
        const byteLength = Math.min(PAGE_BYTES, alignLength(window.byteLength - start));
        const firstId = (window.byteOffset + start) * 8;
        const idsOffset = pageOffset + length * 4;
        const found = kernel.ids(idsOffset, run.offsetOf(slot) + start, byteLength, firstId);
        if (length + found > PAGE_IDS) {
          yield pageOf(length);
          memory.copyWithin(pageOffset, idsOffset, idsOffset + found * 4);
          length = 0;
        }
        length += found;
      }
    }
    if (length > 0) yield pageOf(length);
    return resultBytes;
  } finally {
    run.close();
  }
}

/** The bits of an expression in Redis bit order, as many bytes as its longest operand has. */
export async function bytesOf(
  expression: Expression,
  options: WindowedOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return traceQuestion({ question: 'bytes', expressions: 1 }, () =>
    withQuestion([expression], checkEvaluateOptions(options), async (question) => {
      const { run, slot, byteLength } = await openResult(question);
      try {
        const bytes = new Uint8Array(byteLength);
        for (let window = await run.next(); window !== undefined; window = await run.next()) {
          const start = run.offsetOf(slot);
          bytes.set(run.memory.subarray(start, start + window.byteLength), window.byteOffset);
        }
        return bytes;
      } finally {
        run.close();
      }
    }),
  );
}

/** The bits of one expression, window by window. */
interface Result {
  /** To be closed. */
  readonly run: WindowRun;
  /** Where the bits of a window are. */
  readonly slot: number;
  /** That of the longest operand. */
  readonly byteLength: number;
}

async function openResult(question: Question): Promise<Result> {
  const { plan, infos, beginnings } = await openPlan(question, 'bitmaps');
  const run = new WindowRun(question, plan, undefined, beginnings);
  // What is known to be empty has no slot, but no windows either.
  const slot = plan.program.outputs[0] ?? 0;
  return { run, slot, byteLength: longest(infos.map(({ byteLength }) => byteLength)) };
}

/** That of a plain key if its store keeps it in memory, for whoever asks: it is written out there, without windows. */
function nearBitmap(expression: Expression, { signal, windowBytes }: WindowedOptions): Bitmap | undefined {
  if (expression.kind !== 'bitmap' || windowBytes !== undefined || expression.store.reader) return undefined;
  signal?.throwIfAborted();
  return expression.store.resident?.(expression.key);
}

/** Likewise, for a question that has asked readers of its own. */
function keptBitmap({ kind }: Expression, { operands, windowBytes }: Question): Bitmap | undefined {
  return kind === 'bitmap' && windowBytes === undefined ? operands.bitmaps[0] : undefined;
}

/** Whether something is asked for that windows alone tell. */
function isWatched({ maxBytes, onProgress, consistent }: WindowedOptions): boolean {
  return consistent === true || (maxBytes ?? onProgress) !== undefined;
}
