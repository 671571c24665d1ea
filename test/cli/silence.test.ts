import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endIfSilent } from '../../src/cli/silence.js';
import { encodeRdb } from '../../src/rdb.js';
import { type CommandResult, MAIN, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { type RedisProxy, startProxy } from '../support/servers/proxy.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

/** Seconds of silence that the command is told to bear; far fewer than it takes to find out that it bears any. */
const TIMEOUT_S = '0.4';
const SENTENCE = 'for 0.4 s (--timeout waits longer)';
const MAX_MS = 8000;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let events: string;
let server: RedisServer;
let proxy: RedisProxy;

beforeAll(async () => {
  folder = await makeFolder();
  const rows = Array.from({ length: 200 }, (_, at) => `${at},2026-01-${(at % 28) + 1},visit ${at % 40}\n`);
  const padded = rows.map((row) => row.replace(/-(\d),/, '-0$1,'));
  events = await folder.write('events.csv', `user,timestamp,event\n${padded.join('')}`);
  server = await startRedis();
  proxy = await startProxy(server);
  await outputOf('import', events, '--to', server.url);
});

beforeEach(() => {
  proxy.silentFrom = undefined;
  proxy.delayMs = 0;
  proxy.pieceBytes = Number.POSITIVE_INFINITY;
});

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
  await folder?.remove();
});

/** A value that takes seconds to send through a relay that rests now and then, but not while its end is in buffers. */
const LONG_BYTES = 52 * 2 ** 20;
const RESTS = 5;
const REST_BYTES = 8 * 2 ** 20;
const REST_MS = 1600;

/** Runs a command that has to end by itself, and soon. */
async function run(...args: string[]): Promise<CommandResult> {
  const started = performance.now();
  const result = await runCommand([...args, '--timeout', TIMEOUT_S]);
  expect(performance.now() - started).toBeLessThan(MAX_MS);
  return result;
}

/** Every command that speaks to a Redis. */
function commandsOn(url: string): string[][] {
  return [
    ['events', url],
    ['count', url, '"visit 1"@2026-01'],
    ['ids', url, '"visit 1"@2026-01'],
    ['has', url, '"visit 1"@2026-01', '1'],
    ['cohort', url, '--select1', 'visit 1', '--select2', 'visit 2'],
    ['inspect', url],
    ['export', url, '--to', folder.path('copy.rdb')],
    ['export', events, '--to', url],
    ['import', events, '--to', url],
    ['explore', url],
  ];
}

describe('a server that accepts and says nothing', () => {
  const sockets = new Set<Socket>();
  let mute: Server;
  let address: string;

  beforeAll(async () => {
    mute = createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    address = `127.0.0.1:${(mute.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    mute?.close();
  });

  it('is waited for no longer than --timeout, by every command', async () => {
    const url = `redis://${address}`;
    for (const args of commandsOn(url)) {
      expect([args[0], await run(...args)]).toEqual([
        args[0],
        {
          code: 1,
          stdout: '',
          stderr: `bitmapist: expected a Redis server at ${url}, got silence from ${address} ${SENTENCE}\n`,
        },
      ]);
    }
  });

  it.each([
    ['rediss://ADDRESS', 'expected a Redis server at rediss://ADDRESS'],
    ['redis+cluster://ADDRESS', 'expected a Redis server at redis+cluster://ADDRESS'],
    ['rediss+cluster://ADDRESS', 'expected a Redis server at rediss+cluster://ADDRESS'],
    ['redis+sentinel://ADDRESS/main', 'expected a sentinel at ADDRESS that knows main'],
    ['rediss+sentinel://ADDRESS/main', 'expected a sentinel at ADDRESS that knows main'],
  ])('is waited for no longer, whatever it should be: %s', async (url, sentence) => {
    const { code, stderr } = await run('events', url.replace('ADDRESS', address));
    expect({ code, stderr: stderr.replaceAll(address, 'ADDRESS').replace(' from ADDRESS', '') }).toEqual({
      code: 1,
      stderr: `bitmapist: ${sentence}, got silence ${SENTENCE}\n`,
    });
  });

  it('is named to those who wait for a connection, which is made when they ask', async () => {
    // As the nodes of a cluster are connected to; without TLS, a connection that is accepted is one.
    const [host, port] = address.split(':');
    const lazy = { lazyConnect: true, retryStrategy: () => null, disconnectTimeout: 0 };
    const client = new Redis({ host: host!, port: Number(port), tls: {}, connectTimeout: 400, ...lazy });
    endIfSilent(client, 400);
    await expect(client.get('key')).rejects.toThrow(`silence from ${address} ${SENTENCE}`);
    client.disconnect();
  });

  it('is waited for as long as one likes with --timeout 0', async () => {
    const child = spawn(process.execPath, [MAIN, 'events', `redis://${address}`, '--timeout', '0']);
    const waited = await Promise.race([once(child, 'exit'), sleep(3000, 'still waiting')]);
    child.kill();
    expect(waited).toBe('still waiting');
  });
});

