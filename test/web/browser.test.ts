import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measures } from '../../src/measures.js';
import { toNodeListener } from '../../src/web/node.js';
import { launchChromium } from '../support/chromium.js';
import { INJECTED, makeDashboard } from '../support/web/dashboard.js';
import { startServer, type TestServer } from '../support/web/server.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const COHORT = '/cohort?select1=signup&select2=active&time_group=weeks&num_results=6&num_of_rows=5';
const PAGES = [
  '/',
  '/all',
  '/trend',
  '/trend?events=signup&events=active&from=2026-11-01&any=1',
  COHORT,
  `${COHORT}&by=pro&by=${encodeURIComponent(INJECTED[0]!)}`,
  '/lifecycle?event=active&time_group=weeks',
  '/funnel?steps=signup&steps=active&time_group=weeks&num_results=4',
  '/overlap?sets=active%402026-11&sets=signup%402026-11',
  '/saved?name=Weekly+retention',
  '/people?query=active@2026-11',
];

let browser: Browser;
let server: TestServer;

beforeAll(async () => {
  const dashboard = await makeDashboard({ people: true, segments: { customers: 'pro@unique' } });
  const listener = toNodeListener(dashboard);
  server = await startServer((request, response) => void listener(request, response));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Runs `use` with a page, and collects what the browser complains about and whom it asks beside the server. */
async function withPage(
  options: Parameters<Browser['newPage']>[0],
  use: (page: Page) => Promise<void>,
): Promise<string[]> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('console', (message) => void complaints.push(message.text()));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('dialog', (dialog) => void complaints.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${server.url}/analytics`)) complaints.push(`asks ${request.url()}`);
  });
  // What browsers ask for on their own is none of the page's.
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
  try {
    await use(page);
  } finally {
    await page.close();
  }
  return complaints.filter((text) => !text.endsWith('/favicon.ico'));
}

const visit = (page: Page, address: string) => page.goto(`${server.url}/analytics${address}`);

describe('a dashboard in a browser', () => {
  it.each([
    ['light', { viewport: { width: 1280, height: 900 } }],
    ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' as const }],
    ['on a phone', { viewport: { width: 360, height: 700 } }],
  ])('is accessible, keeps its policy and fits, %s', { tags: 'long' }, async (_, options) => {
    const complaints = await withPage(options, async (page) => {
      for (const address of PAGES) {
        await visit(page, address);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${address} is too wide`).toBe(0);
        await page.evaluate(AXE);
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          const found = await axe.run();
          return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
        });
        expect(violations, address).toEqual([]);
      }
    });
    expect(complaints).toEqual([]);
  });

  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('leads from its first page to an answer and to people, %s', async (_, javaScriptEnabled) => {
    const complaints = await withPage({ javaScriptEnabled }, async (page) => {
      await visit(page, '');
      await page.getByRole('navigation').getByRole('link', { name: 'Trend' }).click();
      await page.getByLabel('Event 1').fill('active');
      await page.getByLabel('Flag or segment 1').fill('pro');
      await page.getByRole('button', { name: 'Show results' }).click();
      await page.waitForURL(/by=pro/);
      const cell = page.getByRole('row', { name: '2026-11-21' }).getByRole('link');
      expect(await cell.textContent()).toBe('2');
      await cell.click();
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('2 people');
      expect(await page.locator('.bm-people').textContent()).toBe('2400');
      await page.getByRole('link', { name: 'Analytics' }).click();
      expect(new URL(page.url()).pathname).toBe('/analytics/');
    });
    expect(complaints).toEqual([]);
  });

  it('shows every measure as its form is sent the first time', async () => {
    const complaints = await withPage({}, async (page) => {
      for (const { name, title } of measures) {
        await visit(page, `/${name}`);
        for (const field of await page.locator('form input:required').all()) {
          const kind = await field.getAttribute('name');
          if (/^(expressions?|sets?)$/.test(kind ?? '')) await field.fill('active@2026-11');
          else if ((await field.inputValue()) === '') await field.fill('active');
        }
        await page.getByRole('button', { name: 'Show results' }).click();
        await page.waitForURL(/\?/);
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title);
        const alerts = await page.getByRole('alert').allTextContents();
        expect(alerts, name).toEqual([]);
      }
    });
    expect(complaints).toEqual([]);
  });

  it('keeps a page that has not changed, under the policy that it came with', async () => {
    const statuses: number[] = [];
    const complaints = await withPage({}, async (page) => {
      page.on('response', (response) => void statuses.push(response.status()));
      for (let times = 0; times < 3; times += 1) {
        await visit(page, '/trend');
        // The script has made its field.
        expect(await page.getByRole('combobox').count()).toBeGreaterThan(0);
        expect(await page.evaluate(() => getComputedStyle(document.body).margin)).toBe('0px');
      }
      expect(
        await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]),
      ).toEqual(['', 0, 0]);
    });
    expect(complaints).toEqual([]);
    expect(statuses.every((status) => status === 200 || status === 304)).toBe(true);
  });
});
