import { describe, expect, it } from 'vitest';
import { renderSvgCurves } from '../../src/report.js';
import { explainCell, inLines, showAs, viewTable } from '../../src/tables/view.js';
import { lossTable, sampleTable, sizesTable, trendTable, withCells } from '../support/report/tables.js';

describe('the view of a table', () => {
  it('is of its own unit and averages unless its reader wishes otherwise', () => {
    const table = sampleTable();
    expect(showAs(table, {})).toBe(table);
    expect(showAs(table, { as: 'percent' })).toBe(table);
    expect(showAs(table, { as: 'counts' })).toMatchObject({ unit: 'people', summary: { label: 'Mean' } });
    expect(showAs(table, { average: 'mean' })).toMatchObject({ unit: 'percent', summary: { label: 'Mean' } });
    const simple = showAs(table, { average: 'mean' });
    const again = showAs(showAs(simple, { as: 'counts' }), { as: 'percent' });
    expect(again.summary).toEqual(simple.summary);
    expect(showAs(sizesTable(), { as: 'counts' }).summary).toEqual(sizesTable().summary);
    expect(showAs(trendTable(), { as: 'counts' })).toEqual(trendTable());
  });

  it('says what the numbers are in words that follow the unit', () => {
    const { subtitle, title } = viewTable(sampleTable(), { as: 'counts' });
    expect([title, subtitle]).toEqual([
      'signup → login',
      'people of each cohort who came back, 0 to 3 months later · total size 1,540',
    ]);
    expect(viewTable(sizesTable()).subtitle).toBe('sizes of the cohorts');
    expect(viewTable({ ...sampleTable(), subtitle: undefined }).subtitle).toBe('percent');
  });

  it('leaves out averages as long as nothing is finished, but never a total', () => {
    const running = withCells(sampleTable(), (cells) =>
      cells.map((cell) => (cell.state === 'final' ? { ...cell, state: 'running' as const } : cell)),
    );
    expect(viewTable(running).summary).toBeUndefined();
    expect(viewTable(withCells(sampleTable(), (cells) => cells)).summary?.label).toBe('Weighted average');
    expect(viewTable(sizesTable()).summary?.label).toBe('Total');
    expect(renderSvgCurves(running).toLowerCase()).not.toContain('average<');
  });

  it('explains the signs that occur, in words that suit the layout', () => {
    const meanings = (layout: 'triangle' | 'bars') =>
      viewTable({ ...sampleTable(), layout }).signs.map(({ sign, meaning }) => `${sign} ${meaning}`);
    expect(meanings('triangle')).toEqual([
      '* not over yet',
      'blank still to come',
      '– cohort without members',
      '0% nobody came back',
    ]);
    expect(meanings('bars')).toEqual(['* not over yet', 'blank still to come', '– nothing to compare with']);
    expect(viewTable(trendTable()).signs.map(({ state }) => state)).toEqual(['running', 'future']);
  });

  it('shows every column in its own unit, which stays if the others change', () => {
    const { rows, signs } = viewTable(lossTable());
    expect(rows.map(({ cells }) => cells.map(({ text }) => text))).toEqual([
      ['40', '0', '0', '0', '–', '–'],
      ['30', '25', '0', '15', '37.5%', '2.00'],
      ['5', '30', '10', '25', '-18.2%', '0.60'],
    ]);
    expect(signs.map(({ meaning }) => meaning)).toEqual(['not over yet', 'nothing to compare with']);
    expect(() => viewTable(lossTable(), { as: 'percent' })).toThrow('expected a table of shares');
    const shares = lossTable().rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell) => ({ ...cell, of: 80 })),
    }));
    const [first] = viewTable({ ...lossTable(), rows: shares }, { as: 'percent' }).rows;
    expect(first!.cells.map(({ text }) => text)).toEqual(['50.0%', '0%', '0%', '0%', '50.0%', '0.50']);
  });

  it('has lines over time downwards', () => {
    const lines = inLines(trendTable());
    expect(lines).toMatchObject({ rowHead: 'Period', columnHead: 'Event' });
    expect(lines.rows.map(({ key, cells }) => [key, ...cells.map(({ count }) => count)])).toEqual([
      ['2026-04-13', 0, 4000],
      ['2026-04-14', 1000, 5000],
      ['2026-04-15', 2000, 6000],
      ['2026-04-16', 3000, 7000],
    ]);
    expect(inLines(sampleTable())).toEqual(sampleTable());
  });

  it('tells the figures that a cell stands on', () => {
    expect(explainCell(sampleTable(), 0, 1)).toBe('600 of 1,200 in Feb 2026');
    expect(explainCell(trendTable(), 1, 0)).toBe('4,000 on 2026-04-13');
    expect(explainCell(inLines(trendTable()), 0, 1)).toBe('4,000 on 2026-04-13');
    const explainLater = (later: [number, number?]) =>
      explainCell(
        { ...sampleTable(), columns: sampleTable().columns.map((each) => ({ ...each, later })) },
        0,
        1,
      );
    expect(explainLater([3, 3])).toBe('600 of 1,200 in Apr 2026');
    expect(explainLater([1, 3])).toBe('600 of 1,200 from Feb 2026 to Apr 2026');
    expect(explainLater([1])).toBe('600 of 1,200 since Feb 2026');
    const { period: _, ...row } = sampleTable().rows[0]!;
    expect(explainCell({ ...sampleTable(), rows: [row] }, 0, 1)).toBe('600 of 1,200');
  });
});
