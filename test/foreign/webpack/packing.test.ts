import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../support/chromium.js';
import { type App, makeApp, pageOf } from '../../support/threads/app.js';
import { askPage } from '../../support/threads/asking.js';

/** A page with a team of threads, packed by webpack without a setting of its own. */

let browser: Browser;
let app: App;

beforeAll(async () => {
  [browser, app] = await Promise.all([launchChromium(), makeApp()]);
  const webpack = createRequire(import.meta.url)('webpack');
  const compiler = webpack({
    mode: 'production',
    context: app.path('.'),
    entry: './src/app.js',
    output: { path: app.path('dist') },
  });
  const stats = await promisify(compiler.run.bind(compiler) as PackingRun)();
  await promisify(compiler.close.bind(compiler) as (done: (error: Error | null) => void) => void)();
  expect(stats.toString('errors-warnings')).toBe('webpack compiled successfully');
  await writeFile(app.path('dist/index.html'), pageOf('main.js'));
});

afterAll(async () => {
  await browser?.close();
  await app?.remove();
});

interface Stats {
  toString(preset: 'errors-warnings'): string;
}

type PackingRun = (done: (error: Error | null, stats: Stats) => void) => void;

describe('a team of threads in a page that webpack packed', () => {
  it.each(['isolated', 'not isolated'] as const)('is found without settings: %s', async (how) => {
    const site = await app.serve('dist', how);
    try {
      const answer = await askPage(browser, `${site.origin}/`, true);
      expect(answer).toEqual({
        isIsolated: how === 'isolated',
        workers: 2,
        complaints: [],
      });
    } finally {
      await site.close();
    }
  });
});
