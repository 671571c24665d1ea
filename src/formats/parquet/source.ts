/** A Parquet file is read from its end and in parts, so it must be something that can be read at any place. */

import { untilAborted } from '../../base/abort.js';
import { FormatError, plural } from '../../base/errors.js';

/**
 * A file to read at any place: bytes at hand, a `Blob` (or a `File` of a browser), an open file of Node (a `FileHandle`, which
 * stays open), or an `AsyncBuffer` as hyparquet has it, over HTTP for example.
 */
export type ParquetInput = Uint8Array | ArrayBuffer | Blob | OpenFile | SliceableFile;

/** What is needed of a `FileHandle` of `node:fs/promises`. */
export interface OpenFile {
  /** Reads into a buffer, from a position in the file. */
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  /** Tells the length in bytes. */
  stat(): Promise<{ readonly size: number }>;
}

/** What hyparquet calls an `AsyncBuffer`. */
export interface SliceableFile {
  /** Length of the file. */
  readonly byteLength: number;
  /** The bytes from `start` to `end`, which is not included. */
  slice(start: number, end: number): ArrayBuffer | Promise<ArrayBuffer>;
}

/** The file as the reader sees it. */
export interface Source {
  readonly byteLength: number;
  /**
   * The bytes from `from` to `to`, which is not included.
   * @throws FormatError if the file ends before.
   */
  readonly read: (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>;
}

/** @throws TypeError if the input is nothing that can be read at any place. */
export async function openSource(input: ParquetInput, signal?: AbortSignal): Promise<Source> {
  const { byteLength, slice } = await sliceable(input);
  return {
    byteLength,
    read: async (from, to) => {
      if (from < 0 || to < from || to > byteLength) {
        throw new FormatError(`expected bytes ${from} to ${to}, got a file of ${byteLength}`, byteLength);
      }
      signal?.throwIfAborted();
      const bytes = await untilAborted(signal, Promise.resolve(slice(from, to)));
      if (bytes.length !== to - from) {
        throw new FormatError(
          `expected ${to - from} ${plural(to - from, 'byte')}, got ${bytes.length}`,
          from,
        );
      }
      return bytes;
    },
  };
}

interface Sliceable {
  readonly byteLength: number;
  readonly slice: (from: number, to: number) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}

async function sliceable(input: ParquetInput): Promise<Sliceable> {
  if (input instanceof Uint8Array) {
    return { byteLength: input.length, slice: (from, to) => new Uint8Array(input.subarray(from, to)) };
  }
  if (typeof Blob === 'function' && input instanceof Blob) {
    return {
      byteLength: input.size,
      slice: async (from, to) => new Uint8Array(await input.slice(from, to).arrayBuffer()),
    };
  }
  if (isSliceable(input)) {
    return {
      byteLength: input.byteLength,
      slice: async (from, to) => new Uint8Array(await input.slice(from, to)),
    };
  }
  if (isOpenFile(input)) {
    const { size } = await input.stat();
    return { byteLength: size, slice: (from, to) => readAll(input, from, to) };
  }
  throw new TypeError(
    `expected bytes, a Blob, an open file or an AsyncBuffer, which can be read at any place, got ${nameOf(input)}`,
  );
}

function isSliceable(input: unknown): input is SliceableFile {
  const { byteLength, slice } = (input ?? {}) as Partial<SliceableFile>;
  return typeof byteLength === 'number' && typeof slice === 'function';
}

function isOpenFile(input: unknown): input is OpenFile {
  const { read, stat } = (input ?? {}) as Partial<OpenFile>;
  return typeof read === 'function' && typeof stat === 'function';
}

/** One read may give less than it is asked for. */
async function readAll(file: OpenFile, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(to - from);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object') return typeof value;
  return value === null ? 'null' : (value.constructor?.name ?? 'an object');
}
