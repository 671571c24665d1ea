import { checkByteLength } from '../base/limits.js';
import type { Bitmap } from '../bitmap/bitmap.js';
import type { BitmapReader, ByteRead, RequestOptions, Store } from '../store/types.js';
import type { BitmapExpression } from './expression.js';
import type { OperandInfo } from './plan.js';
import { traceFetch } from './tracing.js';

/** What to read of which operand. */
export interface OperandRead extends ByteRead {
  readonly operand: number;
}

/** What the bitmaps of stores are read from. */
export type Readers = ReadonlyMap<Store, BitmapReader>;

/** What one reader has of the operands. */
interface Group {
  readonly reader: BitmapReader;
  readonly operands: readonly number[];
}

/**
 * The bitmaps of one question, by number, and what each is read from: one call per store, all stores at the same time.
 * Nothing is asked for what stores hold in memory.
 */
export class Operands {
  readonly keys: readonly string[];
  /**
   * Those in memory: of a store as the question opened, not to be changed, or fetched for this question. Stores may change
   * theirs while others are read.
   */
  readonly bitmaps: (Bitmap | undefined)[];
  /** Per operand. */
  readonly readers: readonly BitmapReader[];
  readonly #request: RequestOptions;
  readonly #opened: Readers;

  /** Is to be released when the question ends, however it ends. */
  constructor(bitmaps: readonly BitmapExpression[], readers: Readers, request: RequestOptions) {
    this.#opened = readers;
    this.keys = bitmaps.map(({ key }) => key);
    this.readers = bitmaps.map(({ store }) => readers.get(store)!);
    this.bitmaps = this.keys.map((key, operand) => this.readers[operand]!.resident?.(key));
    this.#request = request;
  }

  /** Those that are not in memory. */
  get remote(): number[] {
    const remote: number[] = [];
    for (const [operand, bitmap] of this.bitmaps.entries()) if (bitmap === undefined) remote.push(operand);
    return remote;
  }

  /** Whether `describe` can read beginnings: of all operands that are not in memory. */
  get hasBeginnings(): boolean {
    const { remote } = this;
    return remote.length > 0 && remote.every((operand) => this.readers[operand]!.readFirst !== undefined);
  }

  /**
   * Length of each operand, in bytes.
   * @throws StoreError for one that is longer than ids go: a store may be anybody's
   */
  async byteLengths(): Promise<number[]> {
    return this.#byteLengths(({ reader, operands }) =>
      reader.byteLengths(
        operands.map((operand) => this.keys[operand]!),
        this.#request,
      ),
    );
  }

  /**
   * Lengths of the operands, and which parts of them are occupied if a store can tell.
   * @param beginning where to read the first bytes of an operand that is not in memory, in the same round trip
   */
  async describe(beginning?: (operand: number) => Uint8Array): Promise<OperandInfo[]> {
    const byteLengths =
      beginning === undefined ? await this.byteLengths() : await this.#readBeginnings(beginning);
    const occupied: OperandInfo['occupied'][] = this.bitmaps.map((bitmap) => bitmap?.occupied());
    const isOpen = (operand: number) => byteLengths[operand]! > (beginning?.(operand).length ?? 0);
    await this.#askRemote(isOpen, async ({ reader, operands }) => {
      const keys = operands.map((operand) => this.keys[operand]!);
      const lengths = operands.map((operand) => byteLengths[operand]!);
      const found = (await reader.occupied?.(keys, lengths, this.#request)) ?? [];
      for (const [place, operand] of operands.entries()) occupied[operand] = found[place];
    });
    // A reader may have fetched them whole to tell.
    for (const operand of this.remote) {
      this.bitmaps[operand] = this.readers[operand]!.resident?.(this.keys[operand]!);
    }
    return byteLengths.map((byteLength, operand) => ({ byteLength, occupied: occupied[operand] }));
  }

  /** Fills every target. */
  async read(reads: readonly OperandRead[]): Promise<void> {
    const asked: OperandRead[] = [];
    for (const read of reads) {
      const bitmap = this.bitmaps[read.operand];
      if (bitmap === undefined) asked.push(read);
      else bitmap.readInto(read.target, read.byteOffset, this.#request.kernel);
    }
    if (asked.length === 0) return this.#request.signal?.throwIfAborted();
    await this.#traced(asked, async () => {
      await Promise.all(
        this.#groupBy(asked, ({ operand }) => operand).map(([reader, own]) =>
          reader.read(own, this.#request),
        ),
      );
    });
  }

  release(): void {
    for (const reader of this.#opened.values()) reader.release?.();
  }

  async #readBeginnings(beginning: (operand: number) => Uint8Array): Promise<number[]> {
    return this.#byteLengths(({ reader, operands }) => {
      const reads = operands.map((operand) => ({
        key: this.keys[operand]!,
        byteOffset: 0,
        target: beginning(operand),
      }));
      return this.#traced(reads, () => reader.readFirst!(reads, this.#request));
    });
  }

  /** Lengths of the bitmaps in memory, and those that readers tell of theirs. */
  async #byteLengths(ask: (group: Group) => Promise<readonly number[]>): Promise<number[]> {
    const byteLengths = this.bitmaps.map((bitmap) => bitmap?.byteLength ?? 0);
    await this.#askRemote(
      () => true,
      async (group) => {
        const found = await ask(group);
        for (const [place, operand] of group.operands.entries()) {
          byteLengths[operand] = checkByteLength(this.keys[operand]!, found[place]!);
        }
      },
    );
    return byteLengths;
  }

  /** Asks every reader for those of its operands that are not in memory, all at the same time. */
  async #askRemote(
    isAsked: (operand: number) => boolean,
    ask: (group: Group) => Promise<void>,
  ): Promise<void> {
    const { remote } = this;
    const asked = remote.filter(isAsked);
    if (asked.length === 0) return this.#request.signal?.throwIfAborted();
    await Promise.all(
      this.#groupBy(asked, (operand) => operand).map(([reader, operands]) => ask({ reader, operands })),
    );
  }

  #groupBy<T>(items: readonly T[], operandOf: (item: T) => number): [BitmapReader, T[]][] {
    const groups = new Map<BitmapReader, T[]>();
    for (const item of items) {
      const reader = this.readers[operandOf(item)]!;
      const group = groups.get(reader);
      if (group === undefined) groups.set(reader, [item]);
      else group.push(item);
    }
    return [...groups];
  }

  #traced<T>(reads: readonly ByteRead[], fetch: () => Promise<T>): Promise<T> {
    const trace = () => ({
      keys: reads.map(({ key }) => key),
      bytes: reads.reduce((sum, { target }) => sum + target.length, 0),
    });
    return traceFetch(trace, fetch);
  }
}

/** One reader per store, for one question: they are to be released, with the operands. */
export async function openReaders(
  bitmaps: readonly BitmapExpression[],
  request: RequestOptions,
  consistent = false,
): Promise<Readers> {
  if (consistent) return (await import('./snapshots.js')).openSnapshot(bitmaps, request);
  const readers = new Map<Store, BitmapReader>();
  for (const { store } of bitmaps) if (!readers.has(store)) readers.set(store, store.reader?.() ?? store);
  return readers;
}
