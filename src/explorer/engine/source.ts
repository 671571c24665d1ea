import type { LoadProgress } from './protocol.js';

/** The bytes of a source: a file of the reader's, or what the page's own server serves. */

const REPORT_INTERVAL_MS = 50;

/** What can be read at any place. */
export interface Anywhere {
  readonly byteLength: number;
  slice(start: number, end: number): Promise<ArrayBuffer>;
}

/** One source, which says now and then how far it is read. What a server serves is fetched once. */
export class SourceFile {
  /** Whoever reads it counts what they find, too. */
  readonly progress: { done: number; total: number | undefined; items: number; events: string[] };
  readonly #source: Blob | string;
  readonly #onProgress: (progress: LoadProgress) => void;
  #served: Served | undefined;
  #reportedMs = 0;

  constructor(source: Blob | string, onProgress: (progress: LoadProgress) => void) {
    this.#source = source;
    this.#onProgress = onProgress;
    const total = typeof source === 'string' ? undefined : source.size;
    this.progress = { done: 0, total, items: 0, events: [] };
  }

  /** Its bytes from the first one on, for whoever looks at its beginning, lets it go, and then reads all of it. */
  async *beginning(): AsyncGenerator<Uint8Array, void> {
    if (typeof this.#source !== 'string') {
      yield* chunksOf(this.#source.stream());
      return;
    }
    const served = await this.#open(this.#source);
    for (;;) {
      const chunk = await served.look();
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  /** All of its bytes, which are counted as they come. */
  async *bytes(): AsyncGenerator<Uint8Array, void> {
    const source = this.#source;
    const chunks =
      typeof source === 'string' ? (await this.#open(source)).chunks() : chunksOf(source.stream());
    for await (const chunk of chunks) {
      this.#count(chunk.length);
      yield chunk;
    }
  }

  /** What a server serves comes as a whole first. */
  async anywhere(): Promise<Anywhere> {
    if (typeof this.#source === 'string') {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of this.bytes()) chunks.push(chunk as Uint8Array<ArrayBuffer>);
      const blob = new Blob(chunks);
      return { byteLength: blob.size, slice: (start, end) => blob.slice(start, end).arrayBuffer() };
    }
    const file = this.#source;
    return {
      byteLength: file.size,
      slice: async (start, end) => {
        this.#count(end - start);
        return file.slice(start, end).arrayBuffer();
      },
    };
  }

  async #open(address: string): Promise<Served> {
    if (this.#served === undefined) {
      const { stream, totalBytes } = await openServed(address);
      this.progress.total = totalBytes;
      this.#served = new Served(stream);
    }
    return this.#served;
  }

  #count(bytes: number): void {
    const { total = Number.POSITIVE_INFINITY } = this.progress;
    // Some places may be read more than once.
    this.progress.done = Math.min(total, this.progress.done + bytes);
    const now = performance.now();
    if (now - this.#reportedMs < REPORT_INTERVAL_MS) return;
    this.#reportedMs = now;
    this.#onProgress({ ...this.progress });
    this.progress.events = [];
  }
}

/** What a server serves, whose beginning is kept until all of it is read. */
class Served {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #kept: Promise<ReadableStreamReadResult<Uint8Array>>[] = [];
  #isRead = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** The next chunk of its beginning; `undefined` at its end, or if all of it is read meanwhile. */
  async look(): Promise<Uint8Array | undefined> {
    if (this.#isRead) return undefined;
    const next = this.#reader.read();
    // Whoever lets go of the beginning may do so before this chunk is there.
    this.#kept.push(next);
    return (await next).value;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void> {
    this.#isRead = true;
    try {
      for (;;) {
        const { done, value } = await (this.#kept.shift() ?? this.#reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      await this.#reader.cancel();
    }
  }
}

/** Streams of older browsers cannot be iterated over. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

async function openServed(
  address: string,
): Promise<{ stream: ReadableStream<Uint8Array>; totalBytes: number | undefined }> {
  const response = await fetch(address);
  if (!response.ok || response.body === null) {
    throw new Error(`expected the source from the server, got ${await answerOf(response)}`);
  }
  const length = response.headers.get('content-length');
  return { stream: response.body, totalBytes: length === null ? undefined : Number(length) };
}

/** What the page's own server says is wrong, or whatever another one answers. */
async function answerOf(response: Response): Promise<string> {
  const status = `${response.status} ${response.statusText}`;
  if (!response.headers.get('content-type')?.startsWith('text/plain')) return status;
  return `${status}: ${(await response.text()).trim()}`;
}
