import { describe } from '../base/errors.js';
import { MAX_THREADS } from '../base/limits.js';
import type { KernelChoice } from '../kernel/pool.js';
import type { RequestOptions } from '../store/types.js';
import type { Team } from '../threads/team.js';
import type { CountedRoots } from './counted.js';
import type { Expression } from './expression.js';
import { Operands, openReaders } from './operands.js';
import type { Pair, Parts } from './parts.js';
import { takeApart } from './taking.js';

/** The door: expressions and options become a question, once; what comes after works out neither again. */

/** How a question is answered. */
export interface EvaluateOptions extends RequestOptions {
  /**
   * Memory for bitmap windows, in bytes (default: 3 MiB, up to 64 MiB if the store is far away); windows are never
   * smaller than 16 KiB per operand.
   */
  readonly memoryBytes?: number | undefined;
  /** Refuses a question that would read more bytes than this, before reading any. */
  readonly maxBytes?: number | undefined;
  /** Reads all bitmaps as of one moment if the store can; refuses if it cannot. */
  readonly consistent?: boolean | undefined;
  /** Called after every window. */
  readonly onProgress?: ((progress: EvaluateProgress) => void) | undefined;
}

/** How far a question has come. */
export interface EvaluateProgress {
  /** Bytes read so far. */
  readonly bytes: number;
  /** Bytes that the whole question reads. */
  readonly totalBytes: number;
  /** Windows computed so far. */
  readonly windows: number;
}

/** Within the engine, windows of a certain length can be asked for: bitmaps kept in memory are read in windows too, then. */
export interface WindowedOptions extends EvaluateOptions {
  /** Bytes per operand. */
  readonly windowBytes?: number | undefined;
  readonly threads?: Threads | undefined;
}

/** The threads of whoever asks. */
export interface Threads {
  wanted: 'auto' | number | Team;
  /** Made when a question is first worth it, unless it was given. */
  team?: Team;
}

export interface Question {
  readonly parts: Parts;
  /** The distinct bitmaps of the parts. */
  readonly operands: Operands;
  /** What need not be asked, if counts are: the parts are what is left. */
  readonly known?: CountedRoots | undefined;
  readonly kernel: KernelChoice;
  readonly signal: AbortSignal | undefined;
  readonly memoryBytes: number | undefined;
  readonly windowBytes: number | undefined;
  readonly maxBytes: number | undefined;
  readonly onProgress: ((progress: EvaluateProgress) => void) | undefined;
  readonly threads?: Threads | undefined;
}

/** A question whose operands are released once there is an answer, or none to come. */
export async function withQuestion<T>(
  expressions: readonly Expression[],
  options: WindowedOptions,
  answer: (question: Question) => Promise<T>,
  pairs?: readonly Pair[],
): Promise<T> {
  const question = await openQuestion(expressions, options, pairs);
  try {
    return await answer(question);
  } finally {
    question.operands.release();
  }
}

/** Loaded when a reader first has something to prepare, or knows counts. */
let loadedPreparing: typeof import('./preparing.js') | undefined;

/**
 * Its operands are to be released.
 * @param pairs if counts are asked for
 */
export async function openQuestion(
  expressions: readonly Expression[],
  options: WindowedOptions,
  pairs?: readonly Pair[],
): Promise<Question> {
  const {
    signal,
    maxBytes,
    memoryBytes,
    windowBytes,
    kernel = 'auto',
    onProgress,
    threads,
    consistent,
  } = options;
  const request = { signal, maxBytes, kernel };
  const whole = takeApart(expressions, pairs);
  const readers = await openReaders(whole.bitmaps, request, consistent);
  let known: CountedRoots | undefined;
  for (const { prepare, counted } of readers.values()) {
    if (!prepare && !(counted && pairs)) continue;
    loadedPreparing ??= await import('./preparing.js');
    known = await loadedPreparing.prepareReaders(whole, readers, request, !!pairs);
    break;
  }
  const parts = known?.rest ?? whole;
  const operands = new Operands(parts.bitmaps, readers, request);
  return { parts, operands, known, kernel, signal, memoryBytes, windowBytes, maxBytes, onProgress, threads };
}

const KERNELS: readonly unknown[] = [undefined, 'auto', 'wasm', 'js'];

/** @throws RangeError for numbers that are not of bytes, and for an unknown kernel; returns the options otherwise */
export function checkEvaluateOptions<T extends WindowedOptions>(options: T): T {
  const { memoryBytes, windowBytes, maxBytes, kernel } = options;
  checkBytes('memoryBytes', memoryBytes, 1);
  checkBytes('windowBytes', windowBytes, 1);
  if (maxBytes !== Number.POSITIVE_INFINITY) checkBytes('maxBytes', maxBytes, 0);
  if (!KERNELS.includes(kernel)) {
    throw new RangeError(`expected the kernel auto, wasm or js, got ${describe(kernel)}`);
  }
  return options;
}

/**
 * @param wanted also those of another instance
 * @throws RangeError for what is neither auto, a number of threads nor a team; one thread needs none
 */
export function checkThreads(wanted: Threads['wanted'] | Threads = 1): Threads | undefined {
  if (wanted === 1) return undefined;
  if (wanted && typeof wanted === 'object') {
    if ('wanted' in wanted) return wanted;
    if ('lease' in wanted) return { wanted };
  } else if (wanted === 'auto' || (Number.isInteger(wanted) && wanted >= 1 && wanted <= MAX_THREADS)) {
    return { wanted };
  }
  throw new RangeError(
    `expected threads to be auto, a whole number from 1 to ${MAX_THREADS} or a Team, got ${describe(wanted)}`,
  );
}

function checkBytes(name: string, bytes: number | undefined, least: number): void {
  if (bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= least)) return;
  throw new RangeError(`expected ${name} to be a whole number of at least ${least}, got ${describe(bytes)}`);
}
