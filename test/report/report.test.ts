import { describe, expect, it } from 'vitest';
import { renderHtmlReport, renderHtmlTable } from '../../src/report.js';
import type { Table } from '../../src/tables/table.js';
import { elementsOf, findActive, parseStrictly, textOf } from '../support/report/markup.js';
import {
  groupsTable,
  HOSTILE_NAMES,
  lossTable,
  matrixTable,
  sampleTable,
  sizesTable,
  stepsTable,
  trendTable,
} from '../support/report/tables.js';

const namesIn = (table: Table): string[] =>
  elementsOf(parseStrictly(renderHtmlReport(table)))
    .map(({ tagName }) => tagName)
    .filter((name) => /^(svg|table|details)$/.test(name));

describe('renderHtmlReport', () => {
  it('has a picture above the numbers, unless the table is one', () => {
    expect([lossTable(), groupsTable(), trendTable()].map(namesIn)).toEqual([
      ['svg', 'svg', 'table'],
      ['svg', 'svg', 'table'],
      ['svg', 'svg', 'table'],
    ]);
    expect(namesIn(stepsTable())).toEqual(['svg', 'svg', 'table', 'table']);
    for (const table of [sampleTable(), matrixTable(), sizesTable()]) {
      expect(renderHtmlReport(table)).toBe(renderHtmlTable(table));
    }
  });

  it('keeps many rows for the asking', () => {
    const table = groupsTable();
    const rows = Array.from({ length: 32 }, (_, index) => ({ ...table.rows[0]!, key: `${index}` }));
    expect(namesIn({ ...table, rows })).toEqual(['svg', 'svg', 'details', 'table']);
  });

  it('says once what it is about, and its notes', () => {
    const root = parseStrictly(renderHtmlReport({ ...lossTable(), notes: ['no event "nobdy" here'] }));
    expect(textOf(root).split('no event').length - 1).toBe(1);
    expect(elementsOf(root, 'style')).toHaveLength(1);
  });

  it('is of what its reader wishes to see', () => {
    expect(textOf(parseStrictly(renderHtmlReport(groupsTable(), { as: 'percent' })))).toContain('75.5%');
  });

  it('keeps names text', () => {
    for (const name of HOSTILE_NAMES) {
      const named = {
        ...lossTable(),
        title: name,
        columns: lossTable().columns.map((each) => ({ ...each, label: name })),
      };
      expect(findActive(parseStrictly(renderHtmlReport(named)))).toEqual([]);
    }
  });
});
