/** Stands between a client and a real server: refuses commands, delays replies, cuts connections, falls silent. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { RedisServer } from './redis.js';

const HOST = '127.0.0.1';

export interface RedisProxy {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Names of the commands that clients have sent, in lower case. */
  readonly commands: string[];
  /** What commands, in lower case, are answered with in place of the truth: the texts of errors. */
  readonly refusals: Map<string, string>;
  /** What commands, in lower case, are sent on as: the words that take the place of what the client has sent. */
  readonly substitutes: Map<string, (words: readonly string[]) => readonly string[]>;
  /** Milliseconds that every reply is held back from now on. */
  delayMs: number;
  /** Sends nothing more on a connection once a command of this name (in lower case) has come in on it. */
  silentFrom: string | undefined;
  /** Sends replies in pieces of so many bytes, each held back for `delayMs` after the one before. */
  pieceBytes: number;
  /** Bytes of replies that go over a connection in a millisecond. */
  bytesPerMs: number;
  /** Bytes of replies that have been sent to clients. */
  sentBytes: number;
  /** Cuts every connection after so many more bytes of replies, once. */
  cutAfterBytes: number;
  /** Cuts every connection now. */
  cut(): void;
  stop(): Promise<void>;
}

/** @param refused commands that are answered as servers do that do not know them, in lower case */
export async function startProxy(server: RedisServer, refused: readonly string[] = []): Promise<RedisProxy> {
  const sockets = new Set<Socket>();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const listener = createServer((client) => {
    const upstream = connect(server.port, server.host);
    const parser = new CommandParser();
    let passed = Promise.resolve();
    let lastDue = 0;
    let isSilent = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      upstream.cork();
      for (const { name, bytes } of parser.push(chunk)) {
        commands.push(name);
        isSilent ||= name === proxy.silentFrom;
        const text = refusals.get(name);
        const substitute = substitutes.get(name);
        if (text !== undefined) upstream.write(refusal(text));
        else upstream.write(substitute === undefined ? bytes : encode(substitute(decode(bytes))));
      }
      upstream.uncork();
    });
    upstream.on('data', (chunk: Buffer) => {
      proxy.cutAfterBytes -= chunk.length;
      if (proxy.cutAfterBytes < 0) {
        proxy.cutAfterBytes = Number.POSITIVE_INFINITY;
        cut();
      } else if (!isSilent) {
        const receivedMs = Date.now();
        for (let at = 0, piece = 1; at < chunk.length; at += proxy.pieceBytes, piece++) {
          const bytes = chunk.subarray(at, at + proxy.pieceBytes);
          const due = Math.max(receivedMs + proxy.delayMs * piece, lastDue) + bytes.length / proxy.bytesPerMs;
          lastDue = due;
          // One behind the other, also when the delay changes meanwhile.
          passed = passed
            .then(() => sleepUntil(due))
            .then(() => {
              client.write(bytes);
              proxy.sentBytes += bytes.length;
            });
        }
      }
    });
  });
  const commands: string[] = [];
  const substitutes: RedisProxy['substitutes'] = new Map();
  const refusals = new Map(refused.map((name) => [name, `ERR unknown command '${name}'`]));
  await new Promise<void>((resolve) => listener.listen(0, HOST, resolve));
  const { port } = listener.address() as AddressInfo;
  const proxy: RedisProxy = {
    host: HOST,
    port,
    url: `redis://${HOST}:${port}`,
    commands,
    refusals,
    substitutes,
    delayMs: 0,
    silentFrom: undefined,
    pieceBytes: Number.POSITIVE_INFINITY,
    bytesPerMs: Number.POSITIVE_INFINITY,
    sentBytes: 0,
    cutAfterBytes: Number.POSITIVE_INFINITY,
    cut,
    stop: () => {
      cut();
      return new Promise((resolve) => listener.close(() => resolve()));
    },
  };
  return proxy;
}

function sleepUntil(due: number): Promise<void> {
  const waitMs = due - Date.now();
  return waitMs > 0 ? new Promise((resolve) => setTimeout(resolve, waitMs).unref()) : Promise.resolve();
}

/** A command in whose place the server answers, in its turn, with an error. */
function refusal(text: string): Buffer {
  return encode(['EVAL', 'return redis.error_reply(ARGV[1])', '0', text]);
}

function encode(words: readonly string[]): Buffer {
  return Buffer.from(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
}

/** The words of a command of which none has a line break. */
function decode(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .split('\r\n')
    .slice(1, -1)
    .filter((_, index) => index % 2 === 1);
}

interface Command {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Cuts what a client sends into commands: arrays of strings with their lengths. */
class CommandParser {
  #pending: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Command[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const commands: Command[] = [];
    for (let command = this.#next(); command !== undefined; command = this.#next()) commands.push(command);
    return commands;
  }

  #next(): Command | undefined {
    const header = this.#line(0);
    if (header === undefined) return undefined;
    let at = header.end;
    let name = '';
    for (let word = 0; word < Number(header.text.slice(1)); word++) {
      const length = this.#line(at);
      if (length === undefined) return undefined;
      const end = length.end + Number(length.text.slice(1));
      if (end + 2 > this.#pending.length) return undefined;
      if (word === 0) name = this.#pending.toString('latin1', length.end, end).toLowerCase();
      at = end + 2;
    }
    const bytes = this.#pending.subarray(0, at);
    this.#pending = this.#pending.subarray(at);
    return { name, bytes };
  }

  #line(from: number): { text: string; end: number } | undefined {
    const end = this.#pending.indexOf('\r\n', from);
    if (end < 0) return undefined;
    return { text: this.#pending.toString('latin1', from, end), end: end + 2 };
  }
}
