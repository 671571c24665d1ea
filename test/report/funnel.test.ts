import { describe, expect, it } from 'vitest';
import { renderSvg } from '../../src/report.js';
import { attributeOf, elementsOf, parseStrictly, textOf } from '../support/report/markup.js';
import { HOSTILE_NAMES, stepsTable } from '../support/report/tables.js';

const textsOf = (svg: string): string[] => elementsOf(parseStrictly(svg), 'text').map(textOf);

describe('the picture of a funnel', () => {
  it('shows how many took each step, of all and of the step before, and the other rows below', () => {
    expect(textsOf(renderSvg(stepsTable()))).toEqual([
      'signup → active → pay',
      'percent of those who began in a month, within 2 months',
      ...['1. signup', '1,000* · 100%', '↓ 62.0% of these took the next step'],
      ...['2. active', '620* · 62.0%', '↓ 50.0% of these took the next step'],
      ...['3. pay', '310* · 31.0%'],
      ...['Began in', 'Size', 'signup', 'active', 'pay'],
      ...['Jan 2026', '500', '100%', '66.0%', '34.0%'],
      ...['Feb 2026', '500', '100%*', '58.0%*', '28.0%*'],
      ...['Mar 2026', '0', '–', '–', '–'],
      ...['0%', '66.0%', 'above 66.0%', 'colours relative to this table'],
      '*: not over yet · –: nothing to compare with',
    ]);
  });

  it('has bars as wide as the part that took the step', () => {
    const rects = elementsOf(parseStrictly(renderSvg(stepsTable())), 'rect');
    const widths = rects
      .filter((rect) => attributeOf(rect, 'class') === 'bar0')
      .map((rect) => Number(attributeOf(rect, 'width')));
    expect(widths.map((width) => width / widths[0]!)).toEqual([
      1,
      expect.closeTo(0.62, 2),
      expect.closeTo(0.31, 2),
    ]);
  });

  it('says where steps and cells stand within a page, in the table that was given', () => {
    const root = parseStrictly(renderSvg(stepsTable(), { interactive: true }));
    const places = elementsOf(root, 'g').flatMap((group) => {
      const row = attributeOf(group, 'data-row');
      return row === undefined ? [] : [`${row},${attributeOf(group, 'data-column')}`];
    });
    expect(places).toEqual(['0,0', '0,1', '0,2', '1,0', '1,1', '1,2', '2,0', '2,1', '2,2']);
  });

  it('stands alone if there is one row, or none, and counts people if asked to', () => {
    const table = stepsTable();
    const alone = renderSvg({ ...table, rows: table.rows.slice(0, 1) });
    expect(textsOf(alone).at(-1)).toBe('*: not over yet');
    expect(() => parseStrictly(renderSvg({ ...table, rows: [] }))).not.toThrow();
    expect(textsOf(renderSvg(table, { as: 'counts' }))).toEqual(
      expect.arrayContaining(['330', '620* · 62.0%']),
    );
  });

  it('keeps names text, and within the picture', () => {
    for (const name of [...HOSTILE_NAMES, 'x'.repeat(300)]) {
      const columns = stepsTable().columns.map((column) => ({ ...column, label: name }));
      const root = parseStrictly(renderSvg({ ...stepsTable(), columns }, { width: 320 }));
      expect(elementsOf(root, 'script')).toEqual([]);
      const heads = elementsOf(root, 'text').filter((text) => textOf(text).startsWith('1. '));
      expect(textOf(heads[0]!).length * 7).toBeLessThan(320);
    }
  });
});
