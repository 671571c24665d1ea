import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** An app of Next.js with the package as npm would bring it: built, started, asked and stopped. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const APP = fileURLToPath(new URL('./', import.meta.url));
const NEXT = join(APP, 'node_modules/next/dist/bin/next');
const PACKAGE = join(APP, 'node_modules/bitmapist-wasm');
const ENV = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' } as const;
const BUILD_MS = 300_000;
const run = promisify(execFile);

let server: ChildProcess | undefined;
let url: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bitmapist-next-'));
  try {
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
      { cwd: ROOT, maxBuffer: 2 ** 26 },
    );
    const [{ filename }]: [{ filename: string }] = JSON.parse(stdout);
    await rm(PACKAGE, { recursive: true, force: true });
    await mkdir(PACKAGE, { recursive: true });
    await run('tar', ['-xzf', join(folder, filename), '-C', PACKAGE, '--strip-components', '1']);
    await run(process.execPath, [NEXT, 'build'], {
      cwd: APP,
      env: ENV,
      timeout: BUILD_MS,
      maxBuffer: 2 ** 26,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
  server = spawn(process.execPath, [NEXT, 'start', '-p', '0', '-H', '127.0.0.1'], {
    cwd: APP,
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout! })) {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
    if (found === null) continue;
    url = `${found[0]}/analytics`;
    break;
  }
  server.stdout!.resume();
}, BUILD_MS + 60_000);

afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    server.kill();
    await once(server, 'exit');
  }
  await Promise.all([PACKAGE, join(APP, '.next')].map((path) => rm(path, { recursive: true, force: true })));
});

const headers = { authorization: 'Bearer secret' };
const QUESTION = { measure: 'trend', events: ['active'], from: '2026-11-21', to: '2026-11-21' };
const ROWS = [{ period: '2026-11-21', counts: [3] }];

describe('a route handler of Next.js', () => {
  it('answers nobody who is not authorized', async () => {
    // It says where it is before it listens.
    const status = (): Promise<number> => fetch(`${url}/api/schema`).then((response) => response.status);
    await expect.poll(() => status().catch(() => undefined)).toBe(403);
  });

  it('shows the first page, from which links lead to others', async () => {
    // Next.js leads from an address with a slash at its end to the one without.
    const page = await fetch(`${url}/`, { headers });
    expect(page.status).toBe(200);
    const link = /href="([^"]*trend)"/.exec(await page.text())?.[1];
    const trend = await fetch(new URL(link!, page.url), { headers });
    expect(trend.status).toBe(200);
    expect(await trend.text()).toContain('<h1>Trend</h1>');
    expect(trend.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'nonce-/);
  });

  it('answers questions by address and as JSON', async () => {
    const fields = new URLSearchParams({ ...QUESTION, events: 'active', format: 'rows' });
    expect(await (await fetch(`${url}/api/ask?${fields}`, { headers })).json()).toEqual(ROWS);
    const posted = await fetch(`${url}/api/ask?format=rows`, {
      method: 'POST',
      body: JSON.stringify(QUESTION),
      headers: { ...headers, 'content-type': 'application/json' },
    });
    expect(await posted.json()).toEqual(ROWS);
    expect(await (await fetch(`${url}/trend.csv?${fields}`, { headers })).text()).toContain('2026-11-21,3');
  });

  it('counts for large tables in threads', async () => {
    const days = { num_of_rows: '19', num_results: '19', time_group: 'days' };
    const fields = new URLSearchParams({ select1: 'large', select2: 'large', ...days });
    const ask = async (): Promise<number> => {
      const csv = await (await fetch(`${url}/cohort.csv?${fields}`, { headers })).text();
      expect(csv).toContain('2026-11-04,4194304,100,100');
      const { workers } = (await (await fetch(`${url}/workers`, { headers })).json()) as { workers: number };
      return workers;
    };
    await expect.poll(ask).toBe(2);
  });

  it('refuses what it does not answer', async () => {
    expect((await fetch(`${url}/nothing`, { headers })).status).toBe(404);
    expect((await fetch(`${url}/people?query=active@day`, { headers })).status).toBe(403);
    expect((await fetch(`${url}/trend`, { method: 'DELETE', headers })).status).toBe(405);
  });
});
