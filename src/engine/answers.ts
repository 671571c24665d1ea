import { BudgetError } from '../base/errors.js';
import { Beginnings, MAX_BEGINNINGS } from './beginnings.js';
import type { Expression } from './expression.js';
import type { Pair } from './parts.js';
import { type OperandInfo, type Plan, type PlanOptions, planReads } from './plan.js';
import { checkEvaluateOptions, type Question, type WindowedOptions, withQuestion } from './question.js';
import { traceQuestion } from './tracing.js';
import { countWindows } from './windows.js';

/** The questions that can be asked of expressions. Nothing is written to a store to answer one. */

/** Sets to count, and pairs of them. */
export interface CountedSets {
  readonly sets: readonly Expression[];
  /** Places in `sets`: how many ids both have. A pair counts as the expression `a & b`, complements included. */
  readonly pairs?: readonly Pair[] | undefined;
}

/** How many ids each set has, and how many both sets of each pair. */
export interface SetCounts {
  readonly sets: number[];
  readonly pairs: number[];
}

/**
 * Of 43 operands that is 32 KiB each, which with the next window's are in the processor's second cache (1 MiB or more) while
 * they are counted: 1.5 times as fast as 256 KiB each at 0.5 and at 20 %, 1.4 and 1.1 times as fast as 64 KiB.
 */
const DEFAULT_MEMORY_BYTES = 3 * 1024 * 1024;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
/** Up to this many milliseconds for asking the lengths of all operands a store counts as near. */
const NEAR_MS = 2;

/** Counts sets and pairs of them in one question: every distinct key is read once, however many need it. */
export async function countSets(
  { sets, pairs = [] }: CountedSets,
  options: WindowedOptions = {},
): Promise<SetCounts> {
  return traceQuestion({ question: 'count', expressions: sets.length + pairs.length }, async () => {
    checkEvaluateOptions(options);
    for (const [a, b] of pairs) {
      checkPlace(sets, a);
      checkPlace(sets, b);
    }
    const single = pairs.length === 0 ? countInStore(sets, options) : undefined;
    if (single !== undefined) return { sets: [await single], pairs: [] };
    const count = async (question: Question): Promise<SetCounts> => {
      // A snapshot has been taken if one is wanted, and is to be read.
      const told = options.consistent ? undefined : countRootsInStore(question);
      const rest = (await told) ?? (await countRoots(question));
      const answers = question.known?.complete(question.operands, rest) ?? rest;
      return { sets: answers.slice(0, sets.length), pairs: answers.slice(sets.length) };
    };
    return withQuestion(sets, options, count, pairs);
  });
}

/** By reading what they are made of. */
async function countRoots(question: Question): Promise<number[]> {
  if (question.parts.roots.length === 0) return [];
  const { plan, beginnings } = await openPlan(question, 'counts');
  const { counters, outputs } = plan.program;
  const counts = new Float64Array(counters);
  const rest = mayHaveLists(question) ? await countLists(question, plan, counts, beginnings) : plan;
  if (rest.endByte === 0) beginnings?.close();
  else {
    if (question.threads) loadedTeamwork ??= await import('./teamwork.js');
    const count = question.threads ? loadedTeamwork!.countWindowsInTeam : countWindows;
    await count(question, rest, counts, beginnings);
  }
  return outputs.map((counter) => (counter === undefined ? 0 : counts[counter]!));
}

/** By a store that all their bitmaps are of, if it works with sets itself. */
function countRootsInStore({
  parts: { bitmaps, parts, roots },
  operands: { keys },
  signal,
  maxBytes,
}: Question): Promise<number[] | undefined> | undefined {
  const store = bitmaps[0]?.store;
  if (!store?.countSets || bitmaps.some((other) => other.store !== store)) return undefined;
  return store.countSets({ keys, parts, roots }, { signal, maxBytes });
}

/** Stores keep sparse bitmaps as lists if they keep any in memory. */
function mayHaveLists({ operands, windowBytes }: Question): boolean {
  return windowBytes === undefined && operands.remote.length < operands.keys.length;
}

/** Loaded when they are first needed, once: many pages do without. */
let loadedLists: typeof import('./sparse.js') | undefined;
let loadedTeamwork: typeof import('./teamwork.js') | undefined;

async function countLists(...args: Parameters<typeof import('./sparse.js').countLists>): Promise<Plan> {
  loadedLists ??= await import('./sparse.js');
  return loadedLists.countLists(...args);
}

function checkPlace(sets: readonly Expression[], place: number): void {
  if (sets[place] !== undefined) return;
  throw new RangeError(`expected pairs of sets from 0 to ${sets.length - 1}, got set ${place}`);
}

/** A plan, and the first bytes of what it reads if they came with the lengths. */
export interface OpenPlan {
  readonly plan: Plan;
  readonly infos: readonly OperandInfo[];
  readonly beginnings: Beginnings | undefined;
}

/**
 * Asks the stores for lengths, with the beginnings if they offer that, and plans with them.
 * @param narrow what is left of the plan if only a part of it is wanted, which may lie far from the beginnings
 */
export async function openPlan(
  question: Question,
  answer: PlanOptions['answer'],
  narrow?: (plan: Plan) => Plan,
): Promise<OpenPlan> {
  const { parts, operands, kernel, memoryBytes, windowBytes, maxBytes } = question;
  const { length } = operands.keys;
  // A budget is for what is known to be needed.
  const beginnings =
    maxBytes === undefined && !narrow && length <= MAX_BEGINNINGS && operands.hasBeginnings
      ? new Beginnings(kernel, length, windowBytes)
      : undefined;
  // Not every platform has `performance`.
  const clock = globalThis.performance ?? Date;
  const start = clock.now();
  const infos = await operands.describe(beginnings && ((operand) => beginnings.of(operand)));
  const roundTripMs = clock.now() - start;
  const whole = planReads(parts, infos, {
    answer,
    memoryBytes: memoryBytes ?? memoryFor(roundTripMs),
    windowBytes,
  });
  const plan = narrow?.(whole) ?? whole;
  if (maxBytes !== undefined && plan.readBytes > maxBytes) {
    throw new BudgetError(plan.readBytes, maxBytes, infos.length);
  }
  return { plan, infos, beginnings };
}

/** A store that is far away is asked for more at a time: fewer windows, fewer round trips. */
function memoryFor(roundTripMs: number): number {
  const scale = Math.max(1, roundTripMs / NEAR_MS);
  return Math.min(MAX_MEMORY_BYTES, DEFAULT_MEMORY_BYTES * scale);
}

/** A plain key counts itself if its store can, without its bytes being moved. */
export function countInStore(
  expressions: readonly Expression[],
  { signal, maxBytes }: WindowedOptions,
): Promise<number> | undefined {
  const [only] = expressions;
  if (expressions.length !== 1 || only?.kind !== 'bitmap') return undefined;
  return only.store.count?.(only.key, { signal, maxBytes });
}
