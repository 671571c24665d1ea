/** The built explorer in a real browser. */

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const PAGE = fileURLToPath(new URL('../../../dist/explorer.html', import.meta.url));
export const PAGE_URL = pathToFileURL(PAGE).href;

export interface Explorer {
  readonly page: Page;
  /** Everything that the page asked for beside itself, and what it complained about. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
  /** Loads files as a reader who chooses them does, and waits until it is open. */
  open(file: ReaderFile): Promise<void>;
  /** Goes to a view, such as `#/trend?events=invoice`, and waits for what it shows. */
  show(hash: string, selector: string): Promise<void>;
  close(): Promise<void>;
}

/** A path, or a file that exists only here. */
export type ReaderFile = string | { readonly name: string; readonly content: string | Buffer };

export async function openExplorer(
  browser: Browser,
  options: BrowserContextOptions & { readonly url?: string } = {},
): Promise<Explorer> {
  if (!existsSync(PAGE)) throw new Error(`expected ${PAGE}, which "npm run build" makes`);
  const { url = PAGE_URL, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    requests,
    complaints,
    open: async (file) => {
      await page.setInputFiles('input[type=file]', toFile(file));
      const name = typeof file === 'string' ? basename(file) : file.name;
      await page.waitForSelector(`.source strong:text-is("${name}")`);
    },
    show: async (hash, selector) => {
      // Only what follows the `#` changes: the page and its data stay.
      await page.evaluate((next) => {
        location.hash = next;
      }, hash);
      await page.waitForSelector(selector);
      await settle(page);
    },
    close: () => context.close(),
  };
}

/** Waits until no answer is awaited. */
export async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(200);
  await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
}

/** The heatmap as numbers: size of the cohort, then its cells; 0 where a cell has none. */
export function readHeatmap(page: Page): Promise<number[][]> {
  return page.$$eval('.bitmapist table tbody:not(.bm-summary) tr', (rows) =>
    rows.map((row) =>
      [...row.querySelectorAll('td')].map((cell) => {
        const text = cell.firstChild?.textContent ?? '';
        return Number(text.replace(/[,%]/g, '')) || 0;
      }),
    ),
  );
}

function toFile(file: ReaderFile): string | { name: string; mimeType: string; buffer: Buffer } {
  if (typeof file === 'string') return file;
  return { name: file.name, mimeType: 'application/octet-stream', buffer: Buffer.from(file.content) };
}
