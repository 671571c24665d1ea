import { describe, expect, it } from 'vitest';
import {
  renderHtmlTable,
  renderMarkdown,
  renderSvgCurves,
  renderSvgHeatmap,
  renderText,
} from '../../src/report.js';
import { type AverageKind, averageRow } from '../../src/tables/average.js';
import { type Cell, cellValue, type Table, type Unit } from '../../src/tables/table.js';
import { sampleTable } from '../support/report/tables.js';

const cell = (count: number, of: number, state: Cell['state'] = 'final'): Cell => ({ count, of, state });

/** January 1200: 1200, 600, 1, 150 · February 300: 300, 0, 75 · March 0 · April 40: 40, running. */
const table: Pick<Table, 'rows' | 'columns'> = {
  columns: ['0', '1', '2', '3'].map((key) => ({ key, label: key })),
  rows: [
    [cell(1200, 1200), cell(600, 1200), cell(1, 1200), cell(150, 1200, 'running')],
    [cell(300, 300), cell(0, 300), cell(75, 300, 'running'), cell(0, 300, 'future')],
    [cell(0, 0, 'empty'), cell(0, 0, 'empty'), cell(0, 0, 'future'), cell(0, 0, 'future')],
    [cell(40, 40, 'running'), cell(0, 40, 'future'), cell(0, 40, 'future'), cell(0, 40, 'future')],
  ].map((cells, row) => ({ key: `${row}`, label: `${row}`, cells })),
};

function averages(each: typeof table, unit: Unit, kind?: AverageKind): (number | undefined)[] {
  return averageRow(each, unit, kind).cells.map((average) => cellValue(average, unit));
}

describe('the averages of a table', () => {
  it('are weighted by the members of the cohorts whose period is over, empty ones left out', () => {
    expect(averages(table, 'percent')).toEqual([
      (1500 / 1500) * 100,
      (600 / 1500) * 100,
      (1 / 1200) * 100,
      undefined,
    ]);
    expect(averageRow(table, 'percent')).toMatchObject({
      label: 'Weighted average',
      cells: [{ count: 1500 }, { count: 600, of: 1500 }, {}, {}],
    });
  });

  it('take each cohort alike if asked to', () => {
    expect(averages(table, 'percent', 'mean')).toEqual([100, (50 + 0) / 2, (1 / 1200) * 100, undefined]);
    expect(averageRow(table, 'percent', 'mean').label).toBe('Mean');
  });

  it('are people per cohort if people are counted, however they are weighted', () => {
    for (const kind of ['weighted', 'mean'] as const) {
      expect(averages(table, 'people', kind)).toEqual([750, 300, 1, undefined]);
      expect(averageRow(table, 'people', kind).label).toBe('Mean');
    }
  });

  it('are none if no cohort has members, or no row is there', () => {
    const none = [undefined, undefined, undefined, undefined];
    const empty = { ...table, rows: table.rows.slice(2, 3) };
    expect(averages(empty, 'percent')).toEqual(none);
    expect(averages(empty, 'people', 'mean')).toEqual(none);
    expect(averages({ ...table, rows: [] }, 'percent', 'mean')).toEqual(none);
    expect(averages({ rows: table.rows, columns: [] }, 'percent', 'mean')).toEqual([]);
  });

  it('of cells that are no shares are their mean', () => {
    const cells = [2, 4].map((count) => ({ count, state: 'final' as const }));
    const rows = cells.map((cell, index) => ({ key: `${index}`, label: '', cells: [cell] }));
    const average = averageRow({ rows, columns: [{ key: '0', label: '0' }] }, 'ratio');
    expect(average).toEqual({ key: 'average', label: 'Mean', cells: [{ count: 3, state: 'final' }] });
  });

  it('of a kind that does not exist are refused', () => {
    expect(() => averageRow(table, 'percent', 'median' as 'mean')).toThrow(
      new RangeError('expected "weighted" or "mean", got "median"'),
    );
  });
});

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
