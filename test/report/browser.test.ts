import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderCompatTable } from '../../src/compat.js';
import { cohort, parseForm } from '../../src/measures.js';
import {
  formScript,
  renderHtmlForm,
  renderHtmlPage,
  renderHtmlReport,
  renderHtmlTable,
  renderSvg,
  renderSvgCurves,
  renderSvgHeatmap,
  reportStylesheet,
} from '../../src/report.js';
import { launchChromium } from '../support/chromium.js';
import { hasGolden } from '../support/golden/files.js';
import { GOLDEN_NAMES, readCohorts, tableOf } from '../support/report/golden.js';
import {
  groupsTable,
  HOSTILE_NAMES,
  lossTable,
  matrixTable,
  sampleTable,
  stepsTable,
  trendTable,
  wideTable,
} from '../support/report/tables.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const EVENTS = [
  'active',
  'first_commit',
  ['Merged something', 'merge'],
  'purchase',
  ['active', 'activity'],
  ['Twice', 'once'],
  ['Twice', 'again'],
  ...HOSTILE_NAMES.slice(0, 4),
] as const;
const linked = { inlineStyle: false, inlineScript: false };

const form = renderHtmlForm(cohort, { actionUrl: '/cohort?team=7', events: EVENTS, ...linked });
const ROWS = [
  ['2026-01-01T00:00:00+00:00', 1200, 100, 50, 12.5],
  ['2026-02-01T00:00:00+00:00', 300, 25, 0, ''],
] as const;
const ARGS = { select1: 'signup', select2: 'login', timeGroup: 'months', numOfRows: 2 } as const;
const tables = [renderHtmlTable(sampleTable(), linked), renderCompatTable(ROWS, ARGS, linked)];
const pictures = [renderSvgHeatmap(sampleTable()), renderSvgCurves(sampleTable())];
const reports = [lossTable(), groupsTable(), stepsTable(), matrixTable(), trendTable()].map((table) =>
  renderHtmlReport(table, linked),
);
const page = renderHtmlPage(
  [`<main><h1>Retention</h1>${form}${tables.join('')}${pictures.join('')}${reports.join('')}</main>`],
  {
    title: 'Retention',
  },
);

let browser: Browser;
let server: Server;
let origin: string;

