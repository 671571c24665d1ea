import type { ByteRange } from '../bitmap/types.js';
import { SLOT_ALIGNMENT } from '../kernel/types.js';
import { Graph, type NodeId } from './graph.js';
import { foldParts, type Parts } from './parts.js';
import { bitmapProgram, countingProgram, type Program } from './steps.js';

/**
 * The planner: from expressions and the lengths of their keys to what is read and computed, as data. Bitmaps are worked
 * through in windows, the same stretch of every operand at a time, so memory is bounded by operands × window.
 */

/** What the stores said of one operand. */
export interface OperandInfo {
  readonly byteLength: number;
  /** Ranges outside of which all bytes are zero; `undefined` if the store cannot tell. */
  readonly occupied?: readonly ByteRange[] | undefined;
}

export interface Plan {
  /** Per operand, the ranges that are read, in ascending order. Operands known to be empty have none. */
  readonly reads: readonly (readonly ByteRange[])[];
  /** Operand i lives in slot i. */
  readonly program: Program;
  /** Bytes per slot, a multiple of `SLOT_ALIGNMENT`. */
  readonly windowBytes: number;
  /** Where the first window begins. */
  readonly startByte: number;
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
  /** Upper bound of the memory that slots take, in bytes; operands that are read have two each. */
  readonly memoryBytes: number;
  /** Fixes the window, in bytes; otherwise as large as memory allows within [16 KiB, 1 MiB]. */
  readonly windowBytes?: number | undefined;
}

const MIN_WINDOW_BYTES = 16 * 1024;
const MAX_WINDOW_BYTES = 1024 * 1024;
/** While one window is computed the next one is read, so operands have two sets of slots. */
export const READ_SETS = 2;

/** @param infos what the stores said of each bitmap */
export function planReads(parts: Parts, infos: readonly OperandInfo[], options: PlanOptions): Plan {
  const { graph, nodes, program } = layOut(parts, infos, options.answer);
  const { end, complementEnd, operandEnds } = graph.extents(nodes, infos.length);
  const reads = infos.map(({ byteLength, occupied }, index) =>
    clip(occupied ?? [{ byteOffset: 0, byteLength }], operandEnds[index]!),
  );
  return {
    reads,
    program,
    windowBytes: chooseWindow(infos, program, end, options),
    startByte: 0,
    endByte: end,
    complementEndByte: complementEnd,
    readBytes: sumBytes(reads),
  };
}

/** What is to be computed, and in which steps. */
interface LaidOut {
  readonly graph: Graph;
  /** One per root. */
  readonly nodes: readonly NodeId[];
  readonly program: Program;
}

/** By the roots of a form (see `takeApart`), and by what else it depends on. */
const laidOut = new WeakMap<readonly number[], Map<string, LaidOut>>();
/** Of one form: bitmaps come into being, and complements grow, day by day. */
const MAX_LAID_OUT = 8;

/** Steps depend on the form of a question, on which bitmaps are missing, and with complements on all lengths. */
function layOut(parts: Parts, infos: readonly OperandInfo[], answer: PlanOptions['answer']): LaidOut {
  const byteLengths = infos.map(({ byteLength }) => byteLength);
  const hasComplements = parts.parts.some(({ root }) => root !== undefined);
  const missing = [...byteLengths.keys()].filter((operand) => byteLengths[operand] === 0);
  const key = `${answer}:${hasComplements ? byteLengths : missing}`;
  let ofForm = laidOut.get(parts.roots);
  const known = ofForm?.get(key);
  if (known !== undefined) {
    known.graph.measure(byteLengths);
    return known;
  }
  const graph = new Graph();
  const nodes = nodesOf(graph, parts, infos);
  const program = (answer === 'counts' ? countingProgram : bitmapProgram)(graph, nodes, infos.length);
  if (ofForm === undefined || ofForm.size === MAX_LAID_OUT) ofForm = new Map();
  laidOut.set(parts.roots, ofForm.set(key, { graph, nodes, program }));
  return { graph, nodes, program };
}

/**
 * The windows of a plan, in ascending order. Stretches in which no answer can have a bit are left out.
 * @param firstBytes the length of the first window if it is another one than that of the rest
 */
export function* planWindows(plan: Plan, firstBytes = 0): Generator<Window, undefined> {
  const cursors = plan.reads.map(() => 0);
  let byteOffset = plan.startByte;
  while (byteOffset < plan.endByte) {
    const windowBytes = byteOffset === 0 && firstBytes > 0 ? firstBytes : plan.windowBytes;
    const byteLength = Math.min(windowBytes, plan.endByte - byteOffset);
    const reads: WindowRead[] = [];
    for (const [operand, ranges] of plan.reads.entries()) {
      addReads(reads, ranges, operand, cursors, byteOffset, byteOffset + byteLength);
    }
    if (reads.length > 0 || byteOffset < plan.complementEndByte) yield { byteOffset, byteLength, reads };
    byteOffset = reads.length > 0 ? byteOffset + byteLength : skipTo(plan, cursors, byteOffset + byteLength);
  }
}

