import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { StoreError } from '../index.js';
import { UsageError } from './failure.js';
import { type Progress, withProgress } from './progress.js';
import { type FileKind, openStandardInput, STANDARD_INPUT } from './stdin.js';
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

export interface InputStream extends AsyncIterable<Uint8Array> {
  readonly bytesRead: number;
  /** Of all there is to read, if that is known before. */
  readonly byteLength?: number;
  destroy(): void;
}

const READ_BYTES = 2 ** 18;

export function isCsv(path: string): boolean {
  return !isUrl(path) && /\.csv(\.gz)?$/i.test(path);
}

export function isDump(path: string): boolean {
  return !isUrl(path) && /\.rdb(\.gz)?$/i.test(path);
}

/** Lets `use` read what `source` names, and lets go of it whatever happens; `undefined` for sources of other kinds. */
export async function withInput<T>(
  source: string,
  use: (input: Input | undefined) => Promise<T>,
): Promise<T> {
  if (source !== STANDARD_INPUT) return use(await fileInput(source));
  const { stream, kind } = await openStandardInput();
  const fileName = kind === 'csv' ? 'stdin.csv' : 'stdin.rdb';
  try {
    return await use({ name: 'standard input', fileName, kind, comesOnce: true, open: async () => stream });
  } finally {
    stream.destroy();
  }
}

async function fileInput(path: string): Promise<Input | undefined> {
  if (!isCsv(path) && !isDump(path)) return undefined;
  await sizeOf(path);
  return {
    name: path,
    fileName: basename(path),
    kind: isCsv(path) ? 'csv' : 'dump',
    comesOnce: false,
    open: async () => {
      // It may have grown or shrunk since.
      const byteLength = await sizeOf(path);
      const stream = createReadStream(path, { end: Math.max(byteLength - 1, 0), highWaterMark: READ_BYTES });
      return Object.assign(stream, { byteLength });
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
export async function withRepeatable<T>(input: Input, use: (input: Input) => Promise<T>): Promise<T> {
  if (!input.comesOnce) return use(input);
  const path = join(tmpdir(), `bitmapist-${randomUUID()}`);
  const file = await explained(open(path, 'wx+', OWNER_ONLY));
  try {
    await explained(unlink(path));
    const byteLength = await readInput(input, 'reading', (stream, show) => copy(stream, file, show));
    return await use({ ...input, comesOnce: false, open: async () => openAgain(file, byteLength) });
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
function openAgain(file: FileHandle, byteLength: number): InputStream {
  let bytesRead = 0;
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const read = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, bytesRead);
      if (read.bytesRead === 0) return;
      bytesRead += read.bytesRead;
      yield read.buffer.subarray(0, read.bytesRead);
    }
  }
  return {
    [Symbol.asyncIterator]: chunks,
    get bytesRead() {
      return bytesRead;
    },
    byteLength,
    destroy: () => {},
  };
}

async function explained<T>(promise: Promise<T>): Promise<T> {
  return promise.catch((cause: NodeJS.ErrnoException) => {
    const sentence = `expected room for standard input in ${tmpdir()}, got ${cause.code ?? cause.message}`;
    throw new StoreError(sentence, { cause });
  });
}