/** Serves the form and a table at every address, under the strictest policy they work with. */
beforeAll(async () => {
  const nonced = { nonce: 'r4nd0m', inlineStyle: false };
  const served: Record<string, string> = {
    '/report.css': reportStylesheet,
    '/form.js': formScript,
    '/nonce': renderHtmlPage(
      [renderHtmlForm(cohort, { ...nonced, actionUrl: '/', events: EVENTS }), ...tables],
      {
        title: 'With a nonce',
        nonce: 'r4nd0m',
      },
    ),
    '/names': renderHtmlForm(cohort, { actionUrl: '/', events: ['active', 'merge'], ...linked }),
    '/careless': renderHtmlTable(sampleTable()),
  };
  const linking = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Cohorts</title><link rel="stylesheet" href="/report.css">${form}${tables.join('')}<script src="/form.js"></script>`;
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const source = pathname === '/nonce' ? "'nonce-r4nd0m'" : "'self'";
    const policy = `default-src 'none'; style-src ${source}; script-src ${source}; form-action 'self'; base-uri 'none'`;
    const type =
      { '/report.css': 'text/css', '/form.js': 'text/javascript' }[pathname] ?? 'text/html; charset=utf-8';
    response
      .writeHead(200, { 'content-type': type, 'content-security-policy': policy })
      .end(served[pathname] ?? linking);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Runs `use` with a page, and collects what the browser complains about. */
async function withPage(
  options: Parameters<Browser['newPage']>[0],
  use: (page: Page) => Promise<void>,
): Promise<string[]> {
  const opened = await browser.newPage(options);
  const complaints: string[] = [];
  opened.on('console', (message) => void complaints.push(message.text()));
  opened.on('pageerror', (error) => void complaints.push(error.message));
  opened.on('dialog', (dialog) => void complaints.push(`dialog: ${dialog.message()}`));
  try {
    await use(opened);
  } finally {
    await opened.close();
  }
  return complaints;
}

async function typeAfterTab(at: Page, text: string): Promise<void> {
  await at.keyboard.press('Tab');
  await at.keyboard.type(text);
}

describe('the form in a browser', () => {
  it.each([
    ['with JavaScript', true],
    ['with JavaScript off', false],
  ])('is filled and submitted by keyboard alone, %s', async (_, javaScriptEnabled) => {
    const complaints = await withPage({ javaScriptEnabled }, async (at) => {
      await at.goto(`${origin}/`);
      await typeAfterTab(at, 'first_commit');
      await typeAfterTab(at, 'purchase');
      await typeAfterTab(at, 'merge');
      await at.keyboard.press('Tab');
      // Group by and cells are chosen by their first letters.
      await typeAfterTab(at, 'mon');
      await typeAfterTab(at, 'cou');
      await typeAfterTab(at, '24');
      await typeAfterTab(at, '6');
      await typeAfterTab(at, '11222026');
      const arrived = at.waitForURL(/select1=/);
      await at.keyboard.press('Enter');
      await arrived;
      expect(Object.fromEntries(new URL(at.url()).searchParams)).toEqual({
        team: '7',
        select1: 'first_commit',
        select1b: 'purchase',
        select2: 'merge',
        select2b: '',
        time_group: 'months',
        as_percent: '0',
        num_results: '24',
        num_of_rows: '6',
        start_date: '2026-11-22',
      });
    });
    expect(complaints).toEqual([]);
  });

  it('sends what parseForm reads, as it is and filled in', async () => {
    await withPage({}, async (at) => {
      const submit = async () => {
        const arrived = at.waitForURL(/select1=/);
        await at.click('button');
        await arrived;
        return parseForm(cohort, new URL(at.url()).searchParams);
      };
      await at.goto(`${origin}/`);
      expect(await submit()).toEqual({
        select1: 'active',
        select1b: undefined,
        select2: 'active',
        select2b: undefined,
        timeGroup: 'days',
        as: 'percent',
        numResults: 31,
        numOfRows: 12,
        startDate: undefined,
      });
      await at.goto(`${origin}/`);
      const hostile = 'ä & <b>=+%"\u202e';
      for (const name of ['select1', 'select1b', 'select2', 'select2b']) {
        await at.fill(`#bitmapist-${name}`, `${hostile}${name}`);
      }
      await at.selectOption('[name=time_group]', 'years');
      await at.selectOption('[name=as_percent]', '0');
      await at.fill('[name=num_results]', '7');
      await at.fill('[name=num_of_rows]', '0');
      await at.fill('[name=start_date]', '2024-02-29');
      expect(await submit()).toEqual({
        select1: `${hostile}select1`,
        select1b: `${hostile}select1b`,
        select2: `${hostile}select2`,
        select2b: `${hostile}select2b`,
        timeGroup: 'years',
        as: 'counts',
        numResults: 7,
        numOfRows: 0,
        startDate: '2024-02-29',
      });
      // What it would refuse is not sent at all.
      await at.goto(`${origin}/`);
      await at.fill('[name=num_results]', '10001');
      await at.click('button');
      expect(at.url()).toBe(`${origin}/`);
    });
  });

  it.each(['/', '/nonce'])('filters choices while one types, by keyboard alone, at %s', async (path) => {
    const complaints = await withPage({}, async (at) => {
      await at.goto(`${origin}${path}`);
      const choices = at.locator('.bm-choices:not([hidden]) li');
      await typeAfterTab(at, 'RCH');
      expect(await choices.allTextContents()).toEqual(['purchase']);
      // By label too; the name is what is sent, and not what is shown.
      await at.keyboard.press('Control+A');
      await at.keyboard.type('m');
      expect(await choices.allTextContents()).toEqual(
        expect.arrayContaining(['first_commit', 'Merged something']),
      );
      await at.keyboard.type('erg');
      await at.keyboard.press('ArrowDown');
      expect(await at.locator('[role=combobox]').first().getAttribute('aria-activedescendant')).toBe(
        await choices.first().getAttribute('id'),
      );
      await at.keyboard.press('Enter');
      expect(await at.inputValue('#bitmapist-select1')).toBe('Merged something');
      expect(await at.inputValue('[name=select1]')).toBe('merge');
      expect(await choices.count()).toBe(0);
      // A field that holds an event offers all the others, its own chosen; Escape keeps what was there.
      await at.keyboard.press('ArrowDown');
      expect(await choices.count()).toBe(EVENTS.length);
      expect(await at.locator('[aria-selected=true]').textContent()).toBe('Merged something');
      await at.keyboard.press('Escape');
      expect(await at.inputValue('#bitmapist-select1')).toBe('Merged something');
      // What is not listed can be typed and sent.
      await typeAfterTab(at, 'brand new');
      const arrived = at.waitForURL(/select1=/);
      await at.keyboard.press('Enter');
      await arrived;
      expect(new URL(at.url()).searchParams.get('select1b')).toBe('brand new');
    });
    expect(complaints).toEqual([]);
  });

  it('shows the label of an event whose name is typed in full, and sends the name', async () => {
    const complaints = await withPage({}, async (at) => {
      await at.goto(`${origin}/`);
      await typeAfterTab(at, 'merge');
      // Two events are called active and two Twice, so the names stand behind the labels.
      await typeAfterTab(at, 'active');
      await typeAfterTab(at, 'Twice');
      await typeAfterTab(at, ' Twice (again)');
      expect(await at.inputValue('#bitmapist-select1')).toBe('Merged something');
      expect(await at.inputValue('#bitmapist-select1b')).toBe('active');
      const arrived = at.waitForURL(/select1=/);
      await at.keyboard.press('Enter');
      await arrived;
      const { select1, select1b, select2, select2b } = Object.fromEntries(new URL(at.url()).searchParams);
      expect([select1, select1b, select2, select2b]).toEqual(['merge', 'active', 'Twice', 'again']);
    });
    expect(complaints).toEqual([]);
  });

  it('tells two events with one label apart, and forgets what was typed before', async () => {
    await withPage({}, async (at) => {
      await at.goto(`${origin}/`);
      await at.fill('#bitmapist-select1', 'brand new');
      await at.fill('#bitmapist-select1', '');
      await at.locator('.bm-choices:not([hidden]) li', { hasText: 'Twice (again)' }).click();
      await at.fill('#bitmapist-select1b', 'brand new');
      await at.fill('#bitmapist-select1b', '');
      const arrived = at.waitForURL(/select1=/);
      await at.click('button');
      await arrived;
      const { select1, select1b } = Object.fromEntries(new URL(at.url()).searchParams);
      expect([select1, select1b]).toEqual(['again', '']);
    });
  });

  it('sends names without labels as they are typed, with JavaScript off', async () => {
    await withPage({ javaScriptEnabled: false }, async (at) => {
      await at.goto(`${origin}/names`);
      await typeAfterTab(at, 'brand new');
      const arrived = at.waitForURL(/select1=/);
      await at.keyboard.press('Enter');
      await arrived;
      expect(new URL(at.url()).searchParams.get('select1')).toBe('brand new');
    });
  });

  it.each(['/', '/names'])('enhances a form once, whatever runs twice, at %s', async (path) => {
    await withPage({}, async (at) => {
      await at.goto(`${origin}${path}`);
      await at.addScriptTag({ url: '/form.js' });
      expect(await at.locator('.bm-choices').count()).toBe(4);
      expect(await at.locator('input[type=search]').count()).toBe(4);
      await at.fill('#bitmapist-select1', 'once');
      await at.evaluate(() => document.querySelector('form')!.reset());
      expect(await at.inputValue('#bitmapist-select1')).toBe('active');
    });
  });

  it('lets the pointer choose, hostile names too', async () => {
    const complaints = await withPage({}, async (at) => {
      await at.goto(`${origin}/`);
      await at.click('#bitmapist-select2b');
      await at.locator('.bm-choices:not([hidden]) li').nth(EVENTS.indexOf(HOSTILE_NAMES[0]!)).click();
      expect(await at.inputValue('#bitmapist-select2b')).toBe(HOSTILE_NAMES[0]);
      expect(await at.locator('.bm-choices:not([hidden])').count()).toBe(0);
    });
    expect(complaints).toEqual([]);
  });

  it('is not sent without an event, or with a number of results that is none', async () => {
    await withPage({}, async (at) => {
      await at.goto(`${origin}/`);
      await at.fill('#bitmapist-select1', '');
      await at.click('button');
      expect(await at.evaluate(() => document.activeElement?.id)).toBe('bitmapist-select1');
      await at.fill('#bitmapist-select1', 'active');
      await at.fill('[name=num_results]', '0');
      await at.click('button');
      expect(await at.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('num_results');
      expect(at.url()).toBe(`${origin}/`);
    });
  });
});

