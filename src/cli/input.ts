import { randomUUID } from 'node:crypto';
import { type FileHandle, open, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { type EventsKind, type FileKind, kindOfFile } from '../csv.js';
import { StoreError } from '../index.js';
import { UsageError } from './failure.js';
import { type Progress, withProgress } from './progress.js';
import { openStandardInput, STANDARD_INPUT } from './stdin.js';
import { isUrl } from './url.js';

/** Events or a dump to be read: a file that the user named, or standard input. */
export interface Input {
  /** For people to read. */
  readonly name: string;
  /** A name that tells the kind by its ending. */
  readonly fileName: string;
  readonly kind: FileKind;
  /** Standard input comes only once. */
  readonly comesOnce: boolean;
  open(): Promise<InputStream>;
}

/** A file of events. */
export type EventsInput = Input & { readonly kind: EventsKind };

export function isOfEvents(input: Input | undefined): input is EventsInput {
  return input !== undefined && input.kind !== 'dump';
}

export interface InputStream extends AsyncIterable<Uint8Array> {
  readonly bytesRead: number;
  /** Of all there is to read, if that is known before. */
  readonly byteLength?: number;
  /** Bytes from anywhere, unless they come only once. */
  slice?(start: number, end: number): Promise<ArrayBuffer>;
  destroy(): void;
}

/** Of what can be read more than once. */
export type SliceableStream = InputStream & Required<Pick<InputStream, 'byteLength' | 'slice'>>;

const READ_BYTES = 2 ** 18;

/** What a file holds, as its name tells; `undefined` for what is no source of this kind. */
export function kindOfSource(path: string): FileKind | undefined {
  return isUrl(path) ? undefined : kindOfFile(path);
}

export function isDump(path: string): boolean {
  return kindOfSource(path) === 'dump';
}

/** Lets `use` read what `source` names, and lets go of it whatever happens; `undefined` for sources of other kinds. */
export async function withInput<T>(
  source: string,
  use: (input: Input | undefined) => Promise<T>,
): Promise<T> {
  if (source !== STANDARD_INPUT) return use(await fileInput(source));
  const { stream, kind } = await openStandardInput();
  const fileName = `stdin.${kind === 'dump' ? 'rdb' : kind}`;
  try {
    return await use({ name: 'standard input', fileName, kind, comesOnce: true, open: async () => stream });
  } finally {
    stream.destroy();
  }
}

async function fileInput(path: string): Promise<Input | undefined> {
  const kind = kindOfSource(path);
  if (kind === undefined) return undefined;
  await sizeOf(path);
  return {
    name: path,
    fileName: basename(path),
    kind,
    comesOnce: false,
    open: async () => {
      // It may have grown or shrunk since.
      const byteLength = await sizeOf(path);
      const file = await open(path);
      return openFile(file, byteLength, () => void file.close());
    },
  };
}

/** Bytes of a file that the user named. */
async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'no such file' : (cause.code ?? cause.message);
    throw new UsageError(`expected a file to read, got ${JSON.stringify(path)}: ${reason}`, { cause });
  });
  if (!stats.isFile())
    throw new UsageError(`expected a file, got ${JSON.stringify(path)}, which is something else`);
  return stats.size;
}

/**
 * Lets `use` read the bytes of an input, and shows how far it is.
 * @param doing what is done with it: `reading`
 */
export async function readInput<T>(
  { name, open }: Input,
  doing: string,
  use: (stream: InputStream, show: Progress['show']) => Promise<T>,
): Promise<T> {
  const stream = await open();
  try {
    return await withProgress(`${doing} ${name}`, (show) =>
      use(stream, (more) => show(`${doing} ${name}: ${progressOf(stream)}${more && `, ${more}`}`)),
    );
  } finally {
    stream.destroy();
  }
}

/** How much has been read, as `37 %`, or as bytes. */
function progressOf({ bytesRead, byteLength }: InputStream): string {
  if (byteLength === undefined) return prettyBytes(bytesRead);
  return `${Math.floor((bytesRead / Math.max(1, byteLength)) * 100)} %`;
}

/**
 * Lets `use` read an input more than once. What comes only once is kept in a temporary file meanwhile, which has no name any
 * more when the first byte is written: it goes with this process, however that ends.
 */
export async function withRepeatable<I extends Input, T>(
  input: I,
  use: (input: I) => Promise<T>,
): Promise<T> {
  if (!input.comesOnce) return use(input);
  const path = join(tmpdir(), `bitmapist-${randomUUID()}`);
  const file = await explained(open(path, 'wx+', OWNER_ONLY));
  try {
    await explained(unlink(path));
    const byteLength = await readInput(input, 'reading', (stream, show) => copy(stream, file, show));
    return await use({ ...input, comesOnce: false, open: async () => openFile(file, byteLength, () => {}) });
  } finally {
    await file.close();
  }
}

const OWNER_ONLY = 0o600;

async function copy(stream: InputStream, file: FileHandle, show: Progress['show']): Promise<number> {
  let byteLength = 0;
  for await (const chunk of stream) {
    await explained(file.appendFile(chunk));
    byteLength += chunk.length;
    show('');
  }
  return byteLength;
}

/** A stream of Node would close the file with itself. */
function openFile(file: FileHandle, byteLength: number, destroy: () => void): InputStream {
  let bytesRead = 0;
  const slice = async (start: number, end: number): Promise<ArrayBuffer> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
    let length = 0;
    while (length < bytes.length) {
      const read = await file.read(bytes, length, bytes.length - length, start + length);
      if (read.bytesRead === 0) break;
      length += read.bytesRead;
    }
    bytesRead += length;
    return length === bytes.length ? bytes.buffer : bytes.buffer.slice(0, length);
  };
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < byteLength; at += READ_BYTES) {
      const chunk = await slice(at, at + READ_BYTES);
      if (chunk.byteLength > 0) yield new Uint8Array(chunk);
    }
  }
  return {
    [Symbol.asyncIterator]: chunks,
    get bytesRead() {
      return Math.min(bytesRead, byteLength);
    },
    byteLength,
    slice,
    destroy,
  };
}

async function explained<T>(promise: Promise<T>): Promise<T> {
  return promise.catch((cause: NodeJS.ErrnoException) => {
    const sentence = `expected room for standard input in ${tmpdir()}, got ${cause.code ?? cause.message}`;
    throw new StoreError(sentence, { cause });
  });
}
