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

/** The bitmaps of one question, by number, and what each is read from: one call per store, all stores at the same time. */
export class Operands {
  readonly keys: readonly string[];
  /** Per operand. */
  readonly readers: readonly BitmapReader[];
  /** Which operands each reader has. */
  readonly #groups = new Map<BitmapReader, number[]>();
  readonly #request: RequestOptions;

  /** Is to be released when the question ends, however it ends. */
  constructor(
    bitmaps: readonly BitmapExpression[],
    readers: readonly BitmapReader[],
    request: RequestOptions,
  ) {
    this.keys = bitmaps.map(({ key }) => key);
    this.readers = readers;
    this.#request = request;
    for (const [operand, reader] of readers.entries()) {
      const group = this.#groups.get(reader);
      if (group === undefined) this.#groups.set(reader, [operand]);
      else group.push(operand);
    }
  }

  /**
   * Length of each operand, in bytes.
   * @throws StoreError for one that is longer than ids go: a store may be anybody's
   */
  async byteLengths(): Promise<number[]> {
    const byteLengths = await this.#ask((reader, keys) => reader.byteLengths(keys, this.#request));
    return byteLengths.map((byteLength, operand) => checkByteLength(this.keys[operand]!, byteLength));
  }

  /** Lengths of the operands, and which parts of them are occupied if a store can tell. */
  async describe(): Promise<OperandInfo[]> {
    const byteLengths = await this.byteLengths();
    const occupied = await this.#ask(async (reader, keys, operands) => {
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
      const [first] = this.#groups.keys();
      if (this.#groups.size === 1) return first!.read(reads, this.#request);
      await Promise.all(
        [...this.#groups.keys()].map((reader) => {
          const own = reads.filter(({ operand }) => this.readers[operand] === reader);
          return own.length > 0 ? reader.read(own, this.#request) : undefined;
        }),
      );
    });
  }

  release(): void {
    for (const reader of this.#groups.keys()) reader.release?.();
  }

  /** What every reader says of its keys, by operand. */
  async #ask<T>(
    ask: (
      reader: BitmapReader,
      keys: readonly string[],
      operands: readonly number[],
    ) => Promise<readonly T[]>,
  ): Promise<T[]> {
    const answers = new Array<T>(this.keys.length);
    await Promise.all(
      [...this.#groups].map(async ([reader, operands]) => {
        const keys = operands.map((operand) => this.keys[operand]!);
        const found = await ask(reader, keys, operands);
        for (const [index, operand] of operands.entries()) answers[operand] = found[index]!;
      }),
    );
    return answers;
  }
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
