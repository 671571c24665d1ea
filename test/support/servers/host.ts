import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { encodeFileName } from '../../../src/names/filename.js';

/** A static host. `behave` may answer a request itself, in whatever strange way. */
export class Host {
  readonly files = new Map<string, Uint8Array>();
  readonly requests: string[] = [];
  knowsRanges = true;
  behave: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/bitmaps`;
  }

  publish(key: string, bytes: Uint8Array): void {
    this.files.set(encodeFileName(key), bytes);
  }

  publishIndex(name: string, lengths: Readonly<Record<string, number>>): void {
    this.files.set(name, new TextEncoder().encode(JSON.stringify(lengths)));
  }

  publishFolder(path: string): void {
    for (const name of readdirSync(path)) this.files.set(name, readFileSync(join(path, name)));
  }

  fileOf(request: IncomingMessage): Uint8Array | undefined {
    return this.files.get(decodeURIComponent(request.url!.replace('/bitmaps/', '')));
  }

  /** Answers as a good host does, with more headers. */
  serve(request: IncomingMessage, response: ServerResponse, headers: OutgoingHttpHeaders = {}): true {
    const file = this.fileOf(request);
    if (!file) {
      response.writeHead(404).end('not here');
      return true;
    }
    const range = this.knowsRanges ? rangeOf(request) : undefined;
    if (!range) {
      response.writeHead(200, headers).end(file);
      return true;
    }
    const [from, last] = [range[0], Math.min(range[1], file.length - 1)];
    if (from >= file.length) response.writeHead(416, { 'Content-Range': `bytes */${file.length}` }).end();
    else {
      response.writeHead(206, { 'Content-Range': `bytes ${from}-${last}/${file.length}`, ...headers });
      response.end(file.subarray(from, last + 1));
    }
    return true;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    if (!this.behave(request, response)) this.serve(request, response);
  }
}

/** The first and the last byte asked for. */
export function rangeOf(request: IncomingMessage): [number, number] | undefined {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  return range ? [Number(range[1]), Number(range[2])] : undefined;
}
