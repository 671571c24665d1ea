import { readFile } from 'node:fs/promises';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { MemoryPeople } from '../../src/people.js';
import { writeRdb } from '../../src/rdb.js';
import { launchChromium } from '../support/chromium.js';
import { violations } from '../support/explorer/axe.js';
import { type Explorer, openExplorer } from '../support/explorer/page.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser?.close());

async function withExplorer(
  use: (explorer: Explorer) => Promise<void>,
  options: Parameters<typeof openExplorer>[1] = {},
): Promise<void> {
  const explorer = await openExplorer(browser, options);
  try {
    await use(explorer);
    expect(explorer.complaints).toEqual([]);
  } finally {
    await explorer.close();
  }
}

/** Gives the page a file without waiting for anything. */
async function give({ page }: Explorer, name: string, content: string | Buffer): Promise<void> {
  const buffer = Buffer.from(content);
  await page.setInputFiles('input[type=file]', { name, mimeType: 'application/octet-stream', buffer });
}

async function count(explorer: Explorer, expression: string): Promise<string | null> {
  await explorer.show(`#/expression?q=${encodeURIComponent(expression)}`, 'output');
  return explorer.page.textContent('output');
}

const PANEL = '.reading';
const EXPORT = `user_id,created_at,event_name
u_8f3a,2026-01-02T10:00:00+01:00,visit
u_77b0,2026-01-03T10:00:00+01:00,visit
"=1+1, ""x""",2026-02-03T10:00:00+01:00,visit
`;
/** Two columns may say who. */
const TWOFOLD = `user_id,customer_id,created_at,event
1,10,2026-01-02,visit
2,10,2026-01-03,visit
`;
const BROKEN = `user,timestamp,event
7,2026-01-02,visit
8,yesterday,visit
9,2026-01-04,visit
10,2026-01-04,
`;

