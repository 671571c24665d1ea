import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { type Site, serveSite } from '../support/site.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUIDE = readFileText('docs/browsers.md');

let browser: Browser;
let site: Site;
/** Pages beside the files of the project, by path. */
const pages = new Map<string, string>();

beforeAll(async () => {
  browser = await launchChromium();
  site = await serveSite(async (path) => {
    const isServed = ['.js', '.html'].includes(extname(path));
    return pages.get(path) ?? (isServed ? readFile(join(ROOT, path)) : undefined);
  });
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** What a page writes to the console, up to as many lines as expected. */
async function linesOf(path: string, count: number): Promise<string[]> {
  const page = await browser.newPage();
  const lines: string[] = [];
  page.on('pageerror', (error) => lines.push(error.message));
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(site.origin + path);
  await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
  await page.close();
  return lines;
}

/** The blocks of the guide in a language. */
async function blocksOf(language: string): Promise<string[]> {
  const blocks = (await GUIDE).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'));
  return Array.from(blocks, ([, block]) => block!);
}

describe('the guide to browsers', () => {
  it('has a page that imports the package as plain modules', async () => {
    const [html] = await blocksOf('html');
    expect(html).toContain('importmap');
    pages.set('/plain.html', html!);
    expect(await linesOf('/plain.html', 1)).toEqual(expectedOf(html!));
  });

  it('has a program that a bundler packs', async () => {
    const [program] = await blocksOf('js');
    const { output } = (await build({
      root: ROOT,
      configFile: false,
      logLevel: 'warn',
      build: { write: false, rolldownOptions: { input: 'virtual:program' }, modulePreload: false },
      plugins: [
        {
          name: 'program',
          resolveId: (id) => (id === 'virtual:program' ? join(ROOT, 'program.js') : undefined),
          load: (id) => (id === join(ROOT, 'program.js') ? program : undefined),
        },
      ],
    })) as { output: { type: string; fileName: string; isEntry?: boolean; code?: string }[] };
    // What is loaded on demand is in chunks of its own.
    const chunks = output.filter(({ type }) => type === 'chunk');
    for (const { fileName, code } of chunks) pages.set(`/${fileName}`, code!);
    const entry = chunks.find(({ isEntry }) => isEntry)!.fileName;
    pages.set('/bundled.html', `<!doctype html><script type="module" src="/${entry}"></script>`);
    expect(await linesOf('/bundled.html', expectedOf(program!).length)).toEqual(expectedOf(program!));
  });
});

function expectedOf(code: string): string[] {
  return Array.from(code.matchAll(/\/\/ → (.*)$/gm), ([, value]) => value!);
}

function readFileText(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}
