import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { MAIN, makeFolder, runCommand } from '../support/cli/command.js';
import { openExplorer } from '../support/explorer/page.js';
import { Host } from '../support/servers/host.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';

const CSV = 'user,timestamp,event\n7,2026-01-02T10:00:00Z,visit\n8,2026-01-03T10:00:00Z,visit\n';

/** Redis' own names of everything that changes data. */
const WRITING =
  /^(set|del|unlink|expire|pexpire|restore|rename|bitop|bitfield$|append|getset|getdel|getex|eval|multi)/;

let browser: Browser;
let redis: RedisServer;
let files: Awaited<ReturnType<typeof makeFolder>>;
let csv: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  [browser, redis, files] = await Promise.all([launchChromium(), startRedis(), makeFolder()]);
  csv = await files.write('visits.csv', CSV);
  expect((await runCommand(['import', csv, '--to', redis.url, '--unique'])).code).toBe(0);
});

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

afterAll(async () => {
  await Promise.all([browser?.close(), redis?.stop(), files?.remove()]);
});

/** Starts `bitmapist explore` and waits for its address. */
async function startExploring(...args: string[]): Promise<{ url: URL; child: ChildProcess }> {
  const child = spawn(process.execPath, [MAIN, 'explore', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  for await (const line of createInterface({ input: child.stdout! })) {
    const found = /http:\S+/.exec(line);
    if (found) return { url: new URL(found[0]), child };
  }
  throw new Error('expected an address, got none');
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function ask(url: URL | string, options: { method?: string; host?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', host = new URL(url).host } = options;
    request(url, { method, headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (chunk: string) => {
        body += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      response.once('error', reject);
    })
      .once('error', reject)
      .end();
  });
}

function countVisits(url: URL): Promise<string | null> {
  return countIn(url, 'visit@2026-01');
}

async function countIn(url: URL, expression: string): Promise<string | null> {
  const explorer = await openExplorer(browser, { url: url.href });
  try {
    await explorer.page.waitForSelector('.overview');
    await explorer.show(`#/expression?q=${expression}`, 'output, #expression-note > *');
    expect(explorer.complaints).toEqual([]);
    expect(
      explorer.requests.filter((each) => !each.startsWith('blob:')).map((each) => new URL(each).host),
    ).toEqual([url.host]);
    return await explorer.page.textContent('output, #expression-note > *');
  } finally {
    await explorer.close();
  }
}

async function peopleIn(url: URL): Promise<string | null> {
  const explorer = await openExplorer(browser, { url: url.href });
  try {
    await explorer.page.waitForSelector('.overview');
    await explorer.show('#/expression?q=visit@2026-01', '.ids');
    return await explorer.page.textContent('.ids');
  } finally {
    await explorer.close();
  }
}

describe('bitmapist explore', () => {
  it('shows a file in the browser', async () => {
    const { url } = await startExploring(csv);
    expect(await countVisits(url)).toBe('2');
    const { page, close } = await openExplorer(browser, { url: url.href });
    // So that its threads may share memory.
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await close();
  });

  it('marks hours and flags of a file only if told to', async () => {
    const flags = await startExploring(csv, '--unique');
    expect(await countIn(flags.url, 'visit@unique')).toBe('2');
    const hours = await startExploring(csv, '--hourly');
    expect(await countIn(hours.url, 'visit@2026-01-02T10')).toBe('1');
    expect(await countIn(hours.url, 'visit@unique')).toContain(
      'expected a file whose dateless flags were marked',
    );
  });

  it('tells the page how a file is to be read', async () => {
    const rows = 'u_1\t1\t2026-01-02\nu_2\t1\t2026-01-03\nu_3\t1\tyesterday\n';
    const path = await files.write('shops.tsv', `who\tshop\tcreated_at\n${rows}`);
    const how = ['--event', 'visit', '--skip-broken'];
    const { url } = await startExploring(path, '--columns', 'user=shop', ...how);
    expect(await countVisits(url)).toBe('1');
    // People are known by texts if that is what their column holds.
    const texts = await startExploring(path, '--columns', 'user=who', ...how);
    expect(await countVisits(texts.url)).toBe('2');
  });

  it('shows what a Redis holds, and writes nothing to it', async () => {
    const client = new Redis(redis.url);
    await client.config('RESETSTAT');
    const { url } = await startExploring(redis.url);
    expect(await countVisits(url)).toBe('2');
    const dump = await ask(new URL('source', url));
    expect(dump.body).toMatch(/^REDIS\d{4}/);
    const used = [...(await client.info('commandstats')).matchAll(/cmdstat_([^:|]+)/g)].map(
      ([, name]) => name,
    );
    await client.quit();
    expect(used).toContain('scan');
    expect(used.filter((name) => WRITING.test(name!))).toEqual([]);
  });

  it('hands over a Redis with the texts of people if they are asked for', async () => {
    const server = await startRedis();
    try {
      const path = await files.write('named.csv', 'user,timestamp,event\nann,2026-01-02,visit\n');
      expect((await runCommand(['import', path, '--to', server.url, '--people'])).code).toBe(0);
      expect(await peopleIn((await startExploring(server.url, '--people')).url)).toBe('ann');
      expect(await peopleIn((await startExploring(path, '--people')).url)).toBe('ann');
      expect(await peopleIn((await startExploring(server.url)).url)).toBe('0');
    } finally {
      await server.stop();
    }
  });

  it('shows a folder that a host publishes, under the name of the host', async () => {
    const [host, folder] = [new Host(), files.path('published')];
    expect((await runCommand(['export', csv, '--to', folder])).code).toBe(0);
    host.publishFolder(folder);
    await host.start();
    try {
      const { url } = await startExploring(host.url.replace('//', '//me:secret@'));
      expect(await countVisits(url)).toBe('2');
      expect((await ask(url)).body).toContain(`data-name="${host.url.replace('http://', '')}"`);
      host.files.clear();
      const refused = await runCommand(['explore', host.url]);
      expect(refused).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('the index of keys'),
      });
    } finally {
      await host.stop();
    }
  });

  it('shows the demo as of the day of --now', async () => {
    const { url } = await startExploring(
      'demo',
      '--now',
      '2025-11-23T22:00:00Z',
      '--time-zone',
      'Asia/Tokyo',
    );
    const { page, close } = await openExplorer(browser, { url: url.href });
    try {
      await page.waitForSelector('.overview');
      expect(await page.inputValue('.source input[type=date]')).toBe('2025-11-24');
      expect(await page.textContent('.source')).toContain('2024-11-25 – 2025-11-24');
    } finally {
      await close();
    }
  });

  it('makes the demo once, and says how long it is, so that every tab sees how far it is', async () => {
    const { url } = await startExploring('demo', '--now', '2026-11-23');
    const [one, other] = [await ask(new URL('source', url)), await ask(new URL('source', url))];
    expect(one.status).toBe(200);
    expect(one.headers['content-length']).toBe(String(one.body.length));
    expect(other.body === one.body).toBe(true);
  });

  it('hands over a Redis without the keys that are named like bitmaps and hold something else', async () => {
    const client = new Redis(redis.url);
    await client.rpush('trackist_visit_2025-12', 'job');
    const { url } = await startExploring(redis.url);
    expect(await countVisits(url)).toBe('2');
    await client.del('trackist_visit_2025-12');
    await client.quit();
  });

  it('says in the page what is wrong where a Redis cannot be read', async () => {
    const client = new Redis(redis.url);
    await client.call('ACL', 'SETUSER', 'blind', 'on', '>secret', '~*', '+@all', '-scan');
    await client.quit();
    const { url } = await startExploring(redis.url.replace('://', '://blind:secret@'));
    const answer = await ask(new URL('source', url));
    expect(answer.status).toBe(500);
    expect(answer.body).toMatch(/^expected an answer from Redis, got "NOPERM .*scan.*"\n$/);
    const { page, close } = await openExplorer(browser, { url: url.href });
    const problem = await page.waitForSelector('.problem');
    expect(await problem.textContent()).toContain(
      'got 500 Internal Server Error: expected an answer from Redis',
    );
    await close();
  });

  it('sends a source without a byte', async () => {
    const { url } = await startExploring(await files.write('empty.csv', ''));
    const { status, body } = await ask(new URL('source', url));
    expect({ status, body }).toEqual({ status: 200, body: '' });
  });

  it('is there for this machine alone, and only for who knows the address', async () => {
    const { url } = await startExploring(csv);
    expect(url.hostname).toBe('127.0.0.1');
    expect(url.pathname).toMatch(/^\/[\w-]{24}\/$/);
    expect((await ask(url)).status).toBe(200);
    expect((await ask(new URL('/', url))).status).toBe(404);
    expect((await ask(new URL('/AAAAAAAAAAAAAAAAAAAAAAAA/source', url))).status).toBe(404);
    expect((await ask(new URL('../source', url))).status).toBe(404);
    expect((await ask(new URL('other', url))).status).toBe(404);
    expect(await listeners(Number(url.port))).toEqual(['127.0.0.1']);
  });

  it('refuses requests that carry the name of another host', async () => {
    const { url } = await startExploring(csv);
    for (const host of [
      'evil.example',
      `evil.example:${url.port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${url.port}`,
    ]) {
      const answer = await ask(url, { host });
      expect([host, answer.status]).toEqual([host, 421]);
      expect(answer.body).not.toContain('<');
    }
    expect((await ask(url, { host: `localhost:${url.port}` })).status).toBe(200);
  });

  it('is read only, and tells browsers to keep nothing and show it to nobody', async () => {
    const { url } = await startExploring(csv);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect([method, (await ask(new URL('source', url), { method })).status]).toEqual([method, 405]);
    }
    const { headers } = await ask(url);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "frame-ancestors 'none'",
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('ends cleanly with Ctrl-C, also while somebody is connected', async () => {
    const { url, child } = await startExploring(csv);
    const explorer = await openExplorer(browser, { url: url.href });
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await expect(ask(url)).rejects.toThrow('ECONNREFUSED');
    await explorer.close();
  });

  it('says at once where there is nothing to show', async () => {
    const port = new URL(redis.url).port;
    for (const [args, code, message] of [
      [['explore', files.path('none.rdb')], 2, 'no such file'],
      [
        ['explore', files.path('none')],
        2,
        'expected a .csv, .tsv, .jsonl, .parquet or .rdb file, a folder of bitmaps',
      ],
      [['explore', 'redis://127.0.0.1:1'], 1, 'refused connection'],
      [['explore', csv, '--port', port], 2, 'EADDRINUSE'],
      [['explore', csv, '--port', '70000'], 2, 'port from 0 to 65535'],
    ] as const) {
      const result = await runCommand(args);
      expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
      expect(result.stderr.trim().split('\n')).toHaveLength(1);
    }
  });

  it('keeps what it is told about a source out of the markup', async () => {
    const path = await files.write('"><script>alert(1)</script>.csv'.replaceAll('/', '_'), CSV);
    const { url } = await startExploring(path);
    expect((await ask(url)).body).not.toContain('"><script>alert');
    expect(await countVisits(url)).toBe('2');
  });
});

/** The local addresses that listen on a port, as the kernel lists them; nothing to compare with elsewhere. */
async function listeners(port: number): Promise<string[]> {
  if (process.platform !== 'linux') return ['127.0.0.1'];
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local, , state]) => state === '0A' && Number.parseInt(local?.split(':')[1] ?? '', 16) === port,
    )
    .map(([, local]) => {
      const hex = local!.split(':')[0]!;
      return hex
        .match(/../g)!
        .map((byte) => Number.parseInt(byte, 16))
        .reverse()
        .join('.');
    });
}
