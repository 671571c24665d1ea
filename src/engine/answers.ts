import { hasBit } from '../base/bits.js';
import { BudgetError } from '../base/errors.js';
import type { BitmapReader } from '../store/types.js';
import {
  type BitmapExpression,
  bitmapsOf,
  combine,
  complementedOf,
  type Expression,
  foldExpression,
  indexBitmaps,
} from './expression.js';
import {
  describeOperands,
  measureOperands,
  openSources,
  readOperands,
  releaseSources,
  withSources,
} from './operands.js';
import { checkEvaluateOptions, type EvaluateOptions } from './options.js';
import { planReads } from './plan.js';
import { countLists } from './sparse.js';
import { traceQuestion, traceStream } from './tracing.js';
import { alignLength, type ComputedWindow, PAGE_BYTES, type ReadablePlan, runWindows } from './windows.js';

/**
 * Where reading meets computing: runs plans window by window. While one window is computed the next one is on its way.
 * Nothing is written to a store to answer a question.
 */

/** A stretch of a result: `bytes` in Redis bit order, valid until the next one is asked for. */
export interface ResultWindow {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

const DEFAULT_MEMORY_BYTES = 8 * 1024 * 1024;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
/** Up to this many milliseconds for asking the lengths of all operands a store counts as near. */
const NEAR_MS = 5;
const PAGE_IDS = PAGE_BYTES * 8;

/** Sets to count, and pairs of them. */
export interface CountedSets {
  readonly sets: readonly Expression[];
  /** Places in `sets`: how many ids both have. A pair counts as the expression `a & b`, complements included. */
  readonly pairs?: readonly (readonly [a: number, b: number])[] | undefined;
}

/** How many ids each set has, and how many both sets of each pair. */
export interface SetCounts {
  readonly sets: number[];
  readonly pairs: number[];
}

/** Counts sets and pairs of them in one question: every distinct key is read once, however many need it. */
export async function countSets(
  { sets, pairs = [] }: CountedSets,
  options: EvaluateOptions = {},
): Promise<SetCounts> {
  const setAt = (index: number): Expression => {
    const set = sets[index];
    if (set !== undefined) return set;
    throw new RangeError(`expected pairs of sets from 0 to ${sets.length - 1}, got set ${index}`);
  };
  const both = pairs.map(([a, b]) => combine('and', [setAt(a), setAt(b)]));
  const counts = await countIds([...sets, ...both], options);
  return { sets: counts.slice(0, sets.length), pairs: counts.slice(sets.length) };
}

/** The number of ids of each expression. Every distinct key is read once, whatever the number of expressions. */
export async function countIds(
  expressions: readonly Expression[],
  options: EvaluateOptions = {},
): Promise<number[]> {
  return traceQuestion({ question: 'count', expressions: expressions.length }, async () => {
    checkEvaluateOptions(options);
    const single = countInStore(expressions, options);
    if (single !== undefined) return [await single];
    return withSources(expressions, options, async (operands, sources) => {
      const plan = await makePlan(expressions, operands, sources, 'counts', options);
      const counters = new Float64Array(plan.program.counters);
      const rest = options.windowBytes === undefined ? await countLists(plan, options, counters) : plan;
      for await (const _ of runWindows(rest, options, counters));
      return plan.program.outputs.map((counter) => (counter === undefined ? 0 : counters[counter]!));
    });
  });
}

/** Whether an expression has any id: stops reading at the first window that has one. */
export async function hasIds(expression: Expression, options: EvaluateOptions = {}): Promise<boolean> {
  return traceQuestion({ question: 'any', expressions: 1 }, async () => {
    checkEvaluateOptions(options);
    const single = countInStore([expression], options);
    if (single !== undefined) return (await single) > 0;
    return withSources([expression], options, async (operands, sources) => {
      const plan = await makePlan([expression], operands, sources, 'counts', options);
      for await (const { counters } of runWindows(plan, options)) {
        if (counters.some((count) => count > 0)) return true;
      }
      return false;
    });
  });
}

/** Whether an expression has an id in [0, 2^32): reads one byte per bitmap. */
export async function hasId(
  expression: Expression,
  id: number,
  options: EvaluateOptions = {},
): Promise<boolean> {
  return traceQuestion({ question: 'has', expressions: 1 }, async () => {
    checkEvaluateOptions(options);
    return withSources([expression], options, async (operands, sources) => {
      const byteOffset = Math.floor(id / 8);
      const bytes = operands.map(() => new Uint8Array(1));
      const reads = operands.map(({ key }, operand) => ({ key, byteOffset, target: bytes[operand]! }));
      const [byteLengths] = await Promise.all([
        complementedOf([expression]).size > 0 ? measureOperands(operands, sources, options) : [],
        readOperands(sources, reads, options),
      ]);
      // Complements end with the longest operand.
      if (byteLengths.length > 0 && byteOffset >= longest(byteLengths)) return false;
      const operandOf = indexBitmaps(operands);
      return holds(expression, (leaf) => hasBit(bytes[operandOf(leaf)]!, id % 8));
    });
  });
}

/** The ids of an expression, ascending. */
export async function idsOf(
  expression: Expression,
  options: EvaluateOptions = {},
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
  options: EvaluateOptions = {},
): AsyncGenerator<Uint32Array<ArrayBuffer>, number, undefined> {
  return traceStream({ question: 'ids', expressions: 1 }, computePages(expression, options));
}

function computePages(
  expression: Expression,
  options: EvaluateOptions,
): AsyncGenerator<Uint32Array<ArrayBuffer>, number, undefined> {
  return streamWindows(expression, options, async function* (windows, slot) {
    let page = new Uint32Array(PAGE_IDS);
    let length = 0;
    for await (const { window, memory, kernel, offsetOf, pageOffset } of windows) {
      for (let start = 0; start < window.byteLength; start += PAGE_BYTES) {
        const byteLength = Math.min(PAGE_BYTES, alignLength(window.byteLength - start));
        const firstId = (window.byteOffset + start) * 8;
        const found = kernel.ids(pageOffset, offsetOf(slot) + start, byteLength, firstId);
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
  });
}

/** The bits of an expression, window by window; returns the length of the result as `pagesOf` does. */
export function windowsOf(
  expression: Expression,
  options: EvaluateOptions = {},
): AsyncGenerator<ResultWindow, number, undefined> {
  return traceStream({ question: 'bytes', expressions: 1 }, computeWindows(expression, options));
}

function computeWindows(
  expression: Expression,
  options: EvaluateOptions,
): AsyncGenerator<ResultWindow, number, undefined> {
  return streamWindows(expression, options, async function* (windows, slot) {
    for await (const { window, memory, offsetOf } of windows) {
      const start = offsetOf(slot);
      yield { byteOffset: window.byteOffset, bytes: memory.subarray(start, start + window.byteLength) };
    }
  });
}

/** Hands the windows of one expression to `use`, with the slot of its answer; returns the length of the result. */
async function* streamWindows<T>(
  expression: Expression,
  options: EvaluateOptions,
  use: (windows: AsyncIterable<ComputedWindow>, slot: number) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, number, undefined> {
  const operands = bitmapsOf([expression]);
  const sources = await openSources(operands, checkEvaluateOptions(options));
  try {
    const plan = await makePlan([expression], operands, sources, 'bitmaps', options);
    const [slot] = plan.program.outputs;
    if (slot !== undefined) yield* use(runWindows(plan, options), slot);
    return plan.resultBytes;
  } finally {
    releaseSources(sources);
  }
}

interface MadePlan extends ReadablePlan {
  /** Length of a result, were it stored: that of the longest operand. */
  readonly resultBytes: number;
}

async function makePlan(
  expressions: readonly Expression[],
  operands: readonly BitmapExpression[],
  sources: readonly BitmapReader[],
  answer: 'counts' | 'bitmaps',
  options: EvaluateOptions,
): Promise<MadePlan> {
  // Not every platform has `performance`.
  const clock = globalThis.performance ?? Date;
  const asked = clock.now();
  const infos = await describeOperands(operands, sources, options);
  const roundTripMs = clock.now() - asked;
  const plan = planReads(expressions, operands, infos, {
    answer,
    memoryBytes: options.memoryBytes ?? memoryFor(roundTripMs),
    windowBytes: options.windowBytes,
  });
  if (options.maxBytes !== undefined && plan.readBytes > options.maxBytes) {
    throw new BudgetError(plan.readBytes, options.maxBytes, operands.length);
  }
  return { ...plan, sources, resultBytes: longest(infos.map(({ byteLength }) => byteLength)) };
}

/** A store that is far away is asked for more at a time: fewer windows, fewer round trips. */
function memoryFor(roundTripMs: number): number {
  const scale = Math.max(1, roundTripMs / NEAR_MS);
  return Math.min(MAX_MEMORY_BYTES, DEFAULT_MEMORY_BYTES * scale);
}

/** A plain key counts itself where its store can, without its bytes being moved. */
function countInStore(
  expressions: readonly Expression[],
  options: EvaluateOptions,
): Promise<number> | undefined {
  const [only] = expressions;
  if (expressions.length !== 1 || only?.kind !== 'bitmap') return undefined;
  return only.store.count?.(only.key, options);
}

/** A plain key that its store keeps in memory is written out there, at once. */
function idsInStore(
  expression: Expression,
  { signal, windowBytes, kernel }: EvaluateOptions,
): Uint32Array<ArrayBuffer> | undefined {
  if (expression.kind !== 'bitmap' || windowBytes !== undefined) return undefined;
  signal?.throwIfAborted();
  return expression.store.resident?.(expression.key)?.ids(kernel);
}

function holds(expression: Expression, isMarked: (operand: BitmapExpression) => boolean): boolean {
  return foldExpression<boolean>(expression, (part, [first, ...others]) => {
    switch (part.kind) {
      case 'bitmap':
        return isMarked(part);
      case 'not':
        return !first;
      case 'and':
        return first! && others.every(Boolean);
      case 'or':
        return first! || others.some(Boolean);
      case 'andNot':
        return first! && !others.some(Boolean);
      case 'xor':
        return others.reduce((odd, held) => odd !== held, first!);
      case 'atLeast':
        return [first, ...others].filter(Boolean).length >= part.k;
    }
  });
}

function longest(byteLengths: readonly number[]): number {
  return byteLengths.reduce((end, byteLength) => Math.max(end, byteLength), 0);
}