describe('a file of events as somebody exported it', () => {
  it('is read at once if its columns are plain, and says what they were taken for', () =>
    withExplorer(async (explorer) => {
      await explorer.open({ name: 'export.csv', content: EXPORT });
      expect(await explorer.page.textContent('.readas')).toContain(
        'user_id says who, by texts, created_at says when, event_name says what',
      );
      expect(await count(explorer, 'visit@2026-01')).toBe('2');
      await explorer.open({
        name: 'export.tsv',
        content: EXPORT.replaceAll(',2026', '\t2026').replaceAll(',', '\t'),
      });
      expect(await count(explorer, 'visit@2026-02')).toBe('1');
    }));

  it('shows people by their texts, says who is one of them, and saves them', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      await explorer.open({ name: 'export.csv', content: EXPORT });
      expect(await count(explorer, 'visit@2026')).toBe('3');
      expect(await page.textContent('.ids')).toBe('u_8f3a, u_77b0, =1+1, "x"');
      for (const [person, said] of [
        ['u_77b0', 'u_77b0 is one of them'],
        ['u_none', 'u_none is not one of them'],
        ['0', '0 is not one of them'],
      ] as const) {
        await page.fill('.finder input', person);
        await page.keyboard.press('Enter');
        await page.waitForSelector(`.finder p:text-is("${said}")`);
      }
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click('button:text-is("Save ids as CSV")'),
      ]);
      expect(await readFile(await download.path(), 'utf8')).toBe(
        'id\r\nu_8f3a\r\nu_77b0\r\n"\'=1+1, ""x"""\r\n',
      );
    }));

  it('is asked about if two columns may be meant, and can be answered with the keyboard', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      await give(explorer, 'twofold.csv', TWOFOLD);
      await page.waitForSelector(PANEL);
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('How twofold.csv is read');
      expect(await page.textContent(`${PANEL} [role=alert]`)).toBe(
        'Which column says who? It may be one of these: user_id, customer_id.',
      );
      const who = page.getByRole('combobox', { name: 'Who', exact: true });
      expect(await who.inputValue()).toBe('');
      expect(await who.locator('optgroup').first().locator('option').allTextContents()).toEqual([
        'user_id',
        'customer_id',
      ]);
      expect(
        await page
          .getByRole('combobox', { name: 'When', exact: true })
          .locator('option:checked')
          .textContent(),
      ).toBe('created_at');
      await who.focus();
      await page.keyboard.type('customer');
      expect(await page.textContent('.samples >> nth=0')).toBe('10 · 10');
      expect(await page.locator('.preview th.taken').allTextContents()).toEqual([
        'customer_idWho',
        'created_atWhen',
        'eventWhat',
      ]);
      await page.click('text=Read it');
      await page.waitForSelector('.source strong:text-is("twofold.csv")');
      expect(await count(explorer, 'visit@2026')).toBe('1');
    }));

  it('can be read in another way afterwards', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      await explorer.open({ name: 'a.csv', content: TWOFOLD.replace('customer_id', 'shop') });
      expect(await count(explorer, 'visit@2026')).toBe('2');
      await page.click('text=Change how it is read');
      await page.getByRole('combobox', { name: 'Who', exact: true }).selectOption({ label: 'shop' });
      await page
        .getByRole('combobox', { name: 'What', exact: true })
        .selectOption({ label: 'Every row is the same event' });
      await page.getByLabel('Its name').fill('came');
      await page.getByLabel('Also mark the dateless flag of every event').check();
      await page.click('text=Read it');
      await page.waitForSelector('.readas:has-text("shop says who")');
      expect(await page.textContent('.readas')).toContain('every row is came');
      expect(await count(explorer, 'came@unique')).toBe('1');
    }));

  it('names the row that is broken, and leaves broken ones out if its reader wants that', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      await give(explorer, 'broken.csv', BROKEN);
      await page.waitForSelector('.problem:has-text("line 3:")');
      await page.click('text=Skip broken rows');
      await page.waitForSelector('.source strong:text-is("broken.csv")');
      expect(await page.textContent('.skipped summary')).toBe('2 broken rows were skipped');
      await page.click('.skipped summary');
      const reasons = await page.locator('.skipped li').allTextContents();
      expect(reasons.map((reason) => reason.slice(0, 7))).toEqual(['line 3:', 'line 5:']);
      expect(await count(explorer, 'visit@2026-01')).toBe('2');
    }));

  it('comes as JSON Lines with names within names, packed or not', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      const rows = [1, 2].map((id) =>
        JSON.stringify({ who: { id: `u${id}` }, at: 1767225600000, event: 'visit' }),
      );
      await give(explorer, 'events.ndjson', rows.join('\n'));
      await page.waitForSelector(PANEL);
      await page.getByRole('combobox', { name: 'Who', exact: true }).selectOption({ label: 'who.id' });
      await page.getByRole('combobox', { name: 'When', exact: true }).selectOption({ label: 'at' });
      await page.getByLabel('People are known by texts').check();
      await page.click('text=Read it');
      await page.waitForSelector('.source strong:text-is("events.ndjson")');
      expect(await count(explorer, 'visit@2026-01-01')).toBe('2');
      expect(await page.textContent('.ids')).toBe('u1, u2');
    }));

  it('comes as Parquet', () =>
    withExplorer(async (explorer) => {
      const content = parquetWriteBuffer({
        columnData: [
          { name: 'user_id', data: ['a', 'b', 'a'], type: 'STRING' },
          { name: 'ts', data: ['2026-01-02', '2026-01-03', '2026-01-04'], type: 'STRING' },
          { name: 'event', data: ['visit', 'visit', 'visit'], type: 'STRING' },
        ],
      });
      await explorer.open({ name: 'events.parquet', content: Buffer.from(content) });
      expect(await count(explorer, 'visit@2026')).toBe('2');
      expect(await explorer.page.textContent('.ids')).toBe('a, b');
    }));

  it('has texts in a dump as well', () =>
    withExplorer(async (explorer) => {
      const people = new MemoryPeople();
      const bitmapist = new Bitmapist({ people });
      await bitmapist.markEvent('visit', ['ann', 'bob'], { now: '2026-01-02' });
      const chunks: Uint8Array[] = [];
      for await (const chunk of writeRdb(bitmapist.store, { people })) chunks.push(chunk);
      await explorer.open({ name: 'named.rdb', content: Buffer.concat(chunks) });
      expect(await count(explorer, 'visit@2026')).toBe('2');
      expect(await explorer.page.textContent('.ids')).toBe('ann, bob');
    }));

  it('leaves what was open, until it is read', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      await explorer.open({ name: 'export.csv', content: EXPORT });
      await give(explorer, 'twofold.csv', TWOFOLD);
      await page.waitForSelector(PANEL);
      expect(await page.textContent('.source strong')).toBe('export.csv');
      await page.click(`${PANEL} .close`);
      await page.waitForSelector(PANEL, { state: 'detached' });
      await page.waitForSelector('.readas button:focus');
      expect(await count(explorer, 'visit@2026')).toBe('3');
    }));

  it.each(['light', 'dark'] as const)('is asked about in words that can be read in the %s', (colorScheme) =>
    withExplorer(
      async (explorer) => {
        await give(explorer, 'twofold.csv', TWOFOLD);
        await explorer.page.waitForSelector(PANEL);
        expect(await violations(explorer)).toEqual([]);
        await explorer.open({ name: 'export.csv', content: EXPORT });
        await explorer.page.click('text=Change how it is read');
        await explorer.page.waitForSelector(PANEL);
        expect(await violations(explorer)).toEqual([]);
      },
      { colorScheme, bypassCSP: true },
    ),
  );

  it('is asked about on a phone, however wide it is', () =>
    withExplorer(
      async (explorer) => {
        const wide = Array.from({ length: 40 }, (_, index) => `a_rather_long_name_of_column_${index}`);
        const content = `user_id,${wide.join()},customer_id\n1,${wide.join()},2\n`;
        await give(explorer, 'wide.csv', content);
        await explorer.page.waitForSelector(PANEL);
        expect(await explorer.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    ));
});
