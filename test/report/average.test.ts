import { describe, expect, it } from 'vitest';
import { averageColumns, averageEntries } from '../../src/report/average.js';
import {
  renderHtmlTable,
  renderMarkdown,
  renderSvgCurves,
  renderSvgHeatmap,
  renderText,
} from '../../src/report.js';
import { tableOf } from '../support/report/golden.js';
import { sampleTable } from '../support/report/tables.js';

describe('an average that does not exist', () => {
  it.each([
    ['text', renderText],
    ['HTML', renderHtmlTable],
    ['Markdown', renderMarkdown],
    ['a heatmap', renderSvgHeatmap],
    ['curves', renderSvgCurves],
  ])('is refused by %s', (_, render) => {
    const refusal = 'expected "weighted" or "mean", got "median"';
    expect(() => render(sampleTable(), { average: 'median' as 'mean' })).toThrow(refusal);
  });
});

describe('the averages of a table', () => {
  // January 1200: 1200, 600, 1, 150 · February 300: 300, 0, 75 · March 0 · April 40: 40, running.
  const table = sampleTable();

  it('are weighted by the members of the cohorts whose period is over, empty ones left out', () => {
    expect(averageColumns(table, 'percent', 'weighted')).toEqual([
      (1500 / 1500) * 100,
      (600 / 1500) * 100,
      (1 / 1200) * 100,
      undefined,
    ]);
  });

  it('take each cohort alike where asked to', () => {
    expect(averageColumns(table, 'percent', 'mean')).toEqual([
      100,
      (50 + 0) / 2,
      (1 / 1200) * 100,
      undefined,
    ]);
  });

  it('are people per cohort where people are counted, however they are weighted', () => {
    for (const kind of ['weighted', 'mean'] as const) {
      expect(averageColumns(table, 'counts', kind)).toEqual([750, 300, 1, undefined]);
    }
  });

  it('are none where no cohort has members, or no row is there', () => {
    const empty = { ...table, rows: table.rows.filter(({ total }) => total === 0) };
    const none = [undefined, undefined, undefined, undefined];
    expect(averageColumns(empty, 'percent', 'weighted')).toEqual(none);
    expect(averageColumns(empty, 'counts', 'mean')).toEqual(none);
    expect(averageColumns({ ...table, rows: [] }, 'percent', 'mean')).toEqual(none);
    expect(averageColumns({ ...table, numOfRows: -1 }, 'percent', 'mean')).toEqual([]);
  });

  it('of the reference are over all entries, running periods among them', () => {
    const compat = tableOf(
      {
        params: {
          time_group: 'months',
          num_of_rows: 2,
          select1: 'signup',
          select1b: null,
          select2: 'login',
          select2b: null,
        },
        count: [
          ['2026-01-01T00:00:00+00:00', 200, 200, 100, 50],
          ['2026-02-01T00:00:00+00:00', 100, 100, 10, ''],
          ['2026-03-01T00:00:00+00:00', 0, '', '', ''],
        ],
      },
      '2026-02-15T00:00:00Z',
    );
    expect(averageEntries(compat, 'counts')).toEqual([150, 55, 50]);
    expect(averageEntries(compat, 'percent')).toEqual([100, 30, 25]);
  });
});
