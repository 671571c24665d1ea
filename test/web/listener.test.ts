import type { Server } from 'node:http';
import express from 'express';
import { fastify } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../src/web/index.js';
import { toFastifyHandler, toNodeListener } from '../../src/web/node.js';
import { makeDashboard } from '../support/web/dashboard.js';
import { exchange, readAll, send, served, startServer, type TestServer } from '../support/web/server.js';

const QUESTION = { measure: 'trend', events: ['active'], from: '2026-11-21', to: '2026-11-21' };
const ROWS = [{ period: '2026-11-21', counts: [3] }];

let open: TestServer[] = [];

afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  open = [];
});

async function listen(dashboard: Dashboard, options = {}): Promise<TestServer> {
  const server = await startServer((request, response) => {
    void toNodeListener(dashboard, options)(request, response);
  });
  open.push(server);
  return server;
}

/** The API by address and by document, the first page, and what there is not. */
async function expectDashboard(url: string): Promise<void> {
  const fields = new URLSearchParams({ ...QUESTION, events: 'active', format: 'rows' });
  expect(await (await fetch(`${url}/analytics/api/ask?${fields}`)).json()).toEqual(ROWS);
  const posted = await fetch(`${url}/analytics/api/ask?format=rows`, {
    method: 'POST',
    body: JSON.stringify(QUESTION),
    headers: { 'content-type': 'application/json' },
  });
  expect(await posted.json()).toEqual(ROWS);
  for (const address of ['/analytics', '/analytics/', '/analytics/trend']) {
    const page = await fetch(url + address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<h1>');
  }
  const head = await fetch(`${url}/analytics`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect((await fetch(`${url}/analytics/nothing`)).status).toBe(404);
  expect((await fetch(`${url}/analytics/trend`, { method: 'DELETE' })).status).toBe(405);
}

describe('a dashboard', () => {
  it('listens to http', async () => {
    await expectDashboard((await listen(await makeDashboard())).url);
  });

  it.each([
    [
      'by itself',
      (app: ReturnType<typeof express>, dashboard: Dashboard) => app.use(toNodeListener(dashboard)),
    ],
    [
      'mounted at its path',
      (app: ReturnType<typeof express>, dashboard: Dashboard) =>
        app.use('/analytics', toNodeListener(dashboard)),
    ],
    [
      'behind what reads bodies',
      (app: ReturnType<typeof express>, dashboard: Dashboard) =>
        app.use(express.json()).use('/analytics', toNodeListener(dashboard)),
    ],
  ])('is a part of Express, %s', async (_, mount) => {
    const app = express();
    mount(app, await makeDashboard());
    const server = await startServer(app);
    open.push(server);
    await expectDashboard(server.url);
  });

  it('is a part of Fastify', async () => {
    const app = fastify();
    const handler = toFastifyHandler(await makeDashboard());
    app.all('/analytics', handler);
    app.all('/analytics/*', handler);
    await app.listen({ port: 0, host: '127.0.0.1' });
    open.push(served(app.server as Server));
    await expectDashboard(open[0]!.url);
    await app.close();
  });

  it('answers what is no request that it knows with 400, and goes on', async () => {
    const server = await listen(await makeDashboard());
    const { port } = server;
    for (const lines of [
      ['GET http://other/analytics HTTP/1.1', 'Host: a'],
      ['OPTIONS * HTTP/1.1', 'Host: a'],
      ['TRACE /analytics HTTP/1.1', 'Host: a'],
      ['GET /analytics HTTP/1.1', 'Host: a/analytics/people?x='],
      ['GET /analytics HTTP/1.1', 'Host: a b'],
      ['GET /analytics HTTP/1.1', 'Host: user@a'],
      ['GET /analytics HTTP/1.1', 'Host: '],
      ['GET /analytics HTTP/1.1'],
      ['GET /\x01 HTTP/1.1', 'Host: a'],
      ['nonsense'],
    ]) {
      const answer = await exchange(port, `${[...lines, 'Connection: close', '', ''].join('\r\n')}`);
      expect(answer, lines.join(' | ')).toMatch(/^HTTP\/1\.1 400 /);
    }
    for (const host of ['a', '[::1]:80', '10.0.0.1:8080', 'EXAMPLE.com']) {
      const answer = await exchange(
        port,
        `GET /analytics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('ends the question of who has left', async () => {
    let reason: unknown;
    const server = await listen(async (request) => {
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      reason = request.signal.reason;
      return new Response(null, { status: 499 });
    });
    const socket = await send(server.port, 'GET /analytics HTTP/1.1\r\nHost: a\r\n\r\n');
    setTimeout(() => socket.destroy(), 50);
    await expect.poll(() => reason).toBeDefined();
    await expect.poll(() => server.connections()).toBe(0);
  });

  it('does not wait for the rest of a body that it does not read', async () => {
    const server = await listen(await makeDashboard());
    const head = 'POST /analytics/api/ask HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\n';
    for (const [length, status] of [
      [10_000_000, 413],
      [1_000, 504],
    ] as const) {
      const slow =
        length < 65_536 ? await listen(await makeDashboard({ limits: { milliseconds: 200 } })) : server;
      const answer = await exchange(slow.port, `${head}content-length: ${length}\r\n\r\n{"measure":`);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer.toLowerCase()).toContain('connection: close');
      await expect.poll(() => slow.connections()).toBe(0);
    }
    const chunked = `${head}transfer-encoding: chunked\r\n\r\n${`1000\r\n${' '.repeat(0x1000)}\r\n`.repeat(20)}`;
    expect(await exchange(server.port, chunked)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('ends the connection of who reads too slowly', async () => {
    const body = 'x'.repeat(50_000_000);
    const server = await listen(async () => new Response(body), { sendMilliseconds: 300 });
    const socket = await send(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.pause();
    await expect.poll(() => server.connections()).toBe(0);
    socket.resume();
    expect((await readAll(socket)).length).toBeLessThan(body.length);
  });

  it('breaks off what fails on its way, so that it is not taken for all there is', async () => {
    const server = await listen(async () => {
      let times = 0;
      const stream = new ReadableStream({
        pull(controller) {
          times += 1;
          if (times > 3) controller.error(new Error('lost'));
          else controller.enqueue(new TextEncoder().encode('line\n'));
        },
      });
      return new Response(stream);
    });
    await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow();
  });
});
