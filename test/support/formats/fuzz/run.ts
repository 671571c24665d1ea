import { FormatError } from '../../../../src/base/errors.js';
import { containerIds } from '../../../../src/bitmap/ids.js';
import { ColumnsError, RowError, readEvents } from '../../../../src/csv.js';
import { concatBytes } from '../../../../src/formats/bytes.js';
import { decodeState } from '../../../../src/formats/clickhouse/state.js';
import { ByteCursor } from '../../../../src/formats/cursor.js';
import { readIds } from '../../../../src/formats/ids.js';
import { readChunks } from '../../../../src/formats/input.js';
import { decodeDumpPayload } from '../../../../src/formats/rdb/payload.js';
import { readRdb } from '../../../../src/formats/rdb/reader.js';
import { decodeRoaring } from '../../../../src/formats/roaring/reader.js';
import { readJsonLines } from '../../../../src/jsonl.js';
import { chunksOf, splitAt } from '../chunks.js';
import { AllocationCounter } from './allocation.js';
import { buildCorpus } from './corpus.js';
import { mutate, TAILS, withChecksum } from './mutation.js';
import { Random } from './random.js';

/** What many broken files did to the readers. */
export interface FuzzReport {
  readonly inputs: number;
  /** How many were sound in spite of everything. */
  readonly accepted: number;
  readonly refused: number;
  readonly longestMs: number;
  /** Most memory asked for while one file was read. */
  readonly mostBytes: number;
}

/** Buffers that readers may take whatever the length of the file. */
const FLAT_BYTES = 2 ** 17;
/** LZF gives 88 bytes for one; collecting a value that arrives in pieces takes it two and a half times. */
const MAX_PER_BYTE = 100;
/** Slow is a file for which this is not enough; hanging would be the end of the run. */
const MAX_MS = 2000;

/**
 * Reads `inputs` broken dumps, DUMP payloads, Roaring files, states of ClickHouse, tables, lines of JSON and lists of ids, which the seed determines.
 * @throws where a reader fails with anything but a FormatError, RowError or ColumnsError, is slow, or takes more memory than its bound.
 */
export async function fuzz(
  inputs: number,
  seed: number,
  onInput?: (done: number) => void,
): Promise<FuzzReport> {
  const random = new Random(seed);
  const corpus = await buildCorpus();
  const kinds = [
    { files: corpus.dumps, read: readDump },
    { files: corpus.dumps, read: readSignedDump },
    { files: corpus.payloads, read: decodeDumpPayload },
    { files: corpus.roaring, read: readRoaring },
    { files: corpus.tables, read: readTable },
    { files: corpus.lists, read: readList },
    { files: corpus.lines, read: readLines },
    { files: corpus.states, read: readState },
  ];
  const counter = new AllocationCounter();
  let accepted = 0;
  let longestMs = 0;
  let mostBytes = 0;
  counter.start();
  try {
    for (let input = 0; input < inputs; input++) {
      const { files, read } = random.pick(kinds);
      const bytes = mutate(random.pick(files), random, random.pick(files));
      const before = counter.bytes;
      const start = performance.now();
      const problem = await Promise.resolve(read(bytes, random)).then(
        () => undefined,
        (error: unknown) => error,
      );
      const ms = performance.now() - start;
      const taken = counter.bytes - before;
      longestMs = Math.max(longestMs, ms);
      mostBytes = Math.max(mostBytes, taken);
      if (problem === undefined) accepted++;
      else if (
        !(problem instanceof FormatError || problem instanceof RowError || problem instanceof ColumnsError)
      )
        throw failed(`threw ${problem}`, input, bytes, problem);
      if (ms > MAX_MS) throw failed(`took ${ms} ms`, input, bytes);
      if (taken > FLAT_BYTES + bytes.length * MAX_PER_BYTE)
        throw failed(`took ${taken} bytes of memory`, input, bytes);
      onInput?.(input + 1);
    }
  } finally {
    counter.stop();
  }
  return { inputs, accepted, refused: inputs - accepted, longestMs, mostBytes };
}

async function readDump(bytes: Uint8Array, random: Random): Promise<void> {
  const options = { keepExpired: random.below(2) === 0 };
  for await (const { key, bytes: value } of readRdb(inPieces(bytes, random), options)) {
    if (typeof key !== 'string' || !(value instanceof Uint8Array)) throw new TypeError('expected a string');
  }
}

function readSignedDump(bytes: Uint8Array, random: Random): Promise<void> {
  return readDump(concatBytes([withChecksum(bytes), random.pick(TAILS)]), random);
}

async function readTable(bytes: Uint8Array, random: Random): Promise<void> {
  for await (const rows of readEvents(inPieces(bytes, random))) {
    for (const { id } of rows) if (!isId(id)) throw new TypeError(`expected an id, got ${id}`);
  }
}

async function readLines(bytes: Uint8Array, random: Random): Promise<void> {
  for await (const rows of readJsonLines(inPieces(bytes, random))) {
    for (const { id } of rows) if (!isId(id)) throw new TypeError(`expected an id, got ${id}`);
  }
}

async function readState(bytes: Uint8Array, random: Random): Promise<void> {
  const bitmap = await decodeState(new ByteCursor(readChunks(inPieces(bytes, random))));
  if (bitmap.ids().length !== bitmap.cardinality) throw new TypeError('expected as many ids as announced');
}

async function readList(bytes: Uint8Array, random: Random): Promise<void> {
  for await (const ids of readIds(inPieces(bytes, random))) {
    if (!ids.every(isId)) throw new TypeError('expected ids');
  }
}

function isId(id: unknown): boolean {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < 2 ** 32;
}

/** Whole, in pieces of one size, or cut anywhere. */
function inPieces(bytes: Uint8Array, random: Random): Iterable<Uint8Array> {
  if (random.below(3) === 0) return [bytes];
  if (random.below(2) === 0) return chunksOf(bytes, 1 + random.below(bytes.length));
  return splitAt(
    bytes,
    Array.from({ length: random.below(20) }, () => random.below(bytes.length)),
  );
}

/** What is accepted must be sound. */
async function readRoaring(bytes: Uint8Array): Promise<void> {
  let above = -1;
  for (const container of decodeRoaring(bytes)) {
    const ids = containerIds(container);
    if (ids.length !== container.cardinality) throw new TypeError('expected as many ids as announced');
    for (const id of ids) {
      if (id <= above) throw new TypeError(`expected an id above ${above}, got ${id}`);
      above = id;
    }
  }
}

function failed(what: string, input: number, bytes: Uint8Array, cause?: unknown): Error {
  return new Error(`input ${input} ${what}: ${Buffer.from(bytes).toString('base64').slice(0, 4000)}`, {
    cause,
  });
}
