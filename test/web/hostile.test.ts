import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { ByteRead, RequestOptions } from '../../src/store/types.js';
import { createDashboard } from '../../src/web/index.js';
import { toNodeListener } from '../../src/web/node.js';
import { waitFor } from '../../src/web/turns.js';
import { exchange, readAll, send, startServer, type TestServer } from '../support/web/server.js';

/** A store that answers when it is told to, and remembers how many asked. */
class HeldStore extends MemoryStore {
  waiting = 0;
  most = 0;
  letGo: () => void = () => {};
  held: Promise<void> | undefined;

  hold(): void {
    this.held = new Promise((resolve) => {
      this.letGo = () => {
        this.held = undefined;
        resolve();
      };
    });
  }

  /** Whether it does not hear of signals. */
  isDeaf = false;

  override resident = undefined as never;

  override async read(reads: readonly ByteRead[], options?: RequestOptions): Promise<void> {
    this.waiting += 1;
    this.most = Math.max(this.most, this.waiting);
    try {
      const { signal } = options ?? {};
      await (signal === undefined || this.isDeaf || this.held === undefined
        ? this.held
        : waitFor(this.held, signal));
      await super.read(reads, options);
    } finally {
      this.waiting -= 1;
    }
  }
}

const COHORT = '/cohort.json?select1=active&select2=active&start_date=2026-11-20&num_results=2&num_of_rows=1';

describe('many at once', { tags: 'long' }, () => {
  let store: HeldStore;
  let server: TestServer;
  /** Requests that were let in, and so have a turn. */
  let letIn = 0;

  beforeAll(async () => {
    store = new HeldStore();
    const bitmapist = new Bitmapist({ store, clock: () => new Date('2026-11-22') });
    await bitmapist.markEvent('active', [1, 2], { now: '2026-11-20' });
    await bitmapist.markEvent('active', [2], { now: '2026-11-21' });
    await bitmapist.markUnique(
      'many',
      Uint32Array.from({ length: 8_000_000 }, (_, id) => id),
    );
    const dashboard = createDashboard(bitmapist, {
      path: '/',
      authorize: () => {
        letIn += 1;
        return true;
      },
      people: true,
      limits: { concurrency: 5, milliseconds: 2_000 },
      onError: () => {},
    });
    server = await startServer((request, response) => void toNodeListener(dashboard)(request, response));
  });

  afterAll(() => server?.close());

  /** How often each status was answered. */
  async function statuses(requests: readonly Promise<Response>[]): Promise<Record<number, number>> {
    const counts: Record<number, number> = {};
    for (const response of await Promise.all(requests)) {
      counts[response.status] = (counts[response.status] ?? 0) + 1;
      await response.arrayBuffer();
    }
    return counts;
  }

  const get = (address: string, signal?: AbortSignal): Promise<Response> =>
    fetch(server.url + address, signal ? { signal } : {});
  const fill = (): Promise<Response>[] => Array.from({ length: 5 }, () => get(COHORT));

  it('are answered as many as may be, the others told to come back', async () => {
    store.hold();
    const requests = Array.from({ length: 200 }, () => get(COHORT));
    await expect.poll(() => store.waiting).toBe(5);
    const refused = await get(COHORT);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    store.letGo();
    const counts = await statuses(requests);
    expect(counts[200]! + counts[503]!).toBe(200);
    expect(store.most).toBe(5);
    expect(await statuses(fill())).toEqual({ 200: 5 });
  });

  it('are told so if it takes too long, and others are answered again', async () => {
    store.hold();
    expect(await statuses(fill())).toEqual({ 504: 5 });
    store.letGo();
    expect(await statuses(fill())).toEqual({ 200: 5 });
  });

  it('are told so by a store that does not hear of signals, too, but are no more than may be', async () => {
    store.isDeaf = true;
    store.hold();
    expect(await statuses(fill())).toEqual({ 504: 5 });
    expect((await get(COHORT)).status).toBe(503);
    store.letGo();
    store.isDeaf = false;
    await expect.poll(async () => (await get(COHORT)).status, { timeout: 30_000 }).toBe(200);
    expect(await statuses(fill())).toEqual({ 200: 5 });
  });

  it('who leave make room', async () => {
    store.hold();
    const controller = new AbortController();
    const left = Array.from({ length: 5 }, () => get(COHORT, controller.signal).catch(() => 'left'));
    await expect.poll(() => store.waiting).toBe(5);
    controller.abort();
    expect(await Promise.all(left)).toEqual(Array(5).fill('left'));
    await expect.poll(async () => (await get('/api/schema')).status).toBe(200);
    store.letGo();
    expect(await statuses(fill())).toEqual({ 200: 5 });
  });

  it('who read a long list slowly have a time for it, and others are answered after it', async () => {
    const text = 'GET /people.csv?query=many@unique HTTP/1.1\r\nHost: a\r\n\r\n';
    letIn = 0;
    const sockets = await Promise.all(Array.from({ length: 5 }, () => send(server.port, text)));
    // Whoever asks before all have their turns takes that of one of them.
    await expect.poll(() => letIn).toBe(5);
    for (const socket of sockets) socket.pause();
    await expect.poll(async () => (await get(COHORT)).status).toBe(503);
    await expect.poll(async () => (await get(COHORT)).status, { timeout: 30_000 }).toBe(200);
    for (const socket of sockets) {
      socket.resume();
      // A last chunk would say that this is all.
      expect((await readAll(socket)).endsWith('0\r\n\r\n')).toBe(false);
    }
  });

  it('who send slowly do not keep others waiting for ever', async () => {
    const head =
      'POST /api/ask HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{';
    letIn = 0;
    const slow = Array.from({ length: 5 }, () => exchange(server.port, head));
    await expect.poll(() => letIn).toBe(5);
    await expect.poll(async () => (await get(COHORT)).status).toBe(503);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 504 /);
    expect(await statuses(fill())).toEqual({ 200: 5 });
  });

  it('leave nothing open behind them', async () => {
    const before = await server.connections();
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = await send(server.port, `GET ${COHORT} HTTP/1.1\r\nHost: a\r\n`);
        socket.destroy();
      }),
    );
    await expect.poll(() => server.connections()).toBeLessThanOrEqual(before);
    expect(store.waiting).toBe(0);
  });
});
