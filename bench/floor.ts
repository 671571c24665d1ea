/**
 * What a cold table costs at the least: a bare socket with one request for each window of all days, replies copied from one
 * reused buffer to where the kernel counts them, in this thread. No client, no checks, nothing planned, nothing kept.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { compileKernel } from '../src/kernel/module.js';
import type { Kernel } from '../src/kernel/types.js';
import { createWasmKernel } from '../src/kernel/wasm.js';
import type { RedisServer } from '../test/support/servers/redis.js';
import { DAYS, KEYS, PAIRS, ROWS, sum, tableProgram } from './retention.js';

/** Bytes of each day in a window: 43 of them stay in the cache of a processor's core. */
const WINDOW_BYTES = 32_768;
/** Windows that are on their way or being counted at a time. */
const AHEAD = 3;
const BUFFER_BYTES = 262_144;
const ALIGNMENT = 64;

export class Floor {
  readonly #socket: Socket;
  readonly #byteLength: number;
  readonly #kernel = createWasmKernel(compileKernel());
  readonly #windows: readonly Window[];
  readonly #replies = new Replies();

  private constructor(server: RedisServer, byteLength: number) {
    this.#byteLength = byteLength;
    this.#windows = windowsOf(byteLength, WINDOW_BYTES, AHEAD);
    const onread = {
      buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
      callback: (length: number, buffer: Uint8Array) => this.#replies.take(buffer, length),
    };
    this.#socket = connect({ host: server.host, port: server.port, noDelay: true, onread });
  }

  /** `byteLength` is that of every day. */
  static async open(server: RedisServer, byteLength: number): Promise<Floor> {
    const floor = new Floor(server, byteLength);
    await once(floor.#socket, 'connect');
    return floor;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Reads and counts the table, as `askTable` does. */
  count(): Promise<number> {
    return this.#count(this.#kernel, this.#windows, WINDOW_BYTES, AHEAD);
  }

  /** Reads all days into a kernel of their own; what comes back counts them there, again and again. */
  async load(): Promise<() => number> {
    const kernel = createWasmKernel(compileKernel());
    const windows = windowsOf(this.#byteLength, this.#byteLength, 1);
    await this.#count(kernel, windows, this.#byteLength, 1);
    const counts = new Float64Array(PAIRS.length);
    return () => {
      counts.fill(0);
      kernel.run(windows[0]!.program, windows[0]!.byteLength, counts);
      return totalOf(counts);
    };
  }

  async #count(
    kernel: Kernel,
    windows: readonly Window[],
    windowBytes: number,
    ahead: number,
  ): Promise<number> {
    const memory = kernel.reserve(ahead * DAYS * strideOf(windowBytes));
    const counts = new Float64Array(PAIRS.length);
    const arrivals = windows.slice(0, ahead).map((window) => this.#read(window, memory));
    for (const [index, window] of windows.entries()) {
      await arrivals[index];
      kernel.run(window.program, window.byteLength, counts);
      const next = windows[index + ahead];
      if (next) arrivals.push(this.#read(next, memory));
    }
    return totalOf(counts);
  }

  #read(window: Window, memory: Uint8Array): Promise<void> {
    for (const offset of window.offsets) {
      memory.fill(0, offset + window.replyBytes, offset + window.byteLength);
    }
    this.#socket.write(window.request, 'latin1');
    return this.#replies.expect(window, memory);
  }
}

/** As the other ways count: totals of the rows too, which are the cells of each row with itself. */
function totalOf(counts: Float64Array): number {
  return sum(counts) + sum(PAIRS.map(([row, day], cell) => (row === day ? counts[cell]! : 0)));
}

/** The same stretch of every day: the request for it, where its replies go, and what counts them there. */
interface Window {
  readonly request: string;
  readonly offsets: readonly number[];
  readonly replyBytes: number;
  /** What is counted of each: the reply and the zeros behind it that the kernel needs. */
  readonly byteLength: number;
  readonly program: Int32Array;
}

function windowsOf(byteLength: number, windowBytes: number, ahead: number): Window[] {
  return Array.from({ length: Math.ceil(byteLength / windowBytes) }, (_, index) => {
    const from = index * windowBytes;
    const replyBytes = Math.min(windowBytes, byteLength - from);
    const offsets = KEYS.map((_key, day) => ((index % ahead) * DAYS + day) * strideOf(windowBytes));
    return {
      request: KEYS.map((key) => command('GETRANGE', key, String(from), String(from + replyBytes - 1))).join(
        '',
      ),
      offsets,
      replyBytes,
      byteLength: Math.ceil(replyBytes / 16) * 16,
      program: tableProgram(offsets.slice(0, ROWS), offsets),
    };
  });
}

function strideOf(windowBytes: number): number {
  return Math.ceil(windowBytes / ALIGNMENT) * ALIGNMENT;
}

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

const ZERO = 48;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

interface Expected {
  readonly window: Window;
  readonly memory: Uint8Array;
  readonly resolve: () => void;
}

/** Puts bulk replies where they belong as they come in; whatever else comes in leads to a wrong sum, which is noticed. */
class Replies {
  readonly #expected: Expected[] = [];
  #day = 0;
  /** Bytes of the reply, or of the line end behind it, that are still to come; a line with a length comes at 0. */
  #missing = 0;
  #isLineEnd = false;
  #length = 0;
  #target = 0;

  expect(window: Window, memory: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#expected.push({ window, memory, resolve }));
  }

  take(buffer: Uint8Array, length: number): boolean {
    for (let at = 0; at < length; ) {
      if (this.#missing === 0) this.#takeHeader(buffer[at++]!);
      else at += this.#takeBytes(buffer, at, length);
    }
    return true;
  }

  #takeHeader(byte: number): void {
    if (byte >= ZERO) this.#length = this.#length * 10 + byte - ZERO;
    else if (byte === LINE_FEED) {
      this.#missing = this.#length;
      this.#target = this.#expected[0]!.window.offsets[this.#day]!;
    } else if (byte !== CARRIAGE_RETURN) this.#length = 0;
  }

  #takeBytes(buffer: Uint8Array, from: number, end: number): number {
    const taken = Math.min(this.#missing, end - from);
    if (!this.#isLineEnd) {
      this.#expected[0]!.memory.set(buffer.subarray(from, from + taken), this.#target);
      this.#target += taken;
    }
    this.#missing -= taken;
    if (this.#missing === 0) this.#finish();
    return taken;
  }

  #finish(): void {
    this.#isLineEnd = !this.#isLineEnd;
    if (this.#isLineEnd) this.#missing = 2;
    else if (++this.#day === DAYS) {
      this.#day = 0;
      this.#expected.shift()!.resolve();
    }
  }
}
