import { constants, gunzipSync } from 'node:zlib';
import type { FileKind } from '../csv.js';
import { say, UsageError } from './failure.js';
import { withProgress } from './progress.js';

/** Standard input as a source: what it holds is told by its first bytes. */

/** How the user names it. */
export const STANDARD_INPUT = '-';

export interface StandardInput {
  readonly kind: FileKind;
  readonly stream: AsyncIterable<Uint8Array> & { readonly bytesRead: number; destroy(): void };
}

let opened: Promise<StandardInput> | undefined;

/** There is one, so whoever opens it gets the same. */
export function openStandardInput(): Promise<StandardInput> {
  opened ??= open();
  return opened;
}

async function open(): Promise<StandardInput> {
  const { stdin } = process;
  const chunks: AsyncIterator<Uint8Array> = stdin[Symbol.asyncIterator]();
  const { head, kind } = await readHead(chunks).catch((error: unknown) => {
    stdin.destroy();
    throw error;
  });
  async function* all(): AsyncGenerator<Uint8Array, void> {
    yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  const stream = all();
  return {
    kind,
    stream: {
      [Symbol.asyncIterator]: () => stream,
      get bytesRead() {
        return stdin.bytesRead;
      },
      destroy: () => void stdin.destroy(),
    },
  };
}

/** Reads until it is clear what comes. */
async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<{ head: Uint8Array; kind: FileKind }> {
  let head = new Uint8Array(0);
  const read = async (): Promise<{ head: Uint8Array; kind: FileKind }> => {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done && head.length === 0) {
        throw new UsageError('expected events or a dump on standard input, got nothing');
      }
      if (done) return { head, kind: 'csv' };
      head = Buffer.concat([head, value]);
      const kind = kindOf(head.subarray(0, HEAD_BYTES));
      if (kind !== undefined) return { head, kind };
      if (head.length >= HEAD_BYTES) return { head, kind: 'csv' };
    }
  };
  // Who is asked to type should know it; everybody else should know who keeps them waiting.
  if (!process.stdin.isTTY) return withProgress('waiting for standard input', read);
  say('waiting for events or a dump, typed here; Ctrl-D ends them');
  return read();
}

/** More than a packed file needs to begin with before its first byte. */
const HEAD_BYTES = 4096;
const MAGICS: Readonly<Record<string, FileKind>> = {
  REDIS: 'dump',
  VALKEY: 'dump',
  PAR1: 'parquet',
};
const GZIP_MAGIC = '\x1f\x8b';
/** What stands before text of UTF-8 and UTF-16. */
const MARKS = ['\xef\xbb\xbf', '\xff\xfe', '\xfe\xff'];

/** `undefined` if more bytes are needed to tell. */
function kindOf(head: Uint8Array): FileKind | undefined {
  const text = Buffer.from(head).toString('latin1');
  if (text.startsWith(GZIP_MAGIC)) return kindOf(unpackStart(head));
  for (const [magic, kind] of Object.entries(MAGICS)) if (text.startsWith(magic)) return kind;
  if ([...Object.keys(MAGICS), GZIP_MAGIC, ...MARKS].some((magic) => magic.startsWith(text)))
    return undefined;
  // Blank lines may stand before the first object; a list is no JSON Lines, as its reader says.
  const mark = MARKS.find((each) => text.startsWith(each)) ?? '';
  // Half of UTF-16 is zeros here.
  const [first] = text.slice(mark.length).replaceAll('\0', '').trimStart();
  return first === undefined ? undefined : '{['.includes(first) ? 'jsonl' : 'csv';
}

/** What comes out of the beginning of a packed file; whoever reads all of it says what is wrong with it. */
function unpackStart(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}
