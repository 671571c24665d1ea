import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { launchChromium } from '../support/chromium.js';
import { makeApp } from '../support/explorer/app.js';
import { violations } from '../support/explorer/axe.js';
import { dumpOf, writeLargeDump } from '../support/explorer/dumps.js';
import { type Explorer, openExplorer, PAGE_URL, readHeatmap, settle } from '../support/explorer/page.js';

let browser: Browser;
let folder: string;
/** A small app: who signed up in a month, who was active, who pays. */
let dump: Buffer;

beforeAll(async () => {
  browser = await launchChromium();
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-explorer-'));
  dump = await makeApp();
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

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

/** The file of the tests, opened. */
async function withDump(
  use: (explorer: Explorer) => Promise<void>,
  options: Parameters<typeof openExplorer>[1] = {},
): Promise<void> {
  await withExplorer(async (explorer) => {
    await explorer.open({ name: 'app.rdb', content: dump });
    await use(explorer);
  }, options);
}

/** The explorer from a server whose dump does not end before it is told to. */
async function serveSlowly(
  content: Buffer,
): Promise<{ url: string; finish(): void; close(): Promise<void> }> {
  const html = await readFile(new URL(PAGE_URL), 'utf8');
  const meta = '<meta name="bitmapist-source" content="data" data-name="slow.rdb" />';
  let finish = (): void => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const server = createServer(async ({ url }, response) => {
    if (url === '/') response.end(html.replace('</head>', `${meta}</head>`));
    else {
      const half = content.length >> 1;
      const piece = Math.ceil(half / 8);
      // How far it is, a page is told now and then.
      for (let from = 0; from < half; from += piece) {
        response.write(content.subarray(from, Math.min(half, from + piece)));
        await setTimeout(60);
      }
      await ended;
      response.end(content.subarray(half));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    finish: () => finish(),
    close: async () => {
      finish();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function dropFile(page: Page, name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], fileName));
      return data;
    },
    [name, [...content]] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

const TABLE = '.bitmapist table';
const CHART = '.chart svg';
const RETENTION =
  '#/cohort?select1=signup&select2=active&time_group=months&num_results=3&num_of_rows=2&as_percent=0';

describe('reading', () => {
  it('takes a file that is dropped on the page', () =>
    withExplorer(async ({ page, show }) => {
      await dropFile(page, 'app.rdb', dump);
      await page.waitForSelector('.overview');
      await show('#/events', 'table.events');
      expect(await page.locator('table.events tbody th a').allTextContents()).toEqual([
        'active',
        'paid plan',
        'pro',
        'signup',
      ]);
    }));

  it('looks for the keys that it is told to, also in files that are dropped', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      const other = new Bitmapist({ prefix: 'app:' });
      await other.markEvent('login', 1, { now: '2026-01-10' });
      await page.click('text=Options');
      await page.fill('label:has-text("What keys begin with") input', 'app:');
      await dropFile(page, 'other.rdb', await dumpOf(other));
      await page.waitForSelector('.overview');
      await explorer.show('#/events', 'table.events');
      expect(await page.locator('table.events tbody th a').allTextContents()).toEqual(['login']);
      await explorer.open({ name: 'again.rdb', content: await dumpOf(other) });
    }));

  it('takes packed dumps and events as CSV, packed or not', () =>
    withExplorer(async (explorer) => {
      const csv = 'user,timestamp,event\n7,2026-01-02T10:00:00Z,visit\n8,2026-01-03T10:00:00Z,visit\n';
      await explorer.open({ name: 'app.rdb.gz', content: gzipSync(dump) });
      for (const [name, content] of [
        ['events.csv', csv],
        ['events.csv.gz', gzipSync(csv)],
      ] as const) {
        await explorer.open({ name, content });
        await explorer.show('#/expression?q=visit@2026-01', 'output');
        expect(await explorer.page.textContent('output')).toBe('2');
        await explorer.show('#/events', 'table.events');
      }
    }));

  it('marks hours and flags of a CSV only if its reader wants them', () =>
    withExplorer(async ({ page, open, show }) => {
      const file = { name: 'events.csv', content: 'user,timestamp,event\n7,2026-01-02T10:00:00Z,visit\n' };
      const marks = 'visit@2026-01-02T10 | visit@unique';
      const shown = async (): Promise<(string | null)[]> => {
        await show('#/events', 'table.events[aria-busy=false]');
        const badges = await page.locator('table.events .badge').count();
        const counts: (string | null)[] = [];
        for (const expression of marks.split(' | ')) {
          await show(`#/expression?q=${expression}`, 'output, #expression-note > *');
          counts.push(await page.textContent('output, #expression-note > *'));
        }
        return [String(badges), ...counts];
      };
      await page.click('summary >> text=Options');
      await page.click('text=Also mark the hours of events');
      await page.click('text=Also mark the dateless flag of every event');
      await open(file);
      expect(await shown()).toEqual(['1', '1', '1']);
      await page.reload();
      await open(file);
      expect(await shown()).toEqual([
        '0',
        expect.stringContaining('expected a file whose hours were marked when it was opened'),
        expect.stringContaining('expected a file whose dateless flags were marked when it was opened'),
      ]);
    }));

  it('says what is wrong with a file, where, and keeps what was open', () =>
    withDump(async ({ page }) => {
      await page.setInputFiles('input[type=file]', {
        name: 'broken.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('user,timestamp,event\n7,yesterday,visit\n'),
      });
      await expect.poll(() => page.locator('.problem').textContent()).toContain('line 2: expected unix');
      expect(await page.textContent('.source strong')).toBe('app.rdb');
    }));

  it('says what it looked for where a dump holds no events', () =>
    withExplorer(async ({ page }) => {
      const other = new Bitmapist({ prefix: 'cache_' });
      await other.markEvent('signup', 1, { now: '2026-01-10' });
      await page.setInputFiles('input[type=file]', {
        name: 'cache.rdb',
        mimeType: 'application/octet-stream',
        buffer: await dumpOf(other),
      });
      await expect
        .poll(() => page.locator('.problem').textContent())
        .toContain('whose keys begin with trackist_ or bitmapist_, got 3 other and 0 expired keys');
    }));

  it('forgets the day that was chosen for another file, and days that no calendar has', () =>
    withDump(async ({ page, show, open }) => {
      const asOf = (): Promise<string> => page.inputValue('.source input[type=date]');
      await show('#/events?asof=2026-02-01', 'table.events');
      expect(await asOf()).toBe('2026-02-01');
      await open({ name: 'again.rdb', content: dump });
      await expect.poll(asOf).toBe('2026-03-05');
      await show('#/events?asof=2026-02-30', 'table.events');
      expect(await asOf()).toBe('2026-03-05');
    }));

  it('counts everybody who ever did an event, whichever keys there are', () =>
    withExplorer(async ({ page, open, show }) => {
      const bitmapist = new Bitmapist();
      await bitmapist.markEvent('months', [1, 2], { now: '2026-01-05' });
      await bitmapist.day('months', '2026-01-05').delete();
      await bitmapist.week('months', '2026-01-05').delete();
      await bitmapist.markUnique('months', 3);
      await bitmapist.markEvent('days', 1, { now: '2026-01-05' });
      await bitmapist.markEvent('days', 2, { now: '2026-02-05' });
      for (const day of ['2026-01-05', '2026-02-05']) {
        await bitmapist.month('days', day).delete();
        await bitmapist.week('days', day).delete();
      }
      await open({ name: 'ever.rdb', content: await dumpOf(bitmapist) });
      await show('#/events', 'table.events[aria-busy=false]');
      expect(await page.locator('table.events tbody td:nth-child(2)').allTextContents()).toEqual(['2', '3']);
    }));

  it('offers what came before a damage', () =>
    withExplorer(async ({ page }) => {
      await page.setInputFiles('input[type=file]', {
        name: 'cut.rdb',
        mimeType: 'application/octet-stream',
        buffer: dump.subarray(0, dump.length - 30),
      });
      await page.waitForSelector('text=could be read in part');
      await page.click('text=Look at those');
      await page.waitForSelector('.overview');
      // As long as it is looked at.
      await page.waitForSelector('.card.warning:has-text("Only what comes before this was read")');
    }));

  it('tells databases and prefixes apart', () =>
    withExplorer(async (explorer) => {
      const other = new Bitmapist({ prefix: 'bitmapist_' });
      await other.markEvent('login', [1, 2], { now: '2026-01-10' });
      const both = new Bitmapist();
      await both.markEvent('signup', [1], { now: '2026-01-10' });
      await both.markUnique('signup', [1]);
      for await (const key of other.store.keys('')) {
        const [byteLength] = await other.store.byteLengths([key]);
        const target = new Uint8Array(byteLength!);
        await other.store.read([{ key, byteOffset: 0, target }]);
        await both.store.put(key, target);
      }
      await explorer.open({ name: 'both.rdb', content: await dumpOf(both) });
      await explorer.show('#/events', 'table.events');
      expect(await explorer.page.locator('table.events tbody th a').allTextContents()).toEqual(['signup']);
      await explorer.page.selectOption('select', '1');
      await expect
        .poll(() => explorer.page.locator('table.events tbody th a').allTextContents())
        .toEqual(['login']);
    }));

  it('shows the names of events while it reads, to be looked through, and no number before all is read', async () => {
    const { url, finish, close } = await serveSlowly(dump);
    try {
      await withExplorer(
        async (explorer) => {
          const { page } = explorer;
          await page.waitForSelector('.sofar tbody th');
          const named = await page.locator('.sofar tbody th').allTextContents();
          expect(['active', 'paid plan', 'pro', 'signup']).toEqual(expect.arrayContaining(named.slice(0, 1)));
          expect(await page.textContent('.sofar .muted')).toMatch(/^\d events? so far, still being read/);
          expect(await page.locator('.sofar td, .sofar a, nav').count()).toBe(0);
          expect(await violations(explorer)).toEqual([]);
          await page.fill('.sofar input', 'no such name');
          await page.waitForSelector('.sofar .empty');
          await page.fill('.sofar input', named[0]!.toUpperCase());
          await page.waitForSelector(`.sofar tbody th:text-is("${named[0]}")`);
          finish();
          await page.waitForSelector('.overview');
          expect(await page.locator('.sofar').count()).toBe(0);
        },
        { url },
      );
    } finally {
      await close();
    }
  });

  it('ends a long reading at once when it is cancelled, and reads another file after it', async () => {
    const path = join(folder, 'long.rdb');
    await writeLargeDump(path, 96);
    await withExplorer(async (explorer) => {
      const { page } = explorer;
      await page.setInputFiles('input[type=file]', path);
      await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 0.05);
      expect(page.workers()).toHaveLength(1);
      await page.click('text=Cancel');
      await page.waitForSelector('progress', { state: 'detached', timeout: 500 });
      await expect.poll(() => page.workers().length, { timeout: 10_000 }).toBe(0);
      await explorer.open({ name: 'app.rdb', content: dump });
    });
  });
});

describe('a page from a file', () => {
  it('asks nobody for anything, whatever is done with it', () =>
    withDump(async (explorer) => {
      expect(PAGE_URL).toMatch(/^file:/);
      await explorer.show(RETENTION, TABLE);
      await explorer.show('#/trend?events=active&events=signup&any=1&unit=month', CHART);
      await explorer.show('#/expression?q=active@2026-02', 'output');
      expect(explorer.requests.filter((url) => !url.startsWith('blob:') && !url.startsWith('data:'))).toEqual(
        [],
      );
    }));

  it('is forbidden to ask anybody by its own policy', () =>
    withExplorer(async ({ page, complaints }) => {
      const answers = await page.evaluate(async () => {
        const attempt = (ask: () => Promise<unknown>) =>
          ask().then(
            () => 'sent',
            () => 'refused',
          );
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.head.append(script);
        return {
          fetch: await attempt(() => fetch('http://127.0.0.1:9/')),
          injected: 'injected' in window,
          image: await attempt(() => {
            const image = new Image();
            image.src = 'http://127.0.0.1:9/x.png';
            return image.decode();
          }),
        };
      });
      expect(answers).toEqual({ fetch: 'refused', injected: false, image: 'refused' });
      const refused = complaints.filter((text) => text.includes('Content Security Policy'));
      expect(refused.length).toBeGreaterThanOrEqual(3);
      (complaints as string[]).length = 0;
    }));

  it('computes with WebAssembly in its worker', () =>
    withDump(async ({ page }) => {
      const [worker] = page.workers();
      const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
      expect(
        await worker!.evaluate((module) => new WebAssembly.Module(new Uint8Array(module)) !== null, bytes),
      ).toBe(true);
    }));
});

describe('a first visit', () => {
  it('ends in something to see, made in the page, also with the keyboard alone', () =>
    withExplorer(
      async (explorer) => {
        const { page } = explorer;
        expect(await violations(explorer)).toEqual([]);
        await page.focus('text=Look at a made-up app');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.overview .spark');
        expect(await page.textContent('.source')).toMatch(/^A made-up app\d+ bitmaps in /);
        await explorer.show('#/expression?q=signup@unique | signup@day-364..day', 'output:text-is("20,000")');
        expect(explorer.requests.filter((url) => !/^(blob|data):/.test(url))).toEqual([]);
      },
      { bypassCSP: true },
    ));
});

describe('the overview', () => {
  it('says first who is active, which events are strong, and one table, and leads on from each', () =>
    withDump(async ({ page, show }) => {
      await page.waitForSelector('.overview .spark');
      expect(await page.textContent('nav [aria-current]')).toBe('Overview');
      expect(await page.locator('.tiles li').allTextContents()).toEqual([
        'Today3Thu, 5 Mar 2026from 0 against Thu, 26 Feb 2026',
        'This week32–5 Mar 2026from 0 against 23–26 Feb 2026',
        'This month31–5 Mar 2026from 0 against 1–5 Feb 2026',
      ]);
      const ranking = page.locator('.ranking').first().locator('tbody tr');
      expect(await ranking.allTextContents()).toEqual(['active3±0%', 'paid plan1from 0']);
      expect(await page.textContent('.card .bitmapist caption')).toContain('signup → active');
      await page.click('.tiles a >> nth=2');
      await page.waitForSelector('output:text-is("3")');
      await show('#/overview', '.ranking');
      await page.click('.ranking a >> text=active >> nth=0');
      await page.waitForSelector(CHART);
      expect(page.url()).toContain('#/trend?events=active');
      await show('#/overview', '.bitmapist table');
      await page.click('h2 a');
      await page.waitForSelector('.controls');
      expect(page.url()).toContain('#/cohort?');
      expect(page.url()).toContain('select1=signup');
    }));

  it('says if there are dateless flags alone', () =>
    withExplorer(async ({ page, open }) => {
      const bitmapist = new Bitmapist();
      await bitmapist.markUnique('pro', 1);
      await open({ name: 'flags.rdb', content: await dumpOf(bitmapist) });
      await page.click('text=All 1 flag');
      await page.waitForSelector('table.events');
    }));
});

describe('views', () => {
  it('are in the address, so that another reader with the same data sees the same', () =>
    withDump(async ({ page, open }) => {
      await page.click('nav >> text=Retention');
      await page.waitForSelector(TABLE);
      await page.getByLabel('Months').check();
      await page.getByLabel('Counts').check();
      await page.fill('.quantity >> nth=0 >> input', '3');
      await page.fill('.quantity >> nth=1 >> input', '2');
      await settle(page);
      const cells = await readHeatmap(page);
      expect(cells).toEqual([
        [4, 0, 2, 1],
        [2, 1, 1, 0],
        [0, 0, 0, 0],
      ]);
      const address = page.url();
      await page.goto('about:blank');
      await page.goto(address);
      await open({ name: 'app.rdb', content: dump });
      await page.waitForSelector(TABLE);
      await settle(page);
      expect(await readHeatmap(page)).toEqual(cells);
    }));

  it('go back and forth with the browser', () =>
    withDump(async ({ page }) => {
      await page.click('nav >> text=Trend');
      await page.waitForSelector(CHART);
      await page.click('nav >> text=Retention');
      await page.waitForSelector(TABLE);
      await page.goBack();
      await page.waitForSelector('.chips');
      expect(page.url()).toContain('#/trend');
    }));

  it('know a second selection for the cohort and for the coming back', () =>
    withDump(async (explorer) => {
      await explorer.show(`${RETENTION}&select2b=paid plan`, TABLE);
      expect((await readHeatmap(explorer.page))[0]).toEqual([4, 0, 0, 1]);
      await explorer.show(`${RETENTION}&select1b=nothing`, TABLE);
      expect((await readHeatmap(explorer.page))[0]).toEqual([0, 0, 0, 0]);
      expect(await explorer.page.textContent('.warning')).toBe('no event "nothing" here');
    }));

  it('take another day for today', () =>
    withDump(async (explorer) => {
      await explorer.show(`${RETENTION}&asof=2026-02-15`, TABLE);
      const states = await explorer.page.$$eval(
        `${TABLE} tbody:not(.bm-summary) tr:last-child td:not(.bm-size)`,
        (cells) => cells.map((cell) => cell.className),
      );
      expect(states).toEqual([expect.stringContaining('bm-running'), 'bm-future', 'bm-future']);
    }));

  it('lead from a cell to its people', () =>
    withDump(async (explorer) => {
      await explorer.show(RETENTION, TABLE);
      await explorer.page.click('td[data-row="0"][data-column="1"]');
      await explorer.page.click('text=Open as expression');
      await explorer.page.waitForSelector('.code input');
      expect(await explorer.page.inputValue('[role=combobox]')).toBe('signup@2026-01 & active@2026-02');
      await explorer.page.waitForSelector('.ids');
      expect(await explorer.page.textContent('.ids')).toBe('1 2');
    }));

  it('draw trends of events, and of any of them', () =>
    withDump(async (explorer) => {
      await explorer.show('#/trend?events=active&events=signup&any=1&unit=month', CHART);
      await explorer.page.click('summary');
      const rows = await explorer.page.$$eval(`${TABLE} tbody tr`, (all) =>
        all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.firstChild?.textContent)),
      );
      expect(rows).toEqual([
        ['0', '4', '4'],
        ['3', '2', '4'],
        ['3', '0', '3'],
      ]);
    }));

  it('read the values of a chart by pointer and by keyboard', () =>
    withDump(async ({ page, show }) => {
      await show('#/trend?events=active&events=signup&unit=month', CHART);
      await page.hover('.chart [data-column="1"] rect', { force: true });
      expect(await page.textContent('.readout')).toBe('Feb 2026active3signup2');
      await page.focus('.chart [data-column="0"]');
      await page.keyboard.press('End');
      expect(await page.textContent('.readout')).toBe('Mar 2026active3signup0');
      expect(await page.textContent('.chart :focus title')).toBe('Mar 2026\nactive: 3\nsignup: 0');
      await show(`${RETENTION}&look=curves`, CHART);
      await page.hover('.chart [data-column="1"] rect', { force: true });
      expect(await page.textContent('.readout')).toContain('Month 1');
    }));

  it('count an expression while it is typed, and complete names and periods', () =>
    withDump(async (explorer) => {
      const { page } = explorer;
      await explorer.show('#/expression', '[role=combobox]');
      await page.click('[role=combobox]');
      await page.keyboard.type('pai');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await page.inputValue('[role=combobox]')).toBe('"paid plan"@');
      await page.keyboard.type('2026');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await page.inputValue('[role=combobox]')).toBe('"paid plan"@2026-03');
      await page.keyboard.type(' | pro@unique');
      await expect.poll(() => page.textContent('output')).toBe('2');
      await page.keyboard.type(' & (');
      await expect.poll(() => page.textContent('.caret')).toContain('expected an event');
      expect(await page.textContent('.caret mark')).toBe(' ');
      // While it is typed every expression has no end yet: no reason to interrupt whoever listens.
      expect(await page.getAttribute('.caret', 'role')).toBe('status');
      expect(await page.getAttribute('.combobox.code input', 'aria-invalid')).not.toBe('true');
      await page.fill('.combobox.code input', 'active@yesterday');
      await page.waitForSelector('.caret[role=alert]');
      expect(await page.getAttribute('.combobox.code input', 'aria-invalid')).toBe('true');
    }));

  it('tell all kinds of periods and operations beside the field of an expression', () =>
    withDump(async ({ page, show }) => {
      await show('#/expression', '.help');
      const help = await page.locator('.help code').allTextContents();
      const ranges = ['active@2026-11-01..2026-11-20', 'active@day-6..day'];
      const calls = ['atLeast(2, …, …, …)', 'exactly(2, …, …, …)'];
      expect(help).toEqual(expect.arrayContaining(['2026-Q4', 'quarter', ...ranges, ...calls]));
      await show(`#/expression?q=${ranges[0]}`, 'output:text-is("0")');
      await show('#/expression?q=active@fortnight', '.caret[role=alert]');
      expect(await page.textContent('.caret')).toContain('such as 2026, 2026-Q4, 2026-11');
    }));

  it('name the fields that lack something with their groups, and mark them', () =>
    withDump(async ({ page, show }) => {
      const invalid = (): Promise<(string | null)[]> =>
        page.$$eval('.controls [role=combobox]', (fields) =>
          fields.map((field) => field.getAttribute('aria-invalid')),
        );
      const problem = (): Promise<string | null> => page.textContent('.problem div');
      await show('#/cohort?select1=', '.problem');
      expect(await problem()).toBe('expected something for: People who did: Event');
      expect((await invalid()).map((each) => each === 'true')).toEqual([true, false, false, false, false]);
      await show('#/cohort?select1=&select2=', '.problem:has-text("came back")');
      expect(await problem()).toBe('expected something for: People who did: Event, And came back to: Event');
      expect((await invalid()).map((each) => each === 'true')).toEqual([true, false, true, false, false]);
      await show('#/trend?events=', '.picker');
      expect(await problem()).toBe('expected something for: Events');
      expect(await invalid()).toEqual(['true', 'false']);
      expect(await page.locator('.chips li').count()).toBe(0);
    }));

  it('let the order of steps be changed, and a step be taken twice', () =>
    withDump(async ({ page, show }) => {
      await show('#/funnel?steps=signup&steps=active&time_group=months', CHART);
      await page.click('[aria-label="Move active before signup"]');
      await page.fill('.picker [role=combobox]', 'active');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.locator('.chips li').allTextContents())
        .toEqual(['1.active×', '2.signup‹×', '3.active‹×']);
      expect(page.url()).toContain('steps=active&steps=signup&steps=active');
      await page.click('[aria-label="Take active away"] >> nth=0');
      await expect.poll(() => page.url()).toContain('?steps=signup&steps=active&');
    }));

  it('are found at their former addresses too, which are replaced', () =>
    withDump(async ({ page, show }) => {
      const hash = (): string => new URL(page.url()).hash;
      await show('#/retention?select1=signup&select2=active&group=months&results=3&rows=2', TABLE);
      expect(hash()).toBe(
        '#/cohort?select1=signup&select2=active&time_group=months&as_percent=1&num_results=3&num_of_rows=2&look=table',
      );
      await show('#/trends?event=active&event=signup&unit=month', CHART);
      expect(hash()).toMatch(/^#\/trend\?events=active&events=signup&unit=month&/);
      await page.evaluate(() => history.replaceState(null, '', '#/trends?event=signup'));
      await page.reload();
      expect(hash()).toBe('#/trend?events=signup');
    }));

  it('save numbers of events that no spreadsheet takes for formulas, whatever they are called', () =>
    withExplorer(async (explorer) => {
      const { page } = explorer;
      const bitmapist = new Bitmapist();
      const names = ['＝cmd|calc', '=1+1\n', '＠a', '\n-1', 'plain'];
      for (const name of names) await bitmapist.markEvent(name, 1, { now: '2026-01-05' });
      await explorer.open({ name: 'hostile.rdb', content: await dumpOf(bitmapist) });
      const query = new URLSearchParams(names.map((name) => ['events', name]));
      await explorer.show(`#/trend?${query}`, 'button:text-is("Save CSV")');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click('button:text-is("Save CSV")'),
      ]);
      const { data } = Papa.parse<string[]>(await readFile(await download.path(), 'utf8'));
      expect(data[0]).toEqual([
        'Period',
        ...names.map((name) => (name === 'plain' ? name : `'${name}`)),
        'unfinished',
      ]);
    }));

  it('save numbers, pictures and ids', () =>
    withDump(async (explorer) => {
      const { page } = explorer;
      const save = async (button: string): Promise<{ name: string; text: string }> => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.locator(`button:text-is("${button}")`).click(),
        ]);
        return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
      };
      await explorer.show(RETENTION, TABLE);
      expect((await save('Save CSV')).text).toContain('2026-01,4,0,2,1');
      for (const [look, file] of [
        ['table', 'cohort.svg'],
        ['curves', 'cohort-curves.svg'],
      ] as const) {
        await explorer.show(`${RETENTION}&look=${look}`, look === 'table' ? TABLE : CHART);
        const { name, text } = await save('Save SVG');
        expect(name).toBe(file);
        expect(text).toMatch(/^(<\?xml[^>]*>\s*)?<svg /);
      }
      await explorer.show('#/trend?events=active&unit=month', CHART);
      expect((await save('Save CSV')).text).toBe(
        'Period,active,unfinished\r\n2026-01,0,\r\n2026-02,3,\r\n2026-03,3,active\r\n',
      );
      const picture = (await save('Save SVG')).text;
      expect(picture).toMatch(/^<svg /);
      expect(picture).not.toContain('var(');
      await explorer.show('#/expression?q=active@2026-03', 'output');
      expect((await save('Save ids as CSV')).text).toBe('id\n2\n6\n900000\n');
    }));
});

