import { BitmapistError, BudgetError } from '../base/errors.js';
import { checkByteLength } from '../base/limits.js';
import type { BitmapReader, ByteRead, RequestOptions, Store } from '../store/types.js';
import { type BitmapExpression, bitmapsOf, type Expression } from './expression.js';
import type { OperandInfo } from './plan.js';
import { traceFetch } from './tracing.js';

/** What the evaluator asks of the stores its operands live in: one call per store, all stores at the same time. */

export interface SourceOptions extends RequestOptions {
  /** Reads all operands as of one moment. */
  readonly consistent?: boolean | undefined;
}

/** Asks for the operands of a question, with sources that are released once there is an answer, or none to come. */
export async function withSources<T>(
  expressions: readonly Expression[],
  options: SourceOptions,
  ask: (operands: readonly BitmapExpression[], sources: readonly BitmapReader[]) => Promise<T>,
): Promise<T> {
  const operands = bitmapsOf(expressions);
  const sources = await openSources(operands, options);
  try {
    return await ask(operands, sources);
  } finally {
    releaseSources(sources);
  }
}

/** Per operand, what it is read from for one question: one reader per store. To be released when the question ends. */
export async function openSources(
  operands: readonly BitmapExpression[],
  options: SourceOptions,
): Promise<readonly BitmapReader[]> {
  if (options.consistent) return snapshotOperands(operands, options);
  const readers = new Map<Store, BitmapReader>();
  return operands.map(({ store }) => {
    const reader = readers.get(store) ?? store.reader?.() ?? store;
    readers.set(store, reader);
    return reader;
  });
}

export function releaseSources(sources: readonly BitmapReader[]): void {
  for (const reader of new Set(sources)) reader.release?.();
}

/**
 * Length of each operand, in bytes.
 * @throws StoreError for one that is longer than ids go: a store may be anybody's
 */
export async function measureOperands(
  operands: readonly BitmapExpression[],
  sources: readonly BitmapReader[],
  options: RequestOptions,
): Promise<number[]> {
  const byteLengths = new Array<number>(operands.length);
  await Promise.all(
    [...groupBy(sources)].map(async ([store, indexes]) => {
      const keys = indexes.map((index) => operands[index]!.key);
      const found = await store.byteLengths(keys, options);
      indexes.forEach((index, position) => {
        byteLengths[index] = checkByteLength(keys[position]!, found[position]!);
      });
    }),
  );
  return byteLengths;
}

/** Lengths of the operands, and which parts of them are occupied if a store can tell. */
export async function describeOperands(
  operands: readonly BitmapExpression[],
  sources: readonly BitmapReader[],
  options: RequestOptions,
): Promise<OperandInfo[]> {
  const byteLengths = await measureOperands(operands, sources, options);
  const infos: OperandInfo[] = byteLengths.map((byteLength) => ({ byteLength }));
  await Promise.all(
    [...groupBy(sources)].map(async ([store, indexes]) => {
      const occupied = await store.occupied?.(
        indexes.map((index) => operands[index]!.key),
        indexes.map((index) => byteLengths[index]!),
        options,
      );
      indexes.forEach((index, position) => {
        infos[index] = { byteLength: byteLengths[index]!, occupied: occupied?.[position] };
      });
    }),
  );
  return infos;
}

/** Fills every target, all stores at the same time. `sources[i]` is where `reads[i]` is read from. */
export async function readOperands(
  sources: readonly BitmapReader[],
  reads: readonly ByteRead[],
  options: RequestOptions,
): Promise<void> {
  const trace = () => ({
    keys: reads.map(({ key }) => key),
    bytes: reads.reduce((sum, { target }) => sum + target.length, 0),
  });
  await traceFetch(trace, async () => {
    const groups = groupBy(sources);
    if (groups.size === 1) return sources[0]!.read(reads, options);
    const readFrom = ([reader, indexes]: [BitmapReader, number[]]): Promise<void> =>
      reader.read(
        indexes.map((index) => reads[index]!),
        options,
      );
    await Promise.all([...groups].map(readFrom));
  });
}

/**
 * Stores that answer for the operands as they are now. Bitmaps are frozen, and so fetched, as a whole.
 * @throws BitmapistError where the operands lie in several stores, or their store cannot freeze them; BudgetError
 */
async function snapshotOperands(
  operands: readonly BitmapExpression[],
  options: RequestOptions,
): Promise<BitmapReader[]> {
  const stores = new Set(operands.map(({ store }) => store));
  const [store] = stores;
  if (store === undefined) return [];
  if (stores.size > 1) {
    throw new BitmapistError(
      `expected a consistent read from one store, got bitmaps of ${stores.size} stores`,
    );
  }
  if (store.snapshot === undefined) {
    throw new BitmapistError(
      'expected a store that can read several bitmaps as of one moment, got one that cannot',
    );
  }
  const keys = operands.map(({ key }) => key);
  if (options.maxBytes !== undefined) {
    const byteLengths = await store.byteLengths(keys, options);
    const neededBytes = byteLengths.reduce((sum, byteLength) => sum + byteLength, 0);
    if (neededBytes > options.maxBytes) throw new BudgetError(neededBytes, options.maxBytes, keys.length);
  }
  const snapshot = await store.snapshot(keys, options);
  return operands.map(() => snapshot);
}

function groupBy(readers: readonly BitmapReader[]): Map<BitmapReader, number[]> {
  const groups = new Map<BitmapReader, number[]>();
  readers.forEach((store, index) => {
    const group = groups.get(store);
    if (group === undefined) groups.set(store, [index]);
    else group.push(index);
  });
  return groups;
}
