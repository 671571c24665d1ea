import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { type Site, serveSite } from '../support/site.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = `
import { Bitmapist, MemoryStore } from '/dist/index.js';
import { cached } from '/dist/cached.js';

// Answers what a server does, and tells what it was asked for.
const memory = new MemoryStore();
await memory.put('trackist_active_2025-1-1', Uint8Array.of(0x41));
await memory.put('trackist_active_2025-1-2', Uint8Array.of(0x60));
const fetched = new Set();
const server = {
  byteLengths: (keys) => {
    for (const key of keys) fetched.add(key);
    return memory.byteLengths(keys);
  },
  read: (reads) => {
    for (const { key } of reads) fetched.add(key);
    return memory.read(reads);
  },
};

globalThis.ask = async (options = {}) => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('cache', { create: true });
  const store = cached(server, { identity: 'server', folder, ...options });
  const bitmapist = new Bitmapist({ store });
  const [first, second] = ['2025-01-01', '2025-01-02'].map((day) => bitmapist.day('active', day));
  const counts = await bitmapist.counts([first, second, first.and(second)]);
  await store.settle();
  const names = [];
  for await (const name of folder.keys()) names.push(name);
  return { fetched: fetched.size, counts, statistics: store.statistics, kinds: names.map((name) => name.split('.').pop()).sort() };
};
globalThis.spoil = async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('cache');
  for await (const [name, handle] of folder) {
    const stream = await handle.createWritable({ keepExistingData: true });
    await stream.truncate((await handle.getFile()).size - 3);
    await stream.close();
  }
};
globalThis.invalidate = async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('cache');
  const store = cached(server, { identity: 'server', folder });
  store.clear();
  await store.settle();
};
globalThis.isReady = true;
`;

interface Answer {
  readonly fetched: number;
  readonly counts: number[];
  readonly statistics: Record<string, number>;
  readonly kinds: string[];
}
interface Globals {
  ask(options?: object): Promise<Answer>;
  spoil(): Promise<void>;
  invalidate(): Promise<void>;
}

let browser: Browser;
let site: Site;

beforeAll(async () => {
  browser = await launchChromium();
  const guide = await readFile(join(ROOT, 'docs/browsers.md'), 'utf8');
  const [modules] = /<script type="importmap">.*?<\/script>/s.exec(guide)!;
  site = await serveSite(async (path) => {
    if (path === '/')
      return `<!doctype html><title>Page</title>${modules}<script type="module">${PROGRAM}</script>`;
    return extname(path) === '.js' ? readFile(join(ROOT, path)) : undefined;
  });
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** What the page answers once it has been loaded, as if for the first time. */
async function load(page: Page): Promise<void> {
  await page.goto(`${site.origin}/`);
  await page.waitForFunction(() => 'isReady' in globalThis);
}

const ask = (page: Page, options: object = {}) =>
  page.evaluate((given) => (globalThis as unknown as Globals).ask(given), options);

describe('a cache in the private files of a page', () => {
  it('answers without fetching after the page has been loaded again, and mistrusts what is torn', async () => {
    const page = await browser.newPage();
    try {
      await load(page);
      const counts = [2, 2, 1];
      expect(await ask(page)).toMatchObject({ fetched: 2, counts, kinds: ['bitmap', 'bitmap', 'counts'] });

      await load(page);
      expect(await ask(page)).toMatchObject({
        fetched: 0,
        counts,
        statistics: { countsComputed: 0, loaded: 0 },
      });
      expect(await ask(page, { maxCounts: 0 })).toMatchObject({
        fetched: 0,
        counts,
        statistics: { loaded: 2, unsound: 0 },
      });

      await page.evaluate(() => (globalThis as unknown as Globals).spoil());
      await load(page);
      expect(await ask(page)).toMatchObject({ fetched: 2, counts, statistics: { loaded: 0, unsound: 2 } });

      await load(page);
      expect(await ask(page)).toMatchObject({ fetched: 0, counts });

      await page.evaluate(() => (globalThis as unknown as Globals).invalidate());
      await load(page);
      expect(await ask(page)).toMatchObject({ fetched: 2, counts, statistics: { loaded: 0 } });
    } finally {
      await page.close();
    }
  });
});
