import { describe, expect, it } from 'vitest';
import { averageEntry, floatText } from '../../src/compat/cells.js';
import { compatCells, renderCompatCsv } from '../../src/compat.js';
import { roundHalfEven } from '../../src/tables/numbers.js';
import { hasGolden, readGoldenJson } from '../support/golden/files.js';
import { GOLDEN_NAMES, type GoldenCohort, readCohorts } from '../support/report/golden.js';

interface GoldenCells {
  readonly head: string[];
  readonly rows: [string, string, ...string[][]][];
  readonly avg: string[];
}

interface GoldenHtml {
  readonly params: GoldenCohort['params'];
  readonly cells_percent: GoldenCells;
  readonly cells_count: GoldenCells;
}

function optionsOf({ params }: GoldenCohort) {
  return { timeGroup: params.time_group, numOfRows: Number(params.num_of_rows) };
}

describe.skipIf(!hasGolden)('the cells of the reference', () => {
  it.each(GOLDEN_NAMES)('are those of every cohort of %s as it prints them', { tags: 'long' }, (name) => {
    const cohorts = readCohorts(name);
    const pages = readGoldenJson<GoldenHtml[]>(`expected/${name}.html.json.gz`);
    expect(pages.map(({ params }) => params)).toEqual(cohorts.map(({ params }) => params));
    pages.forEach((page, index) => {
      const { percent, count } = cohorts[index]!;
      const options = optionsOf(cohorts[index]!);
      expect(compatCells(percent, options)).toEqual(page.cells_percent);
      expect(compatCells(count, { ...options, as: 'counts' })).toEqual(page.cells_count);
    });
  });

  it.each(GOLDEN_NAMES)(
    'are those of the CSV of every cohort of %s to the letter',
    { tags: 'long' },
    (name) => {
      for (const cohort of readCohorts(name)) {
        const options = optionsOf(cohort);
        expect(renderCompatCsv(cohort.percent, options)).toBe(cohort.csv_percent);
        expect(renderCompatCsv(cohort.count, { ...options, as: 'counts' })).toBe(cohort.csv_count);
      }
    },
  );

  it('round all 2,723 percentages and their alphas as Python does', () => {
    const values = readGoldenJson<[number, string, string, string][]>('expected/rounding_values.json.gz');
    expect(values).toHaveLength(2723);
    for (const [value, text, background, color] of values) {
      expect(floatText(roundHalfEven(value, 2))).toBe(text);
      expect(floatText(roundHalfEven(value / 100, 1))).toBe(background);
      expect(floatText(roundHalfEven(value / 100 + 0.5, 1))).toBe(color);
    }
  });
});

describe('the CSV of the reference', () => {
  it('has its labels and numbers, and its line feeds', () => {
    const rows = [
      ['2026-01-01T00:00:00+00:00', 1200, 100, 50, (1 / 1200) * 100, 12.5],
      ['2026-02-01T00:00:00+00:00', 300, 100, 0, 25, ''],
      ['2026-03-01T00:00:00+00:00', 0, '', '', '', ''],
    ] as const;
    expect(renderCompatCsv(rows, { timeGroup: 'months', numOfRows: 3 })).toBe(
      'Date,Total,0,1,2,3\n01 Jan,1200,100.0,50.0,0.08,12.5\n01 Feb,300,100.0,0.0,25.0,\n01 Mar,0,,,,\n',
    );
  });
});

describe('the averages of the reference', () => {
  it('are over all entries, running periods among them', () => {
    const rows = [
      ['2026-01-01T00:00:00+00:00', 200, 200, 100, 50],
      ['2026-02-01T00:00:00+00:00', 100, 100, 10, ''],
      ['2026-03-01T00:00:00+00:00', 0, '', '', ''],
    ] as const;
    expect([0, 1, 2, 3].map((column) => averageEntry(rows, column))).toEqual([150, 55, 50, undefined]);
  });
});
