import type { ByteRange } from '../bitmap/types.js';
import { SLOT_ALIGNMENT } from '../kernel/types.js';
import {
  type BitmapExpression,
  type Combination,
  complementedOf,
  type Expression,
  foldExpression,
  indexBitmaps,
} from './expression.js';
import { Graph } from './graph.js';
import type { Program } from './steps.js';

/**
 * The planner: from expressions and the lengths of their keys to what is read and computed, as data. Bitmaps are worked
 * through in windows, the same stretch of every operand at a time, so memory is bounded by operands × window.
 */

/** What the stores said of one operand. */
export interface OperandInfo {
  readonly byteLength: number;
  /** Ranges outside of which all bytes are zero; `undefined` where the store cannot tell. */
  readonly occupied?: readonly ByteRange[] | undefined;
}

export interface Plan {
  /** Distinct bitmaps; operand i lives in slot i. */
  readonly operands: readonly BitmapExpression[];
  /** Per operand, the ranges that are read, in ascending order. Operands known to be empty have none. */
  readonly reads: readonly (readonly ByteRange[])[];
  readonly program: Program;
  /** Bytes per slot, a multiple of `SLOT_ALIGNMENT`. */
  readonly windowBytes: number;
  /** Where the last answer ends. */
  readonly endByte: number;
  /** Before this byte complements may set bits although nothing is read. */
  readonly complementEndByte: number;
  /** Bytes that the stores will be asked for. */
  readonly readBytes: number;
}

/** One stretch of all operands. */
export interface Window {
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly reads: readonly WindowRead[];
}

export interface WindowRead {
  readonly operand: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface PlanOptions {
  /** What is asked of the roots: their number of ids, or the ids themselves. */
  readonly answer: 'counts' | 'bitmaps';
  /** Upper bound of the memory that slots take, in bytes. */
  readonly memoryBytes: number;
  /** Fixes the window, in bytes; otherwise as large as memory allows within [16 KiB, 1 MiB]. */
  readonly windowBytes?: number | undefined;
}

const MIN_WINDOW_BYTES = 16 * 1024;
const MAX_WINDOW_BYTES = 1024 * 1024;
/** While one window is computed the next one is read, so operands have two sets of slots. */
export const READ_SETS = 2;

/**
 * @param operands the distinct bitmaps of the roots, as `bitmapsOf` finds them
 * @param infos what the stores said of each
 */
export function planReads(
  roots: readonly Expression[],
  operands: readonly BitmapExpression[],
  infos: readonly OperandInfo[],
  options: PlanOptions,
): Plan {
  const graph = new Graph();
  const build = graphBuilder(graph, operands, infos, complementedOf(roots));
  const nodes = roots.map(build);
  const { end, complementEnd, operandEnds } = graph.extents(nodes, operands.length);
  const program =
    options.answer === 'counts'
      ? graph.counting(nodes, operands.length)
      : graph.materialising(nodes, operands.length);
  const reads = infos.map((info, index) => clip(info.occupied ?? [whole(info)], operandEnds[index]!));
  return {
    operands,
    reads,
    program,
    windowBytes: chooseWindow(operands.length, program, end, options),
    endByte: end,
    complementEndByte: complementEnd,
    readBytes: sumBytes(reads),
  };
}

/** The windows of a plan, in ascending order. Stretches in which no answer can have a bit are left out. */
export function* planWindows(plan: Plan): Generator<Window> {
  const cursors = plan.reads.map(() => 0);
  let byteOffset = 0;
  while (byteOffset < plan.endByte) {
    const byteLength = Math.min(plan.windowBytes, plan.endByte - byteOffset);
    const reads = plan.reads.flatMap((ranges, operand) =>
      readsWithin(ranges, operand, cursors, byteOffset, byteOffset + byteLength),
    );
    if (reads.length > 0 || byteOffset < plan.complementEndByte) yield { byteOffset, byteLength, reads };
    byteOffset = reads.length > 0 ? byteOffset + byteLength : skipTo(plan, cursors, byteOffset + byteLength);
  }
}

/** The start of the next window that has anything to read or complement. */
function skipTo(plan: Plan, cursors: readonly number[], from: number): number {
  if (from < plan.complementEndByte) return from;
  let next = plan.endByte;
  plan.reads.forEach((ranges, operand) => {
    const range = ranges[cursors[operand]!];
    if (range !== undefined) next = Math.min(next, range.byteOffset);
  });
  return Math.max(from, next - (next % plan.windowBytes));
}

function readsWithin(
  ranges: readonly ByteRange[],
  operand: number,
  cursors: number[],
  start: number,
  end: number,
): WindowRead[] {
  const found: WindowRead[] = [];
  for (let cursor = cursors[operand]!; cursor < ranges.length; cursor += 1) {
    const range = ranges[cursor]!;
    const byteOffset = Math.max(start, range.byteOffset);
    const rangeEnd = range.byteOffset + range.byteLength;
    if (byteOffset < end) {
      const byteLength = Math.min(end, rangeEnd) - byteOffset;
      if (byteLength > 0) found.push({ operand, byteOffset, byteLength });
    }
    if (rangeEnd > end) break;
    cursors[operand] = cursor + 1;
  }
  return found;
}

/** The same plan within `ranges` (ascending, not overlapping) alone: for one without complements, whose rest is answered. */
export function planWithin(plan: Plan, ranges: readonly ByteRange[]): Plan {
  const reads = plan.reads.map((wanted) => intersect(wanted, ranges));
  const last = ranges.at(-1);
  const endByte = last === undefined ? 0 : Math.min(plan.endByte, last.byteOffset + last.byteLength);
  return { ...plan, reads, endByte, readBytes: sumBytes(reads) };
}

function intersect(a: readonly ByteRange[], b: readonly ByteRange[]): ByteRange[] {
  const common: ByteRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [aEnd, bEnd] = [endOf(a[i]!), endOf(b[j]!)];
    const byteOffset = Math.max(a[i]!.byteOffset, b[j]!.byteOffset);
    const byteLength = Math.min(aEnd, bEnd) - byteOffset;
    if (byteLength > 0) common.push({ byteOffset, byteLength });
    if (aEnd <= bEnd) i += 1;
    else j += 1;
  }
  return common;
}

