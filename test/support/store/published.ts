import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { HttpStore } from '../../../src/store/http/http.js';
import { Host } from '../servers/host.js';

/** Two published bitmaps, of one request and of several windows, and a host that behaves in strange ways about them. */

export const KIB = 1024;
export const SHORT = 'trackist_short_2026-11';
export const LONG = 'trackist_long_2026-11';
export const BITMAPS = { [SHORT]: noise(40, 1), [LONG]: noise(300 * KIB, 2) };
export const COUNTS = { short: countBits(BITMAPS[SHORT]!), long: countBits(BITMAPS[LONG]!) };
const INDEX = 'index.json';

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

export function noise(length: number, seed: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 11);
}

function countBits(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}

/** Gives each test of a file a host of its own, which publishes both bitmaps. */
export function provideHost(use: (host: Host) => void): void {
  let host: Host;
  beforeEach(async () => {
    host = new Host();
    await host.start();
    publishBitmaps(host);
    use(host);
  });
  afterEach(() => host.stop());
}

function publishBitmaps(host: Host): void {
  for (const [key, bytes] of Object.entries(BITMAPS)) host.publish(key, bytes);
  const lengths = Object.entries(BITMAPS).map(([key, { length }]) => [key, length]);
  host.publishIndex(INDEX, Object.fromEntries(lengths));
}

export function openHost(host: Host, isIndexed: boolean, fetch?: typeof globalThis.fetch): Bitmapist {
  return new Bitmapist({ store: new HttpStore(host.url, { index: isIndexed ? INDEX : undefined, fetch }) });
}

/** Answers so for bitmaps; the index is served as it is. */
export function behave(host: Host, answer: Answer): void {
  host.behave = (request, response) => {
    if (request.url!.endsWith(INDEX)) return false;
    answer(request, response);
    return true;
  };
}
