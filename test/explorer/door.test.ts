import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEASURES } from '../../src/explorer/engine/measures.js';
import { Bitmapist } from '../../src/index.js';
import { launchChromium } from '../support/chromium.js';
import { makeApp } from '../support/explorer/app.js';
import { violations } from '../support/explorer/axe.js';
import { dumpOf } from '../support/explorer/dumps.js';
import { type Explorer, openExplorer, settle } from '../support/explorer/page.js';

let browser: Browser;
let dump: Buffer;

beforeAll(async () => {
  browser = await launchChromium();
  dump = await makeApp();
});

afterAll(() => browser?.close());

async function withApp(
  use: (explorer: Explorer) => Promise<void>,
  options: Parameters<typeof openExplorer>[1] = {},
): Promise<void> {
  const explorer = await openExplorer(browser, options);
  try {
    await explorer.open({ name: 'app.rdb', content: dump });
    await use(explorer);
    expect(explorer.complaints).toEqual([]);
  } finally {
    await explorer.close();
  }
}

const TABLE = '.bitmapist table';
const CHART = '.chart svg';
const RETENTION =
  '#/cohort?select1=signup&select2=active&time_group=months&num_results=3&num_of_rows=2&as_percent=0';
const CELL = 'td[data-row="0"][data-column="1"]';
const TREND = '#/trend?events=active&events=signup&unit=month&from=2026-01-01';

describe('a cell', () => {
  it('opens by Enter, and gives the focus back when Escape closes it', () =>
    withApp(async ({ page, show }) => {
      await show(RETENTION, TABLE);
      await page.focus(CELL);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.door output:text-is("2")');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Jan 2026');
      expect(await page.textContent('.door .ids')).toBe('1 2');
      expect(page.url()).toContain('cell=2026-01&cell=1');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Escape');
      await page.waitForSelector('.door', { state: 'detached' });
      expect(await page.evaluate(() => ({ ...(document.activeElement as HTMLElement).dataset }))).toEqual({
        row: '0',
        column: '1',
      });
      expect(page.url()).not.toContain('cell=');
    }));

  it('is open for whoever gets the address, and stays the same one after another question', () =>
    withApp(async ({ page, show }) => {
      await show(`${RETENTION}&cell=2026-01&cell=2`, TABLE);
      await page.waitForSelector('.door output:text-is("1")');
      await show(`${RETENTION.replace('select2=active', 'select2=signup')}&cell=2026-01&cell=0`, TABLE);
      await page.waitForSelector('.door output:text-is("4")');
      await show(`${RETENTION}&cell=2026-01&cell=99`, TABLE);
      expect(await page.locator('.door').count()).toBe(0);
    }));

  it('that is still to come has nothing behind it', () =>
    withApp(async ({ page, show }) => {
      await show(RETENTION, TABLE);
      expect(await page.getAttribute(CELL, 'aria-haspopup')).toBe('dialog');
      const later = 'td[data-row="2"][data-column="2"]';
      expect(await page.getAttribute(later, 'aria-haspopup')).toBeNull();
      await page.click(later);
      expect(await page.locator('.door').count()).toBe(0);
    }));

  it('saves its people as CSV', () =>
    withApp(async ({ page, show }) => {
      await show(RETENTION, TABLE);
      await page.click(CELL);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click('.door button:text-is("Save ids as CSV")'),
      ]);
      expect(download.suggestedFilename()).toBe('ids.csv');
      expect(await readFile(await download.path(), 'utf8')).toBe('id\n1\n2\n');
    }));

  it('makes a segment of its people, which can be asked for like an event until it is taken away', () =>
    withApp(async ({ page, show }) => {
      await show(RETENTION, TABLE);
      await page.click(CELL);
      await page.fill('.naming input', 'signup');
      await page.click('.naming button');
      expect(await page.textContent('.naming .warning')).toBe(
        'expected a name that no event has, got "signup"',
      );
      await page.fill('.naming input', 'back');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.segments li');
      expect(new URL(page.url()).hash).toContain(`segment=back%3Dsignup%402026-01+%26+active%402026-02`);
      await page.keyboard.press('Escape');
      await page.click('.controls [role=combobox] >> nth=0');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('bac');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await settle(page);
      expect(await page.locator('.warning').count()).toBe(0);
      const sizes = await page.$$eval('.bm-size', (cells) => cells.map((cell) => cell.textContent));
      expect(sizes.filter((size) => size !== '')).toEqual(['2', '2', '2']);
      await page.click('nav >> text=Trend');
      await page.waitForSelector('.segments li');
      await page.click('.segments button');
      await page.waitForSelector('.segments li', { state: 'detached' });
      expect(page.url()).not.toContain('segment');
    }));
});

describe('a column of a chart', () => {
  it('opens the largest of its lines, and leads to the others', () =>
    withApp(async ({ page, show }) => {
      await show(TREND, CHART);
      await page.focus('.chart [data-column="0"]');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.door output:text-is("3")');
      expect(await page.locator('.neighbours button').allTextContents()).toEqual(['active3', 'signup2']);
      await page.click('.neighbours button >> nth=1');
      await page.waitForSelector('.door output:text-is("2")');
      expect(await page.textContent('.door .ids')).toBe('5 6');
      await page.keyboard.press('Escape');
      expect(await page.evaluate(() => (document.activeElement as SVGElement).dataset.column)).toBe('1');
    }));
});