function endOf({ byteOffset, byteLength }: ByteRange): number {
  return byteOffset + byteLength;
}

function sumBytes(reads: readonly (readonly ByteRange[])[]): number {
  return reads.flat().reduce((sum, range) => sum + range.byteLength, 0);
}

/** Turns roots into nodes of the graph; parts that several roots share are turned once. */
function graphBuilder(
  graph: Graph,
  operands: readonly BitmapExpression[],
  infos: readonly OperandInfo[],
  complemented: ReadonlySet<Expression>,
): (root: Expression) => number {
  const indexOf = indexBitmaps(operands);
  const lengthOf = (part: Expression, lengths: readonly number[]): number =>
    part.kind === 'bitmap'
      ? infos[indexOf(part)]!.byteLength
      : lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const lengths = new Map<Expression, number>();
  // Complements reach to the longest operand of their root: what is made of them holds for roots of that length.
  const madeWithin = new Map<number | undefined, Map<Expression, number>>();
  return (root) => {
    const hasComplement = complemented.has(root);
    const universeBytes = hasComplement ? foldExpression(root, lengthOf, lengths) : 0;
    const make = (part: Expression, nodes: readonly number[]): number => {
      if (part.kind === 'bitmap') {
        const index = indexOf(part);
        return graph.operand(index, infos[index]!.byteLength);
      }
      if (part.kind === 'not') return graph.not(nodes[0]!, universeBytes);
      if (part.kind === 'atLeast') return graph.atLeast(part.k, nodes);
      return fold(
        graph,
        part.kind,
        hasComplement && part.kind === 'and' ? complementsLast(graph, nodes) : nodes,
      );
    };
    const universe = hasComplement ? universeBytes : undefined;
    const made = madeWithin.get(universe) ?? new Map<Expression, number>();
    madeWithin.set(universe, made);
    return foldExpression(root, make, made);
  };
}

/** What complements are taken from comes first: then they become AND-NOT steps without a slot of their own. */
function complementsLast(graph: Graph, nodes: readonly number[]): number[] {
  const isLast = (node: number): number => Number(graph.isComplement(node));
  return nodes.toSorted((a, b) => isLast(a) - isLast(b));
}

function fold(graph: Graph, kind: Combination, nodes: readonly number[]): number {
  return nodes.slice(1).reduce((left, right) => graph[kind](left, right), nodes[0]!);
}

function whole(info: OperandInfo): ByteRange {
  return { byteOffset: 0, byteLength: info.byteLength };
}

function clip(ranges: readonly ByteRange[], end: number): ByteRange[] {
  return ranges
    .filter((range) => range.byteOffset < end && range.byteLength > 0)
    .map(({ byteOffset, byteLength }) => ({
      byteOffset,
      byteLength: Math.min(byteLength, end - byteOffset),
    }));
}

function chooseWindow(operands: number, program: Program, end: number, options: PlanOptions): number {
  if (options.windowBytes !== undefined) return roundUp(options.windowBytes);
  const slots = Math.max(1, READ_SETS * operands + (program.slots - operands));
  const affordable = Math.floor(options.memoryBytes / slots);
  const bounded = Math.min(MAX_WINDOW_BYTES, Math.max(MIN_WINDOW_BYTES, affordable));
  return roundUp(Math.min(2 ** Math.floor(Math.log2(bounded)), end));
}

function roundUp(byteLength: number): number {
  return Math.max(SLOT_ALIGNMENT, Math.ceil(byteLength / SLOT_ALIGNMENT) * SLOT_ALIGNMENT);
}