describe('the dashboard', () => {
  const TREND = '#/trend?events=active&unit=month';

  it('keeps questions in the browser, and shows, moves and removes them', () =>
    withDump(async ({ page, show, open }) => {
      await show('#/dashboard', '.empty');
      await show(`${TREND}&events=fans&segment=fans%3Dactive@{period} %26 pro@unique`, CHART);
      await page.click('text=Keep on the dashboard');
      await page.waitForSelector('text=Take off the dashboard');
      await show(RETENTION, TABLE);
      await page.click('text=Keep on the dashboard');
      await show('#/dashboard', '.dashboard table');
      const titles = (): Promise<string[]> => page.locator('.dashboard h2').allTextContents();
      expect(await titles()).toEqual(['Trend', 'Retention']);
      await page.click('[aria-label="Move Retention: signup → active up"]');
      expect(await titles()).toEqual(['Retention', 'Trend']);
      await page.reload();
      await open({ name: 'again.rdb', content: dump });
      await show('#/dashboard', '.dashboard svg');
      expect(await titles()).toEqual(['Retention', 'Trend']);
      expect((await readHeatmap(page))[0]).toEqual([4, 0, 2, 1]);
      await page.click('.dashboard h2 a >> text=Trend');
      await page.waitForSelector('text=Take off the dashboard');
      expect(new URL(page.url()).hash).toContain('segment=fans');
      await show('#/dashboard', '.dashboard svg');
      await page.click('[aria-label="Remove Retention: signup → active"]');
      expect(await titles()).toEqual(['Trend']);
    }));

  it('is saved as the JSON that the command reads, and taken from it, as a whole or not at all', () =>
    withDump(async ({ page, show }) => {
      await show('#/dashboard', '.empty');
      const load = (text: string): Promise<void> =>
        page.setInputFiles('input[accept=".json"]', {
          name: 'questions.json',
          mimeType: 'application/json',
          buffer: Buffer.from(text),
        });
      const questions = [
        { measure: 'trend', events: ['active'], unit: 'month' },
        { measure: 'cohort', select1: 'signup', select2: 'active', timeGroup: 'months' },
      ];
      await load(JSON.stringify([questions[0], { ...questions[1], selekt1: 'a' }]));
      await page.waitForSelector('[role=alert]');
      expect(await page.textContent('[role=alert]')).toContain(
        'questions.json: question 2: expected an argument',
      );
      expect(await page.locator('.dashboard h2').count()).toBe(0);
      await load(JSON.stringify(questions));
      await page.waitForSelector('.dashboard table');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click('button:text-is("Save as JSON")'),
      ]);
      expect(download.suggestedFilename()).toBe('dashboard.json');
      expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toEqual(questions);
    }));

  it('says if the browser keeps nothing, and works until the page is left', () =>
    withExplorer(async ({ page, open, show }) => {
      await page.addInitScript(() => {
        Object.defineProperty(globalThis, 'localStorage', {
          get: () => {
            throw new DOMException('blocked', 'SecurityError');
          },
        });
      });
      await page.reload();
      await open({ name: 'app.rdb', content: dump });
      await show(TREND, CHART);
      await page.click('text=Keep on the dashboard');
      await show('#/dashboard', '.dashboard svg');
      expect(await page.textContent('.warning')).toContain('keeps nothing');
    }));
});