describe('a bar', () => {
  it('leads up and down to the next one of its class, over periods without one', async () => {
    const bitmapist = new Bitmapist();
    for (const month of ['01', '02', '03']) {
      await bitmapist.markEvent('visit', month === '03' ? [1, 2] : 1, { now: `2026-${month}-05` });
    }
    const explorer = await openExplorer(browser);
    const { page } = explorer;
    const focused = () => page.evaluate(() => ({ ...(document.activeElement as SVGElement).dataset }));
    await explorer.open({ name: 'visits.rdb', content: await dumpOf(bitmapist) });
    await explorer.show('#/lifecycle?event=visit&time_group=months&start_date=2026-01&num_results=3', CHART);
    // New are people in January and March.
    await page.focus('.chart [data-row="0"][data-column="0"]');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toEqual({ row: '2', column: '0' });
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toEqual({ row: '0', column: '0' });
    await explorer.close();
  });

  it('opens to those it stands for', () =>
    withApp(async ({ page, show }) => {
      const steps = '#/funnel?steps=signup&steps=active&window=1&time_group=months&start_date=2026-01';
      await show(`${steps}&num_results=2`, CHART);
      await page.focus('.chart [data-row="0"][data-column="0"]');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.door output');
      expect(await page.textContent('.door output')).toBe('4');
      expect(await page.textContent('.door .ids')).toBe('1 2 5 6');
      await page.keyboard.press('Escape');
      expect(await page.evaluate(() => ({ ...(document.activeElement as SVGElement).dataset }))).toEqual({
        row: '0',
        column: '1',
      });
      expect(await page.inputValue('.field.date input >> nth=-1')).toBe('2026-01');
    }));
});

describe.each(MEASURES.map(({ name }) => name))('the page of %s', (name) => {
  it.each(['light', 'dark'] as const)('begins with an answer that can be read in the %s', (colorScheme) =>
    withApp(
      async (explorer) => {
        await explorer.show(`#/${name}`, `${TABLE}, ${CHART}, .problem`);
        expect(await explorer.page.locator('.problem').allTextContents()).toEqual([]);
        expect(await violations(explorer)).toEqual([]);
      },
      { colorScheme, bypassCSP: true },
    ),
  );

  it('fits a phone, its controls too', () =>
    withApp(
      async ({ page, show }) => {
        await show(`#/${name}`, `${TABLE}, ${CHART}`);
        await page.tap('.folded summary');
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    ));
});

describe('the panel', () => {
  it.each(['light', 'dark'] as const)(
    'can be read in the %s, says the checker of accessibility',
    (colorScheme) =>
      withApp(
        async (explorer) => {
          const segment = `segment=${encodeURIComponent('vip=active@{period} & sigup@{period}')}`;
          await explorer.show(`${RETENTION}&cell=2026-01&cell=1&${segment}`, '.door output');
          expect(await violations(explorer)).toEqual([]);
          await explorer.show(`${TREND}&cell=active&cell=2026-02&${segment}`, '.door output');
          expect(await violations(explorer)).toEqual([]);
        },
        { colorScheme, bypassCSP: true },
      ),
  );

  it('has room on a phone, beside a table that scrolls below its first column', () =>
    withApp(
      async ({ page, show }) => {
        await show(
          `${RETENTION.replace('num_of_rows=2', 'num_of_rows=12')}&cell=2026-01&cell=1`,
          '.door output',
        );
        const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
        expect(await width()).toBe(360);
        const scroller = '.bm-scroll';
        expect(await page.getAttribute(scroller, 'data-more')).toBe('after');
        await page.$eval(scroller, (element) => element.scrollTo(150, 0));
        await expect.poll(() => page.getAttribute(scroller, 'data-more')).toBe('before after');
        const left = await page.$eval('tbody th.bm-label', (cell) => cell.getBoundingClientRect().left);
        expect(left).toBeGreaterThan(0);
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    ));
});

describe('segments of an address', () => {
  it('say what is wrong with them where they are asked for', () =>
    withApp(async ({ page, show }) => {
      const segments = new URLSearchParams([
        ['segment', 'vip=active@{period} & sigup@{period}'],
        ['segment', 'broken=active@'],
        ['events', 'vip'],
      ]);
      await show(`#/trend?${segments}`, '.picker .warning');
      expect(await page.locator('.picker .warning').allTextContents()).toEqual([
        'segment "vip": no event "sigup" here; did you mean "signup"?',
      ]);
      expect(await page.locator('.segments li').count()).toBe(2);
      expect(await page.locator('.segments .warning').count()).toBe(2);
    }));

  it('are made of expressions with a placeholder too', () =>
    withApp(async ({ page, show }) => {
      await show(`#/expression?q=${encodeURIComponent('active@{period} & sigup@unique')}`, '.note.warning');
      expect(await page.textContent('.note.warning')).toBe('no event "sigup" here; did you mean "signup"?');
      await page.fill('.code input', 'active@{period} & signup@{period}');
      await page.waitForSelector('.note.warning', { state: 'detached' });
      await page.fill('.naming input', 'both');
      await page.click('.naming button');
      await page.waitForSelector('.segments li');
      await page.fill('.code input', 'both@2026-02');
      await page.waitForSelector('output:text-is("1")');
    }));

  it('leave a mistyped name without an answer', () =>
    withApp(async ({ page, show }) => {
      await show('#/expression?q=sigup@2026-01', '.count .warning');
      expect(await page.textContent('.count .warning')).toBe('no event "sigup" here; did you mean "signup"?');
      expect(await page.locator('output').count()).toBe(0);
    }));
});