describe('a server that falls silent', () => {
  it.each(['hello', 'info'])('is given up while it is connected to: after %s', async (command) => {
    proxy.silentFrom = command;
    const silence = `silence from ${proxy.host}:${proxy.port} ${SENTENCE}`;
    for (const args of [
      ['events', proxy.url],
      ['import', events, '--to', proxy.url],
    ]) {
      expect(await run(...args)).toEqual({
        code: 1,
        stdout: '',
        stderr: `bitmapist: expected a Redis server at ${proxy.url}, got ${silence}\n`,
      });
    }
  });

  it.each([
    ['select', 'events', 'expected a Redis server at URL/1, got '],
    ['scan', 'events', 'expected an answer from Redis, got none: '],
    ['bitcount', 'count', 'expected an answer from Redis, got none: '],
    ['getrange', 'cohort', 'expected an answer from Redis, got none: '],
    ['getrange', 'ids', 'expected an answer from Redis, got none: '],
    ['scan', 'inspect', 'expected an answer from Redis, got none: '],
    ['getrange', 'export', 'expected an answer from Redis, got none: '],
  ])('is given up while it is asked: after %s, by %s', async (command, name, sentence) => {
    const url = command === 'select' ? `${proxy.url}/1` : proxy.url;
    const args = commandsOn(url).find(([each]) => each === name)!;
    proxy.silentFrom = command;
    expect(await run(...args)).toEqual({
      code: 1,
      stdout: '',
      stderr: `bitmapist: ${sentence.replace('URL', proxy.url)}silence from ${proxy.host}:${proxy.port} ${SENTENCE}\n`,
    });
  });

  it('is given up while its ranges are read over a connection of their own', async () => {
    const large = await startRedis();
    const between = await startProxy(large);
    const admin = new Redis(large.url);
    try {
      for (const event of ['a', 'b']) await admin.set(`trackist_${event}_2026-1-2`, randomBytes(8 * 2 ** 20));
      // Only that connection sends a PING.
      between.silentFrom = 'ping';
      expect(await run('count', between.url, 'a@2026-01-02 & b@2026-01-02')).toEqual({
        code: 1,
        stdout: '',
        stderr: `bitmapist: expected an answer from Redis, got none: silence from ${between.host}:${between.port} ${SENTENCE}\n`,
      });
      between.silentFrom = undefined;
      const { code, stdout } = await run('count', between.url, 'a@2026-01-02 & b@2026-01-02');
      expect({ code, count: Number(stdout) > 1_000_000 }).toEqual({ code: 0, count: true });
    } finally {
      admin.disconnect();
      await between.stop();
      await large.stop();
    }
  });

  it('is given up while it is written to; what may be written is said', async () => {
    proxy.silentFrom = 'setbit';
    const { code, stdout, stderr } = await run('import', events, '--to', proxy.url);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('expected to mark every row, got an error after 0 rows were written: ');
    expect(stderr).toContain(`silence from ${proxy.host}:${proxy.port} ${SENTENCE}; no bit is confirmed`);
    proxy.silentFrom = 'set';
    const exported = await run('export', events, '--to', proxy.url, '--replace');
    expect(exported).toMatchObject({ code: 1, stdout: '' });
    expect(exported.stderr).toContain(`silence from ${proxy.host}:${proxy.port} ${SENTENCE}\n`);
  });

  it('is given up while the explorer reads it, and the page is told', async () => {
    const child = spawn(process.execPath, [MAIN, 'explore', proxy.url, '--timeout', TIMEOUT_S]);
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const url = /http:\S+/.exec(line.toString())![0];
      proxy.silentFrom = 'scan';
      const response = await fetch(new URL('source', url));
      expect(response.status).toBe(500);
      expect(await response.text()).toBe(
        `expected an answer from Redis, got none: silence from ${proxy.host}:${proxy.port} ${SENTENCE}\n`,
      );
      proxy.silentFrom = undefined;
      expect((await fetch(new URL('source', url))).status).toBe(200);
    } finally {
      child.kill();
    }
  });
});

describe('a server that is slow', () => {
  it('is waited for while its answer keeps coming', async () => {
    const keys = await outputOf('events', server.url);
    proxy.pieceBytes = 300;
    proxy.delayMs = 100;
    const started = performance.now();
    expect(await outputOf('events', proxy.url, '--timeout', '1')).toBe(keys);
    expect(performance.now() - started).toBeGreaterThan(2000);
  });

  it('is waited for while it takes a long value in', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of encodeRdb([{ key: 'trackist_long_2026-1', bytes: randomBytes(LONG_BYTES) }]))
      chunks.push(chunk.slice());
    const dump = await folder.write('long.rdb', Buffer.concat(chunks));
    const slow = createServer((client) => {
      const upstream = connect(server.port, server.host);
      upstream.pipe(client);
      let untilRest = REST_BYTES;
      let rests = 0;
      client.on('data', (chunk) => {
        upstream.write(chunk);
        untilRest -= chunk.length;
        if (untilRest > 0) return;
        rests += 1;
        untilRest = rests < RESTS ? REST_BYTES : LONG_BYTES;
        client.pause();
        setTimeout(() => client.resume(), REST_MS);
      });
      client.on('close', () => upstream.destroy()).on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const { port } = slow.address() as AddressInfo;
    const started = performance.now();
    try {
      const args = ['--to', `redis://127.0.0.1:${port}/7`, '--timeout', '3'];
      expect(await outputOf('export', dump, ...args)).toBe('1 key\n');
      expect(performance.now() - started).toBeGreaterThan(3000);
    } finally {
      slow.close();
    }
  });
});

describe('--timeout', () => {
  it.each(['soon', '-1', '1e3', '', '0.00001', '12345678'])('is refused in a sentence: %j', async (value) => {
    const { code, stderr } = await runCommand(['events', server.url, `--timeout=${value}`]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `bitmapist: expected --timeout to be seconds, such as 30 or 0.5, or 0 to wait for ever, got "${value}"\n`,
    });
  });
});
