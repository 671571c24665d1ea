import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BY, readBy } from '../../src/explorer/page/by.js';
import { launchChromium } from '../support/chromium.js';
import { makeApp } from '../support/explorer/app.js';
import { violations } from '../support/explorer/axe.js';
import { type Explorer, openExplorer, settle } from '../support/explorer/page.js';

let browser: Browser;
let dump: Buffer;

beforeAll(async () => {
  browser = await launchChromium();
  dump = await makeApp();
});

afterAll(() => browser?.close());

async function withApp(use: (explorer: Explorer) => Promise<void>): Promise<void> {
  const explorer = await openExplorer(browser, { bypassCSP: true });
  try {
    await explorer.open({ name: 'app.rdb', content: dump });
    await use(explorer);
    expect(explorer.complaints).toEqual([]);
  } finally {
    await explorer.close();
  }
}

const TABLE = '.bitmapist table';
const COHORT =
  '#/cohort?select1=signup&select2=active&time_group=months&num_results=3&num_of_rows=2&as_percent=0';
/** The cell of those who signed up in January and were active in February. */
const CELL = 'td[data-row="0"][data-column="1"]';

describe('a breakdown', () => {
  it('is in the address once for each value', () => {
    expect(readBy(new URLSearchParams('by=pro&by=&by=web&by=pro'))).toEqual(['pro', 'web']);
    expect(readBy(new URLSearchParams('by='))).toBeUndefined();
  });

  it('of lines has a line for each value', () =>
    withApp(async ({ page, show }) => {
      const trend = '#/trend?events=active&unit=month&from=2026-02-01&to=2026-03-31&numbers=1';
      await show(`${trend}&by=pro&by=signup@2026-02`, TABLE);
      const rows = await page.$$eval(`${TABLE} tbody tr`, (all) =>
        all.map((row) => [...row.children].map((cell) => cell.firstChild?.textContent)),
      );
      expect(
        await page.$$eval(`${TABLE} thead tr:last-child th`, (all) => all.map((head) => head.textContent)),
      ).toEqual(['pro', 'signup@2026-02']);
      expect(rows).toEqual([
        ['Feb 2026', '2', '1'],
        ['Mar 2026', '1', '1'],
      ]);
    }));

  it('of a table has a table for each value, whose cells lead to their own people', () =>
    withApp(async (explorer) => {
      const { page, show } = explorer;
      await show(COHORT, TABLE);
      await page.fill(`[role=combobox][aria-label="${BY.label}"]`, 'pro');
      await page.keyboard.press('Enter');
      await settle(page);
      await page.fill(`[role=combobox][aria-label="${BY.label}"]`, 'active@2026-03');
      await page.keyboard.press('Enter');
      await page.waitForSelector(`${TABLE} >> nth=1`);
      await settle(page);
      expect(await page.$$eval(CELL, (cells) => cells.map((cell) => cell.firstChild?.textContent))).toEqual([
        '1',
        '1',
      ]);
      await page.click(`${CELL} >> nth=1`);
      await page.waitForSelector('.door output:text-is("1")');
      expect(await page.textContent('.door .ids')).toBe('2');
      expect(await page.locator('.door').count()).toBe(1);
      expect(new URLSearchParams(page.url().split('?')[1]).getAll('cell')).toEqual([
        '2026-01',
        '1',
        'active@2026-03',
      ]);
      expect(await violations(explorer)).toEqual([]);
    }));

  it('is kept on the dashboard with its question, which leads back to it', () =>
    withApp(async ({ page, show }) => {
      await show(`${COHORT}&by=pro`, TABLE);
      await page.click('text=Keep on the dashboard');
      const stored = await page.evaluate(() => localStorage.getItem('bitmapist-dashboard'));
      expect(JSON.parse(stored!)).toMatchObject([{ measure: 'cohort', by: ['pro'] }]);
      await show('#/dashboard', '.dashboard table');
      expect(await page.getAttribute('.dashboard h2 a', 'href')).toContain('by=pro');
      expect(await page.textContent('.dashboard .bm-title')).toBe('signup → active · pro');
    }));

  it('by what nobody carries says so', () =>
    withApp(async ({ page, show }) => {
      await show(`${COHORT}&by=active&by=prp`, TABLE);
      expect(await page.$$eval('.picker .warning', (all) => all.map((each) => each.textContent))).toEqual([
        'no event "prp" here; did you mean "pro"?',
        'nobody carries "active" as a flag',
      ]);
    }));
});
