import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { type Explorer, openExplorer, readHeatmap } from '../support/explorer/page.js';
import { goldenPath, hasGolden, readGoldenJson } from '../support/golden/files.js';

interface GoldenCohort {
  readonly params: Readonly<Record<string, string | number | null>>;
  readonly count: readonly (readonly [string, number, ...(number | '')[]])[];
}

const NAMES = ['onlineretail', 'git_express'];
/** Of each time group and each number of selections, this many tables. */
const PER_KIND = 2;

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser?.close());

describe.skipIf(!hasGolden)('a dump that Redis wrote', () => {
  it.each(NAMES)('shows the cells of the reference in its retention tables: %s', async (name) => {
    const explorer = await openExplorer(browser);
    await explorer.open(goldenPath(`rdb/${name}.rdb.gz`));
    const cohorts = choose(readGoldenJson<{ cohorts: GoldenCohort[] }>(`expected/${name}.json.gz`).cohorts);
    expect(cohorts.length).toBeGreaterThanOrEqual(8);
    for (const cohort of cohorts) {
      expect(await readTable(explorer, cohort), JSON.stringify(cohort.params)).toEqual(
        cohort.count.map(([, ...numbers]) => numbers.map((entry) => (entry === '' ? 0 : entry))),
      );
    }
    expect(explorer.complaints).toEqual([]);
    await explorer.close();
  });

  it('shows the number of ids of every event', async () => {
    const explorer = await openExplorer(browser);
    await explorer.open(goldenPath('rdb/onlineretail.rdb.gz'));
    await explorer.show('#/events', 'table.events[aria-busy=false]');
    const shown = await explorer.page.$$eval('table.events tbody tr', (rows) =>
      rows.map((row): [string, number] => [
        row.querySelector('a')?.textContent ?? '',
        Number(row.querySelector('td')?.textContent?.replace(',', '')),
      ]),
    );
    const { counts } = readGoldenJson<{ counts: [string, string, unknown[], number][] }>(
      'expected/onlineretail.json.gz',
    );
    const expected = counts.filter(([kind]) => kind === 'UniqueEvents');
    expect(shown.length).toBe(41);
    for (const [, event, , count] of expected)
      expect([event, Object.fromEntries(shown)[event]]).toEqual([event, count]);
    await explorer.close();
  });
});

/** Some tables of every kind that the page has controls for. */
function choose(cohorts: readonly GoldenCohort[]): GoldenCohort[] {
  const kinds = new Map<string, GoldenCohort[]>();
  for (const cohort of cohorts) {
    const { time_group, num_of_rows, num_results, select1b, select2b } = cohort.params;
    if (!(Number(num_of_rows) >= 0) || Number(num_of_rows) > 60 || Number(num_results) > 60) continue;
    const kind = [time_group, select1b !== null, select2b !== null].join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), cohort].slice(0, PER_KIND));
  }
  return [...kinds.values()].flat();
}

async function readTable(explorer: Explorer, { params, count }: GoldenCohort): Promise<number[][]> {
  const query = new URLSearchParams({
    select1: String(params.select1),
    select1b: String(params.select1b ?? ''),
    select2: String(params.select2),
    select2b: String(params.select2b ?? ''),
    time_group: String(params.time_group),
    num_results: String(count.length),
    num_of_rows: String(params.num_of_rows),
    start_date: count[0]![0].slice(0, 10),
    as_percent: '0',
  });
  await explorer.show(`#/cohort?${query}`, '.bitmapist table');
  return readHeatmap(explorer.page);
}
