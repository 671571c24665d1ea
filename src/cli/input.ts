import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { type FileKind, isCsv, isDump, sizeOfFile } from './file.js';
import { openStandardInput, STANDARD_INPUT } from './stdin.js';

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
  /** Of all there is to read, unless that is not known before. */
  readonly byteLength?: number;
  destroy(): void;
}

export const READ_BYTES = 2 ** 18;

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
  await sizeOfFile(path);
  return {
    name: path,
    fileName: basename(path),
    kind: isCsv(path) ? 'csv' : 'dump',
    comesOnce: false,
    open: async () => {
      // It may have grown or shrunk since.
      const byteLength = await sizeOfFile(path);
      const stream = createReadStream(path, { end: Math.max(byteLength - 1, 0), highWaterMark: READ_BYTES });
      return Object.assign(stream, { byteLength });
    },
  };
}

/** How much has been read, as `37 %`, or as bytes. */
export function progressOf({ bytesRead, byteLength }: InputStream): string {
  if (byteLength === undefined) return prettyBytes(bytesRead);
  return `${Math.floor((bytesRead / Math.max(1, byteLength)) * 100)} %`;
}