describe('everybody', () => {
  it('gets everywhere with the keyboard alone', () =>
    withExplorer(async ({ page }) => {
      const focused = (): Promise<string> =>
        page.evaluate(() => {
          const element = document.activeElement;
          return (
            element?.getAttribute('aria-label') ?? element?.closest('label, button, a')?.textContent ?? ''
          );
        });
      const tabTo = async (label: string): Promise<void> => {
        for (let tries = 0; tries < 60; tries += 1) {
          if ((await focused()).trim() === label) return;
          await page.keyboard.press('Tab');
        }
        throw new Error(`expected the focus to reach ${label}, it ended on ${await focused()}`);
      };
      const chooser = page.waitForEvent('filechooser');
      await tabTo('Choose a file');
      await page.keyboard.press('Enter');
      await (await chooser).setFiles({ name: 'app.rdb', mimeType: 'application/octet-stream', buffer: dump });
      await page.waitForSelector('.overview');
      await tabTo('Retention');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
      await page.waitForSelector(TABLE);
      await tabTo('Event');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('sign');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await settle(page);
      expect(page.url()).toContain('select1=signup');
      await tabTo('weeks');
      await page.keyboard.press('ArrowRight');
      await settle(page);
      expect(page.url()).toContain('time_group=months');
      for (let tries = 0; tries < 40 && !(await inGrid(page)); tries += 1) await page.keyboard.press('Tab');
      for (let row = 0; row < 5; row += 1) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      expect(await page.evaluate(() => ({ ...(document.activeElement as HTMLElement).dataset }))).toEqual({
        row: '5',
        column: '1',
      });
      expect(await page.textContent('.detail')).toContain('Jan 2026: 2 of 4 in Feb 2026, 50.0%');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.door output');
      await tabTo('Open as expression');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.code input');
    }));

  it.each(['light', 'dark'] as const)(
    'can read the page in the %s, says the checker of accessibility',
    (colorScheme) =>
      withDump(
        async (explorer) => {
          await keepSome(explorer);
          for (const [hash, selector] of [
            ['#/overview', '.overview .spark'],
            ['#/events', 'table.events[aria-busy=false]'],
            [RETENTION, TABLE],
            ['#/trend?events=active&events=signup', CHART],
            ['#/expression?q=active@2026-03', 'output'],
            ['#/expression?q=active@2026-03 %26', '.caret'],
            ['#/dashboard', '.dashboard svg'],
          ] as const) {
            await explorer.show(hash, selector);
            expect([hash, await violations(explorer)]).toEqual([hash, []]);
          }
        },
        { colorScheme, bypassCSP: true },
      ),
  );

  it('prints what there is to read, on white, and nothing to press', () =>
    withDump(
      async (explorer) => {
        const { page } = explorer;
        await page.emulateMedia({ media: 'print' });
        const seen = (selector: string): Promise<number> => page.locator(`${selector}:visible`).count();
        for (const [hash, selector, title] of [
          ['#/overview', '.overview', 'Overview'],
          ['#/events', 'table.events[aria-busy=false]', 'Events'],
          [RETENTION, TABLE, 'Retention'],
          ['#/trend?events=active&events=signup', CHART, 'Trend'],
          ['#/expression?q=active@2026-03', 'output', 'Expression'],
        ] as const) {
          await explorer.show(hash, selector);
          expect([hash, (await seen(selector)) > 0, await seen(`h1:text-is("${title}")`)]).toEqual([
            hash,
            true,
            1,
          ]);
          const controls =
            'button, .navigation, select, footer, summary, input:not([role=combobox], .source input)';
          expect([hash, await seen(`:is(${controls})`)]).toEqual([hash, 0]);
        }
        // As wide as an upright A4 page within its margins.
        await page.setViewportSize({ width: 700, height: 1000 });
        await explorer.show(RETENTION.replace('num_of_rows=2', 'num_of_rows=12'), TABLE);
        const width = await page.$eval(TABLE, (table) => table.clientWidth);
        expect(width).toBeLessThanOrEqual(700);
        expect(await seen('[role=combobox]')).toBe(0);
        expect(await seen('caption:has-text("signup → active")')).toBe(1);
        const background = (element: Element): string => getComputedStyle(element).backgroundColor;
        expect(await page.$eval('body', background)).toBe('rgb(255, 255, 255)');
        expect(await page.$eval('.card:has(table)', background)).toBe('rgb(255, 255, 255)');
      },
      { colorScheme: 'dark' },
    ));

  it('says of an event that it is unknown without moving its field', () =>
    withDump(async ({ page, show }) => {
      await show(`${RETENTION.replace('=signup', '=nobody')}&select1b=none`, '.field .warning');
      const tops = await page.$$eval('.pair [role=combobox]', (fields) =>
        fields.map((field) => field.getBoundingClientRect().top),
      );
      expect(new Set(tops).size).toBe(1);
      const below = await page.$eval('.quantity', (field) => field.getBoundingClientRect().top);
      const notes = await page.$$eval('.field .warning', (each) =>
        each.map((note) => note.getBoundingClientRect().bottom),
      );
      expect(notes.map((bottom) => bottom <= below)).toEqual([true, true]);
    }));

  it('names the event that was meant, wherever one can be asked for', () =>
    withDump(async ({ page, show }) => {
      const note = 'no event "sigup" here; did you mean "signup"?';
      await show(RETENTION.replace('=signup', '=sigup'), '.field .warning');
      expect(await page.locator('.warning').allTextContents()).toEqual([note]);
      expect(await page.getAttribute('.pair input >> nth=0', 'aria-invalid')).toBe('true');
      await show('#/trend?events=sigup&events=active', '.picker .warning');
      expect(await page.locator('.warning').allTextContents()).toEqual([note]);
      const query = encodeURIComponent('signup@2026 & ~(sigup@2026 | gone@unique)');
      await show(`#/expression?q=${query}`, '.count .warning');
      expect(await page.textContent('output')).toBe('6');
      expect(await page.locator('.warning').allTextContents()).toEqual([note, 'no event "gone" here']);
      expect(await page.textContent('[role=status][aria-live]')).toBe(
        `6 people; ${note}; no event "gone" here`,
      );
      // A name that there is has nobody in the period.
      await show('#/expression?q=signup@1999', 'output:text-is("0")');
      expect(await page.locator('.warning').count()).toBe(0);
    }));

  it('finds all of it on a phone', () =>
    withDump(
      async (explorer) => {
        await keepSome(explorer);
        for (const [hash, selector] of [
          ['#/dashboard', '.dashboard svg'],
          ['#/overview', '.overview'],
          ['#/events', 'table.events'],
          [RETENTION, TABLE],
          ['#/trend?events=active', CHART],
          ['#/expression', '.examples'],
        ] as const) {
          await explorer.show(hash, selector);
          const overflow = await explorer.page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
          );
          expect([hash, overflow]).toEqual([hash, 0]);
        }
        const cutOff = await explorer.page.$eval('nav', (nav) => nav.scrollWidth - nav.clientWidth);
        expect(cutOff).toBe(0);
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    ));

  it('finds the views of a phone in a menu, and the controls behind a line that tells what they hold', () =>
    withDump(
      async ({ page, show }) => {
        await show(RETENTION, TABLE);
        expect(await page.textContent('.folded summary')).toBe('signup → active, months, 3 × 2, counts');
        expect(await page.isVisible('.controls')).toBe(false);
        await page.tap('.folded summary');
        await page.getByLabel('Weeks').check();
        await settle(page);
        expect(await page.textContent('.folded summary')).toBe('signup → active, weeks, 3 × 2, counts');
        await page.tap('.menu');
        await page.keyboard.press('Escape');
        expect(await page.isVisible('nav >> text=Trend')).toBe(false);
        expect(await page.evaluate(() => document.activeElement?.className)).toBe('menu');
        await page.tap('.menu');
        await page.tap('nav >> text=Trend');
        await page.waitForSelector(CHART);
        expect(await page.textContent('.menu')).toBe('Trend');
        expect(await page.isVisible('nav >> text=Retention')).toBe(false);
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    ));

  it('reads names of events on a phone that break where words end', () =>
    withExplorer(
      async (explorer) => {
        const bitmapist = new Bitmapist();
        const names = ['country:Australia', 'country:United_Arab_Emirates', 'first_invoice'];
        for (const name of names) await bitmapist.markEvent(name, 1, { now: '2026-01-10' });
        for (const name of names) await bitmapist.markUnique(name, 1);
        await explorer.open({ name: 'app.rdb', content: await dumpOf(bitmapist) });
        await explorer.show('#/events', 'table.events[aria-busy=false]');
        const words = await explorer.page.$$eval('table.events tbody a', (links) =>
          links.flatMap((link) =>
            [...link.childNodes].flatMap((word) => {
              const range = document.createRange();
              range.selectNodeContents(word);
              return word.textContent === '' ? [] : [[word.textContent, range.getClientRects().length]];
            }),
          ),
        );
        expect(words.filter(([, lines]) => lines !== 1)).toEqual([]);
        expect(words.map(([word]) => word).join('')).toBe([...names].sort().join(''));
      },
      { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    ));
});

/** Puts two tables of the same title and a picture on the dashboard. */
async function keepSome({ page, show }: Explorer): Promise<void> {
  for (const [hash, selector] of [
    [RETENTION, TABLE],
    ['#/retention?start=signup&return=active&time_group=months', TABLE],
    ['#/trend?events=active&events=signup', CHART],
  ] as const) {
    await show(hash, selector);
    await page.click('text=Keep on the dashboard');
  }
}

async function inGrid(page: Explorer['page']): Promise<boolean> {
  return page.evaluate(() => document.activeElement?.matches('[data-row]') ?? false);
}