describe('pages under a strict content security policy', () => {
  it.each(['/', '/nonce'])('break no rule and are styled at %s', async (path) => {
    const complaints = await withPage({}, async (at) => {
      await at.goto(`${origin}${path}`);
      const cell = at.locator('td.bm-h20').first();
      expect(await cell.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(
        'rgb(11, 74, 143)',
      );
    });
    expect(complaints).toEqual([]);
  });

  it('would say so if they did', async () => {
    const complaints = await withPage({}, async (at) => void (await at.goto(`${origin}/careless`)));
    expect(complaints.join()).toContain('Content Security Policy');
  });
});

describe('pages for everybody', () => {
  it.each(['light', 'dark'] as const)('have no serious fault that axe finds, in %s', async (colorScheme) => {
    // Narrow, so that tables scroll; and with choices open.
    await withPage({ colorScheme, viewport: { width: 360, height: 640 } }, async (at) => {
      await at.setContent(page);
      await at.evaluate(formScript);
      await at.click('#bitmapist-select1');
      await at.evaluate(AXE);
      const { violations, passes } = await at.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(passes.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['color-contrast', 'label', 'td-headers-attr', 'scrollable-region-focusable']),
      );
    });
  });

  it('scroll only the table, not the page, on a phone', async () => {
    await withPage({ viewport: { width: 360, height: 640 } }, async (at) => {
      await at.goto(`${origin}/`);
      const [pageWidth, tableWidth] = await at.evaluate(() => [
        document.documentElement.scrollWidth,
        document.querySelector('.bm-scroll')!.scrollWidth,
      ]);
      expect(pageWidth).toBe(360);
      expect(tableWidth).toBeGreaterThan(360);
      await at.click('#bitmapist-select2b');
      expect(await at.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    });
  });

  it('pin the first column of a wide table, with a shadow while others are under it', async () => {
    await withPage({ viewport: { width: 360, height: 640 } }, async (at) => {
      const wide = renderHtmlTable(wideTable(4, 12), { inlineStyle: false });
      await at.setContent(renderHtmlPage([wide], { title: 'wide' }));
      const lookAt = () =>
        at.evaluate(async () => {
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          const label = document.querySelector('tbody th.bm-label')!;
          const { opacity } = getComputedStyle(label, '::after');
          return { x: label.getBoundingClientRect().x, opacity: Number(opacity) };
        });
      const before = await lookAt();
      expect(before.opacity).toBe(0);
      await at.evaluate(() => document.querySelector('.bm-scroll')!.scrollTo({ left: 200 }));
      await expect.poll(lookAt).toEqual({ x: expect.closeTo(8, 0), opacity: 1 });
    });
  });

  it('print the table alone, dark on white, whatever the screen', async () => {
    await withPage({ colorScheme: 'dark' }, async (at) => {
      await at.goto(`${origin}/`);
      await at.emulateMedia({ media: 'print' });
      const [background, formDisplay] = await at.evaluate(() => [
        getComputedStyle(document.querySelector('td.bm-h0')!).backgroundColor,
        getComputedStyle(document.querySelector('form')!).display,
      ]);
      expect(background).toBe('rgb(244, 249, 253)');
      expect(formDisplay).toBe('none');
    });
  });

  it.each(['screen', 'print'] as const)(
    'keep the dashes of a running period off its number, on %s',
    async (media) => {
      await withPage({}, async (at) => {
        await at.goto(`${origin}/`);
        await at.emulateMedia({ media });
        const room = await at.evaluate(() => {
          const style = getComputedStyle(document.querySelector('td.bm-running')!);
          const [padding, offset, width] = [style.paddingRight, style.outlineOffset, style.outlineWidth];
          return Number.parseFloat(padding) + Number.parseFloat(offset) - Number.parseFloat(width);
        });
        expect(room).toBeGreaterThanOrEqual(1);
      });
    },
  );

  it('run nothing that hides in names', async () => {
    const complaints = await withPage({}, async (at) => {
      for (const name of HOSTILE_NAMES) {
        const table = sampleTable({ select1: name, select2b: name });
        const all = [
          renderHtmlForm(cohort, {
            inlineScript: false,
            actionUrl: `/?a=${name}`,
            events: [[name, name]],
            chosen: { select1b: name },
            idPrefix: name,
          }),
          renderHtmlTable(table),
          renderCompatTable(ROWS, { ...ARGS, select1: name, select2b: name }),
          renderSvgHeatmap(table),
          renderSvgCurves(table),
        ];
        await at.setContent(renderHtmlPage(all, { title: name }));
        expect(await at.locator('script, img, b').count()).toBe(0);
      }
    });
    expect(complaints).toEqual([]);
  });
});

interface AxeResults {
  readonly violations: { id: string; impact: string; nodes: { html: string }[] }[];
  readonly passes: { id: string }[];
}

describe('pictures', () => {
  const parseAll = (at: Page, pictures: readonly string[]): Promise<string[]> =>
    at.evaluate(
      (texts) =>
        texts.flatMap((text) => {
          const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
          return parsed.querySelector('parsererror')?.textContent ?? [];
        }),
      pictures,
    );

  it('are well-formed XML, whatever the names', async () => {
    await withPage({}, async (at) => {
      const drawn = HOSTILE_NAMES.flatMap((name) => {
        const table = sampleTable({ select1: name, select2b: name });
        const others = [lossTable(), groupsTable(), stepsTable(), matrixTable()].map((each) => ({
          ...each,
          rows: each.rows.map((row) => ({ ...row, label: name })),
          columns: each.columns.map((column) => ({ ...column, label: name })),
        }));
        return [renderSvgHeatmap(table), renderSvgCurves(table), ...others.map((each) => renderSvg(each))];
      });
      expect(await parseAll(at, drawn)).toEqual([]);
      expect(await parseAll(at, ['<svg xmlns="http://www.w3.org/2000/svg"><path d></svg>'])).toHaveLength(1);
    });
  });

  it.skipIf(!hasGolden)('are well-formed XML for every third real cohort', async () => {
    await withPage({}, async (at) => {
      for (const name of GOLDEN_NAMES) {
        const drawn = readCohorts(name)
          .filter((_, index) => index % 3 === 0)
          .flatMap((cohort) => {
            const table = tableOf(cohort);
            // Sizes alone make no curves.
            const curves = table.columns.length === 0 ? [] : [renderSvgCurves(table, { as: 'counts' })];
            return [renderSvgHeatmap(table), ...curves];
          });
        expect(drawn.filter((picture) => /NaN|Infinity|undefined/.test(picture))).toEqual([]);
        expect(await parseAll(at, drawn)).toEqual([]);
      }
    });
  });

  it('show as images, in the colours of the screen', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await withPage({ colorScheme }, async (at) => {
        const urls = pictures.map(
          (picture) => `data:image/svg+xml;base64,${Buffer.from(picture).toString('base64')}`,
        );
        await at.setContent(urls.map((url) => `<img src="${url}">`).join(''));
        const corners = await at.evaluate(() =>
          Promise.all(
            [...document.images].map(async (image) => {
              await image.decode();
              const canvas = document.createElement('canvas').getContext('2d')!;
              canvas.drawImage(image, 0, 0);
              return [...canvas.getImageData(2, 2, 1, 1).data];
            }),
          ),
        );
        const corner = colorScheme === 'light' ? [255, 255, 255, 255] : [18, 24, 30, 255];
        expect(corners).toEqual([corner, corner]);
      });
    }
  });
});
