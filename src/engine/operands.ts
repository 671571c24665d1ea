import { BitmapistError, BudgetError } from '../base/errors.js';
import { checkByteLength } from '../base/limits.js';
import type { BitmapReader, ByteRead, RequestOptions, Store } from '../store/types.js';
import type { BitmapExpression } from './expression.js';
import type { OperandInfo } from './plan.js';
import { traceFetch } from './tracing.js';

/** What to read of which operand. */
export interface OperandRead extends ByteRead {
  readonly operand: number;
}

/** What one reader has of the operands. */
interface Group {
  readonly reader: BitmapReader;
  readonly operands: number[];
  readonly keys: string[];
}

/** The bitmaps of one question, by number, and what each is read from: one call per store, all stores at the same time. */
export class Operands {
  readonly keys: readonly string[];
  /** Per operand. */
  readonly readers: readonly BitmapReader[];
  readonly #groups: readonly Group[];
  readonly #request: RequestOptions;

  /** Is to be released when the question ends, however it ends. */
  constructor(
    bitmaps: readonly BitmapExpression[],
    readers: readonly BitmapReader[],
    request: RequestOptions,
  ) {
    this.keys = bitmaps.map(({ key }) => key);
    this.readers = readers;
    this.#groups = groupBy(readers, this.keys);
    this.#request = request;
  }

  /**
   * Length of each operand, in bytes.
   * @throws StoreError for one that is longer than ids go: a store may be anybody's
   */
  async byteLengths(): Promise<number[]> {
    const found = await this.#ask(({ reader, keys }) => reader.byteLengths(keys, this.#request));
    return this.keys.map((key, operand) => checkByteLength(key, found[operand]!));
  }

  /** Lengths of the operands, and which parts of them are occupied if a store can tell. */
  async describe(): Promise<OperandInfo[]> {
    const byteLengths = await this.byteLengths();
    const occupied = await this.#ask(async ({ reader, keys, operands }) => {
      const lengths = operands.map((operand) => byteLengths[operand]!);
      return (await reader.occupied?.(keys, lengths, this.#request)) ?? [];
    });
    return byteLengths.map((byteLength, operand) => ({ byteLength, occupied: occupied[operand] }));
  }

  /** Fills every target. */
  read(reads: readonly OperandRead[]): Promise<void> {
    const trace = () => ({
      keys: reads.map(({ key }) => key),
      bytes: reads.reduce((sum, { target }) => sum + target.length, 0),
    });
    return traceFetch(trace, async () => {
      if (this.#groups.length === 1) return this.#groups[0]!.reader.read(reads, this.#request);
      await Promise.all(
        this.#groups.map(({ reader }) => {
          const own = reads.filter(({ operand }) => this.readers[operand] === reader);
          return own.length > 0 ? reader.read(own, this.#request) : undefined;
        }),
      );
    });
  }

  release(): void {
    for (const { reader } of this.#groups) reader.release?.();
  }

  /** What every reader says of its keys, by operand. */
  async #ask<T>(ask: (group: Group) => Promise<readonly T[]>): Promise<readonly T[]> {
    const found = await Promise.all(this.#groups.map(ask));
    if (found.length === 1) return found[0]!;
    const answers = new Array<T>(this.keys.length);
    for (const [index, { operands }] of this.#groups.entries()) {
      for (const [place, operand] of operands.entries()) answers[operand] = found[index]![place]!;
    }
    return answers;
  }
}

function groupBy(readers: readonly BitmapReader[], keys: readonly string[]): Group[] {
  const groups = new Map<BitmapReader, Group>();
  for (const [operand, reader] of readers.entries()) {
    let group = groups.get(reader);
    if (group === undefined) {
      group = { reader, operands: [], keys: [] };
      groups.set(reader, group);
    }
    group.operands.push(operand);
    group.keys.push(keys[operand]!);
  }
  return [...groups.values()];
}

/** One reader per store, for one question. */
export async function openOperands(
  bitmaps: readonly BitmapExpression[],
  request: RequestOptions,
  consistent = false,
): Promise<Operands> {
  if (consistent) return new Operands(bitmaps, await snapshot(bitmaps, request), request);
  const readers = new Map<Store, BitmapReader>();
  const readerOf = ({ store }: BitmapExpression): BitmapReader => {
    let reader = readers.get(store);
    if (reader === undefined) {
      reader = store.reader?.() ?? store;
      readers.set(store, reader);
    }
    return reader;
  };
  return new Operands(bitmaps, bitmaps.map(readerOf), request);
}

/**
 * Readers that answer for the bitmaps as they are now. Bitmaps are frozen, and so fetched, as a whole.
 * @throws BitmapistError if the bitmaps lie in several stores, or their store cannot freeze them; BudgetError
 */
async function snapshot(
  bitmaps: readonly BitmapExpression[],
  request: RequestOptions,
): Promise<BitmapReader[]> {
  const stores = new Set(bitmaps.map(({ store }) => store));
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
  const keys = bitmaps.map(({ key }) => key);
  if (request.maxBytes !== undefined) {
    const byteLengths = await store.byteLengths(keys, request);
    const neededBytes = byteLengths.reduce((sum, byteLength) => sum + byteLength, 0);
    if (neededBytes > request.maxBytes) throw new BudgetError(neededBytes, request.maxBytes, keys.length);
  }
  const frozen = await store.snapshot(keys, request);
  return keys.map(() => frozen);
}
