import { describe, expect, it } from 'vitest';
import { renderSvg } from '../../src/report.js';
import { attributeOf, type Element, elementsOf, parseStrictly, textOf } from '../support/report/markup.js';
import { groupsTable, lossTable } from '../support/report/tables.js';

const barsIn = (svg: string): Element[] =>
  elementsOf(parseStrictly(svg), 'g').filter((group) => attributeOf(group, 'class') === 'bar');
const titlesOf = (svg: string): string[] => barsIn(svg).map((bar) => textOf(elementsOf(bar, 'title')[0]!));
const textsOf = (svg: string): string[] => elementsOf(parseStrictly(svg), 'text').map(textOf);
const numberOf = (element: Element, name: string): number => Number(attributeOf(element, name));
const rectOf = (bar: Element): Element => elementsOf(bar, 'rect')[0]!;
/** Rows with periods, over and over. */
const overTime = (rows: number, stacked: boolean) => {
  const { rows: all, ...table } = lossTable();
  return {
    ...table,
    stacked,
    rows: Array.from({ length: rows }, (_, index) => ({
      ...all[2]!,
      period: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
    })),
  };
};

describe('bars over time', () => {
  it('stand on each other and hang below the line, and say what they stand for', () => {
    const svg = renderSvg(lossTable());
    expect(titlesOf(svg)).toEqual([
      'Jan 2026 · New: 40 in Jan 2026',
      'Feb 2026 · New: 30 in Feb 2026',
      'Feb 2026 · Returning: 25 in Feb 2026',
      'Feb 2026 · Dormant: 15 in Feb 2026',
      'Mar 2026 · New: 5 in Mar 2026 so far',
      'Mar 2026 · Returning: 30 in Mar 2026 so far',
      'Mar 2026 · Resurrecting: 10 in Mar 2026 so far',
      'Mar 2026 · Dormant: 25 in Mar 2026 so far',
    ]);
    const [, fresh, returning, dormant] = barsIn(svg).map(rectOf);
    const line = numberOf(fresh!, 'y') + numberOf(fresh!, 'height');
    expect(numberOf(returning!, 'y') + numberOf(returning!, 'height')).toBeCloseTo(numberOf(fresh!, 'y'), 0);
    expect(numberOf(dormant!, 'y')).toBeCloseTo(line, 0);
    expect(attributeOf(dormant!, 'x')).toBe(attributeOf(fresh!, 'x'));
  });

  it('have axes, keys, and a mark at the period that runs; who was lost is no negative number', () => {
    expect(textsOf(renderSvg(lossTable()))).toEqual(
      expect.arrayContaining(['60', '0', '40', 'Jan', '2026', 'Feb', 'Mar*', 'New', 'Dormant']),
    );
    expect(textsOf(renderSvg(lossTable()))).toContain('pale, *: not over yet');
    expect(textsOf(renderSvg(lossTable())).filter((text) => text.startsWith('-'))).toEqual([]);
    expect(textsOf(renderSvg(lossTable()))).not.toContain('Growth');
  });

  it('are pale and dashed if their period runs, and only then', () => {
    const dashed = barsIn(renderSvg(lossTable())).map(
      (bar) => attributeOf(rectOf(bar), 'stroke-dasharray') !== undefined,
    );
    expect(dashed).toEqual([false, false, false, false, true, true, true, true]);
  });

  it('stand side by side if classes overlap', () => {
    const rects = barsIn(renderSvg({ ...lossTable(), stacked: false })).map(rectOf);
    const [fresh, returning] = rects.slice(1);
    expect(numberOf(returning!, 'x')).toBeGreaterThanOrEqual(
      numberOf(fresh!, 'x') + numberOf(fresh!, 'width'),
    );
  });

  it.each([
    [1, 320],
    [12, 400],
    [90, 320],
    [400, 760],
  ])('keep %d rows within a width of %d, with labels apart', (rows, width) => {
    for (const stacked of [true, false]) {
      const svg = renderSvg(overTime(rows, stacked), { width });
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      const [root] = elementsOf(parseStrictly(svg), 'svg');
      for (const bar of barsIn(svg)) {
        const rect = rectOf(bar);
        expect(numberOf(rect, 'x') + numberOf(rect, 'width')).toBeLessThanOrEqual(width);
        expect(numberOf(rect, 'y') + numberOf(rect, 'height')).toBeLessThanOrEqual(numberOf(root!, 'height'));
      }
      const axis = elementsOf(root!, 'text').filter((text) => /^\d+ [A-Z][a-z]{2}\*?$/.test(textOf(text)));
      const places = axis.map((text) => numberOf(text, 'x'));
      for (const [index, x] of places.slice(1).entries()) expect(x - places[index]!).toBeGreaterThan(42);
    }
  });
});