/** The start, `from` or later, of the next window that has anything to read or complement. */
function skipTo(plan: Plan, cursors: readonly number[], from: number): number {
  if (from < plan.complementEndByte) return from;
  let next = plan.endByte;
  plan.reads.forEach((ranges, operand) => {
    const range = ranges[cursors[operand]!];
    if (range !== undefined) next = Math.min(next, range.byteOffset);
  });
  return Math.max(from, next - (next % plan.windowBytes));
}

function addReads(
  reads: WindowRead[],
  ranges: readonly ByteRange[],
  operand: number,
  cursors: number[],
  start: number,
  end: number,
): void {
  for (let cursor = cursors[operand]!; cursor < ranges.length; cursor += 1) {
    const range = ranges[cursor]!;
    const byteOffset = Math.max(start, range.byteOffset);
    const rangeEnd = endOf(range);
    const byteLength = Math.min(end, rangeEnd) - byteOffset;
    if (byteLength > 0) reads.push({ operand, byteOffset, byteLength });
    if (rangeEnd > end) break;
    cursors[operand] = cursor + 1;
  }
}

/** The same plan within `ranges` (ascending, not overlapping) alone: for one without complements, whose rest is answered. */
export function planWithin(plan: Plan, ranges: readonly ByteRange[]): Plan {
  const reads = plan.reads.map((wanted) => intersect(wanted, ranges));
  const last = ranges.at(-1);
  const endByte = last === undefined ? 0 : Math.min(plan.endByte, endOf(last));
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

/** The first byte after a range. */
export function endOf({ byteOffset, byteLength }: ByteRange): number {
  return byteOffset + byteLength;
}

function sumBytes(reads: readonly (readonly ByteRange[])[]): number {
  let sum = 0;
  for (const ranges of reads) for (const { byteLength } of ranges) sum += byteLength;
  return sum;
}

function nodesOf(graph: Graph, { parts, roots }: Parts, infos: readonly OperandInfo[]): NodeId[] {
  const lengths = foldParts<number>(parts, ({ kind, number }, operands) =>
    kind === 'bitmap' ? infos[number]!.byteLength : longest(operands),
  );
  const nodes = foldParts<NodeId>(parts, ({ kind, number, root }, operands) => {
    if (kind === 'bitmap') return graph.operand(number, infos[number]!.byteLength);
    if (kind === 'not') return graph.not(operands[0]!, lengths[roots[root!]!]!);
    if (kind === 'atLeast') return graph.atLeast(number, operands);
    const isMixed = kind === 'and' && root !== undefined;
    return graph.combine(kind, isMixed ? complementsLast(graph, operands) : operands);
  });
  return roots.map((root) => nodes[root]!);
}

/** What complements are taken from comes first: then they become AND-NOT steps without a slot of their own. */
function complementsLast(graph: Graph, nodes: readonly NodeId[]): NodeId[] {
  const isLast = (node: NodeId): number => Number(graph.isComplement(node));
  return nodes.toSorted((a, b) => isLast(a) - isLast(b));
}

export function longest(byteLengths: readonly number[]): number {
  return byteLengths.reduce((most, byteLength) => Math.max(most, byteLength), 0);
}

function clip(ranges: readonly ByteRange[], end: number): ByteRange[] {
  const clipped: ByteRange[] = [];
  for (const { byteOffset, byteLength } of ranges) {
    const clippedLength = Math.min(byteLength, end - byteOffset);
    if (clippedLength > 0) clipped.push({ byteOffset, byteLength: clippedLength });
  }
  return clipped;
}

function chooseWindow(
  infos: readonly OperandInfo[],
  program: Program,
  end: number,
  options: PlanOptions,
): number {
  if (options.windowBytes !== undefined) return alignWindow(options.windowBytes);
  // Nothing is ever brought to the slots of what is missing.
  const present = infos.filter(({ byteLength }) => byteLength > 0).length;
  const slots = Math.max(1, READ_SETS * present + (program.slots - infos.length));
  const affordable = Math.floor(options.memoryBytes / slots);
  const bounded = Math.min(MAX_WINDOW_BYTES, Math.max(MIN_WINDOW_BYTES, affordable));
  return alignWindow(Math.min(2 ** Math.floor(Math.log2(bounded)), end));
}

/** The next length that a slot can have. */
export function alignWindow(byteLength: number): number {
  return Math.max(SLOT_ALIGNMENT, Math.ceil(byteLength / SLOT_ALIGNMENT) * SLOT_ALIGNMENT);
}
