import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { build, createServer } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { blocksOf } from '../support/cli/recipes.js';
import { ISOLATED } from '../support/site.js';
import { type App, makeApp, pageOf } from '../support/threads/app.js';
import { askPage, type PageAnswer } from '../support/threads/asking.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WITH_TEAM = { workers: 2, complaints: [] };
const run = promisify(execFile);

let browser: Browser;
let app: App;
const open = new Set<{ close(): Promise<void> }>();

beforeAll(async () => {
  [browser, app] = await Promise.all([launchChromium(), makeApp({ esbuild: 'node_modules/esbuild' })]);
  const output = { outDir: app.path('vite'), emptyOutDir: false };
  await build({ root: app.path('src'), configFile: false, logLevel: 'warn', build: output });
  // As the guide says.
  const guide = await readFile(join(ROOT, 'docs/threads.md'), 'utf8');
  const program = blocksOf(guide, 'js').find((block) => block.includes("from 'esbuild'"))!;
  await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: app.path('.') });
  await writeFile(app.path('public/index.html'), pageOf('app.js'));
});

afterEach(async () => {
  for (const each of open) await each.close();
  open.clear();
});

afterAll(async () => {
  await browser?.close();
  await app?.remove();
});

/** What the page answers that is served so, with a team of threads. */
async function ask(...served: Parameters<App['serve']>): Promise<PageAnswer> {
  return askPage(browser, await serve(...served), true);
}

/** What it answers if there can be no team. */
async function askAlone(...served: Parameters<App['serve']>): Promise<PageAnswer> {
  return askPage(browser, await serve(...served), false);
}

async function serve(...served: Parameters<App['serve']>): Promise<string> {
  const site = await app.serve(...served);
  open.add(site);
  return `${site.origin}/`;
}

describe('a team of threads in a page', () => {
  it('shares its memory with the page if that is isolated, packed by Vite', async () => {
    expect(await ask('vite', 'isolated')).toEqual({ ...WITH_TEAM, isIsolated: true });
  });

  it('sends its memory to and fro if the page is not isolated', async () => {
    expect(await ask('vite', 'not isolated')).toEqual({ ...WITH_TEAM, isIsolated: false });
  });

  it.each(['isolated', 'not isolated'] as const)(
    'is found as the guide says, packed by esbuild: %s',
    async (how) => {
      expect(await ask('public', how)).toEqual({ ...WITH_TEAM, isIsolated: how === 'isolated' });
    },
  );

  it('is there on a page that the development server of Vite serves', async () => {
    const server = await createServer({
      root: app.path('src'),
      cacheDir: app.path('cache'),
      configFile: false,
      logLevel: 'warn',
      server: {
        host: '127.0.0.1',
        port: 0,
        hmr: false,
        ws: false,
        fs: { allow: [app.path('.'), ROOT] },
        headers: ISOLATED,
      },
    });
    open.add(server);
    await server.listen();
    const answer = await askPage(browser, server.resolvedUrls!.local[0]!, true);
    // It complains that it may not tell the page of changes.
    expect(answer).toMatchObject({ isIsolated: true, workers: 2 });
  });

  it('is there if the policy of a page allows nothing but its own files and WebAssembly', async () => {
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
    const answer = await ask('vite', 'isolated', { 'content-security-policy': policy });
    expect(answer).toEqual({ ...WITH_TEAM, isIsolated: true });
  });
});

describe('a page whose workers cannot be made', () => {
  it.each([
    ['workers', "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"],
    ['WebAssembly', "script-src 'self'"],
  ])('is answered without them: its policy forbids %s', async (_, policy) => {
    const answer = await askAlone('vite', 'isolated', { 'content-security-policy': policy });
    expect(answer).toMatchObject({ workers: 0 });
  });

  it('is answered without them: the file of the worker is not there', async () => {
    await rm(app.path('public/worker.js'));
    expect(await askAlone('public', 'isolated')).toMatchObject({ workers: 0 });
  });
});