describe('bars beside names', () => {
  it('have their numbers at their ends', () => {
    const svg = renderSvg(groupsTable());
    expect(titlesOf(svg).slice(0, 2)).toEqual([
      '1 day · Exactly: 800 of 4,000',
      '1 day · At least: 3,020 of 4,000',
    ]);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['1 day', '7 days', '800', '3,020', 'Exactly']));
    const [first, second] = barsIn(svg).map(rectOf);
    expect(attributeOf(first!, 'x')).toBe(attributeOf(second!, 'x'));
    expect(numberOf(second!, 'y')).toBeGreaterThan(numberOf(first!, 'y'));
    expect(numberOf(second!, 'width') / numberOf(first!, 'width')).toBeCloseTo(3020 / 800, 1);
    expect(textsOf(renderSvg(groupsTable(), { as: 'percent' }))).toContain('20.0%');
  });

  it('shorten names that would leave no room, and have them all for the asking', () => {
    const table = groupsTable();
    const label = 'x'.repeat(200);
    const svg = renderSvg({ ...table, rows: [{ ...table.rows[0]!, label }] }, { width: 320 });
    expect(textsOf(svg).some((text) => text.endsWith('…'))).toBe(true);
    expect(svg).toContain(`<title>${label}</title>`);
    for (const bar of barsIn(svg)) expect(numberOf(rectOf(bar), 'width')).toBeGreaterThan(0);
  });

  it('lie in one line if they are stacked', () => {
    const rects = barsIn(renderSvg({ ...groupsTable(), stacked: true })).map(rectOf);
    expect(attributeOf(rects[0]!, 'y')).toBe(attributeOf(rects[1]!, 'y'));
    expect(numberOf(rects[1]!, 'x')).toBeCloseTo(numberOf(rects[0]!, 'x') + numberOf(rects[0]!, 'width'), 0);
  });
});

describe('pictures of bars', () => {
  it.each([lossTable(), groupsTable()])(
    'say where bars stand within a page, and let one be reached by Tab',
    (table) => {
      const bars = barsIn(renderSvg(table, { interactive: true }));
      expect(bars.map((bar) => attributeOf(bar, 'tabindex'))).toEqual(
        bars.map((_, index) => (index === 0 ? '0' : '-1')),
      );
      for (const bar of bars) {
        const cell = table.rows[numberOf(bar, 'data-row')]!.cells[numberOf(bar, 'data-column')]!;
        expect(textOf(elementsOf(bar, 'title')[0]!)).toContain(`: ${cell.count.toLocaleString('en')}`);
      }
      expect(renderSvg(table)).not.toContain('data-row');
    },
  );

  it('are heatmaps if there are more classes than colours', () => {
    const table = groupsTable();
    const columns = Array.from({ length: 9 }, (_, index) => ({ key: `${index}`, label: `${index}` }));
    const rows = table.rows.map((row) => ({ ...row, cells: columns.map(() => row.cells[0]!) }));
    expect(renderSvg({ ...table, columns, rows })).toContain('colours relative to this table');
  });

  it('need no row, and no number', () => {
    for (const table of [lossTable(), groupsTable()]) {
      const zeros = table.rows.map((row) => ({
        ...row,
        cells: row.cells.map((cell) => ({ ...cell, count: 0 })),
      }));
      for (const rows of [[], zeros]) {
        const svg = renderSvg({ ...table, rows });
        expect(() => parseStrictly(svg)).not.toThrow();
        expect(svg).not.toMatch(/NaN|Infinity/);
      }
    }
  });
});
