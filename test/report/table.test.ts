import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/base/errors.js';
import { renderHtmlPage, renderHtmlTable, reportStylesheet } from '../../src/report.js';
import { attributeOf, elementsOf, findActive, parseStrictly, textOf } from '../support/report/markup.js';
import {
  HOSTILE_NAMES,
  lossTable,
  matrixTable,
  sampleTable,
  sizesTable,
  stepsTable,
  trendTable,
  wideTable,
} from '../support/report/tables.js';

describe('renderHtmlTable', () => {
  const rowsOf = (html: string): string[][] =>
    elementsOf(parseStrictly(html), 'tr').map((row) =>
      elementsOf(row)
        .filter(({ tagName }) => /^t[dh]$/.test(tagName))
        .map(textOf),
    );

  it('links numbers to who they are, if it is told where', () => {
    const asked: (string | undefined)[] = [];
    const html = renderHtmlTable(trendTable(), {
      cellUrl: ({ query, count }) => {
        asked.push(query);
        return count > 0 ? `people?${new URLSearchParams({ query: query! })}` : undefined;
      },
    });
    const { rows } = trendTable();
    expect(asked.sort()).toEqual(rows.flatMap(({ cells }) => cells.map(({ query }) => query)).sort());
    const links = elementsOf(parseStrictly(html), 'a');
    expect(links).toHaveLength(
      rows.flatMap(({ cells }) => cells).filter(({ count, state }) => count > 0 && state !== 'future').length,
    );
    const cells = new Map(rows.flatMap((row) => row.cells.map((cell) => [cell.query, cell.count])));
    for (const link of links) {
      const query = new URL(attributeOf(link, 'href')!, 'http://localhost').searchParams.get('query')!;
      expect(textOf(link).replaceAll(',', '')).toBe(String(cells.get(query)));
    }
    expect(() => renderHtmlTable(trendTable(), { cellUrl: () => 'javascript:alert(1)' })).toThrow(
      'expected a relative',
    );
  });

  it('tells all states of a cell apart in words and signs', () => {
    expect(rowsOf(renderHtmlTable(sampleTable()))).toEqual([
      ['Cohort', 'Size', 'Months later'],
      ['Month 0', 'Month 1', 'Month 2', 'Month 3'],
      ['Weighted average', '', '100%', '40.0%', '0.1%', ''],
      ['Jan 2026', '1,200', '100%', '50.0%', '0.1%', '12.5%* so far'],
      ['Feb 2026', '300', '100%', '0%', '25.0%* so far', 'still to come'],
      ['Mar 2026', '0', '–no members', '–no members', 'still to come', 'still to come'],
      ['Apr 2026', '40', '100%* so far', 'still to come', 'still to come', 'still to come'],
    ]);
  });

  it('averages every cohort alike where asked to', () => {
    const rows = rowsOf(renderHtmlTable(sampleTable(), { average: 'mean' }));
    expect(rows[2]).toEqual(['Mean', '', '100%', '25.0%', '0.1%', '']);
    const counts = rowsOf(renderHtmlTable(sampleTable(), { as: 'counts' }));
    expect(counts[2]).toEqual(['Mean', '', '750', '300', '1', '']);
  });

  it('ends with the notes of the table, as text whatever they hold', () => {
    const notes = HOSTILE_NAMES.map((name) => `no event ${name} here`);
    const root = parseStrictly(renderHtmlTable({ ...sampleTable(), notes }));
    expect(findActive(root)).toEqual([]);
    const shown = elementsOf(root, 'p').filter((each) => attributeOf(each, 'class') === 'bm-note');
    expect(shown.map(textOf)).toEqual(notes.map(printable));
  });

  it('has a caption, and headers that say what they head', () => {
    const root = parseStrictly(renderHtmlTable(sampleTable()));
    expect(textOf(elementsOf(root, 'caption')[0]!)).toBe(
      'signup → loginpercent of each cohort who came back, 0 to 3 months later · total size 1,540',
    );
    const scopes = elementsOf(root, 'th').map((header) => attributeOf(header, 'scope'));
    expect(scopes).toEqual([
      'col',
      'col',
      'colgroup',
      'col',
      'col',
      'col',
      'col',
      'row',
      'row',
      'row',
      'row',
      'row',
    ]);
  });

  it('shows sizes alone where no columns were asked for', () => {
    const html = renderHtmlTable(sizesTable(), { inlineStyle: false });
    expect(rowsOf(html)).toEqual([
      ['Cohort', 'Size'],
      ['Total', '1,540'],
      ['Jan 2026', '1,200'],
      ['Feb 2026', '300'],
      ['Mar 2026', '0'],
      ['Apr 2026', '40'],
    ]);
    expect(html).not.toMatch(/rowspan|bm-ramp/);
  });

  it('says what figures a cell stands on', () => {
    const titles = elementsOf(parseStrictly(renderHtmlTable(sampleTable())), 'td').map((cell) =>
      attributeOf(cell, 'title'),
    );
    expect(titles).toContain('600 of 1,200 in Feb 2026');
  });

  it('brings its style along with the nonce, or not at all', () => {
    const styled = elementsOf(parseStrictly(renderHtmlTable(sampleTable(), { nonce: 'r4nd0m' })), 'style');
    expect(styled.map((style) => [attributeOf(style, 'nonce'), textOf(style)])).toEqual([
      ['r4nd0m', reportStylesheet],
    ]);
    const bare = renderHtmlTable(sampleTable(), { inlineStyle: false });
    expect(elementsOf(parseStrictly(bare), 'style')).toEqual([]);
  });

  it('has only classes that its style sheet knows', () => {
    const html = renderHtmlTable(sampleTable(), { csvUrl: '?csv=1' });
    const used = elementsOf(parseStrictly(html)).flatMap(
      (element) => attributeOf(element, 'class')?.split(' ') ?? [],
    );
    const unknown = [...new Set(used)].filter((name) => !reportStylesheet.includes(`.${name}`));
    // Said for readers' own style sheets, and needing no rule here.
    expect(unknown).toEqual(['bm-future']);
  });

  it('links the CSV where told to, but never runs the link', () => {
    const html = renderHtmlTable(sampleTable(), { csvUrl: '?select1=a&export_csv=1' });
    expect(elementsOf(parseStrictly(html), 'a').map((link) => attributeOf(link, 'href'))).toEqual([
      '?select1=a&export_csv=1',
    ]);
    for (const csvUrl of ['javascript:alert(1)', ' jav\tascript:alert(1)', 'data:text/html,x', 'http://']) {
      expect(() => renderHtmlTable(sampleTable(), { csvUrl })).toThrow(
        /^expected a relative or http\(s\) address, got /,
      );
    }
  });

  it('keeps hostile names text', { tags: 'long' }, () => {
    fc.assert(
      fc.property(hostileName, hostileName, (select1, select2b) => {
        const root = parseStrictly(renderHtmlTable(sampleTable({ select1, select2b })));
        expect(findActive(root)).toEqual([]);
        const also = select2b === '' ? '' : ` & ${printable(select2b)}`;
        const expected = `${printable(select1)} → login${also}`;
        expect(textOf(elementsOf(elementsOf(root, 'caption')[0]!, 'div')[0]!)).toBe(expected);
        expect(attributeOf(elementsOf(root, 'figure')[0]!, 'aria-label')).toBe(expected);
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('has a line per period for lines over time, without heat', () => {
    const html = renderHtmlTable(trendTable(), { inlineStyle: false });
    expect(rowsOf(html)).toEqual([
      ['Period', 'Event'],
      ['signup', 'active'],
      ['2026-04-13', '0', '4,000'],
      ['2026-04-14', '1,000', '5,000'],
      ['2026-04-15', '2,000* so far', '6,000* so far'],
      ['2026-04-16', 'still to come', 'still to come'],
    ]);
    expect(html).not.toMatch(/bm-h\d|bm-ramp|tfoot/);
    expect(html).toContain('title="5,000 on 2026-04-14"');
  });

  it('has the steps of a funnel with their rates, and then all rows', () => {
    const html = renderHtmlTable(stepsTable(), { inlineStyle: false });
    expect(rowsOf(html)).toEqual([
      ['Step', 'People', 'Of the first step', 'Of the step before'],
      ['1. signup', '1,000*', '100%', ''],
      ['2. active', '620*', '62.0%', '62.0%'],
      ['3. pay', '310*', '31.0%', '50.0%'],
      ['Began in', 'Size', 'Step'],
      ['signup', 'active', 'pay'],
      ['All', '1,000', '100%* so far', '62.0%* so far', '31.0%* so far'],
      ['Jan 2026', '500', '100%', '66.0%', '34.0%'],
      ['Feb 2026', '500', '100%* so far', '58.0%* so far', '28.0%* so far'],
      ['Mar 2026', '0', '–no members', '–no members', '–no members'],
    ]);
  });

  it('has bars without heat, and a matrix whose diagonal is beyond the scale', () => {
    const bars = renderHtmlTable(lossTable(), { inlineStyle: false });
    expect(rowsOf(bars)[3]).toEqual(['Feb 2026', '30', '25', '0', '15', '37.5%', '2.00']);
    expect(bars).not.toMatch(/bm-h\d|bm-ramp/);
    const matrix = elementsOf(parseStrictly(renderHtmlTable(matrixTable())), 'td');
    expect(matrix.slice(0, 2).map((cell) => attributeOf(cell, 'class'))).toEqual(['bm-h21', 'bm-h20']);
  });

  it('says whether colours are relative or absolute', () => {
    const relative = renderHtmlTable(sampleTable(), { inlineStyle: false });
    expect(relative).toContain('colours relative to this table');
    expect(relative).toContain('above 50.0%');
    const absolute = renderHtmlTable(sampleTable(), { inlineStyle: false, heat: 'absolute' });
    expect(absolute).toContain('absolute colours');
    expect(absolute).not.toMatch(/above|bm-h21/);
  });

  it('says where cells stand if it is to be interactive, in the table that was given', () => {
    const placesOf = (html: string) =>
      elementsOf(parseStrictly(html), 'td').flatMap((cell) => {
        const [row, column] = ['data-row', 'data-column'].map((name) => attributeOf(cell, name));
        return row === undefined
          ? []
          : [[Number(row), Number(column), Number(attributeOf(cell, 'tabindex'))]];
      });
    const places = placesOf(renderHtmlTable(sampleTable(), { interactive: true }));
    expect(places).toEqual(
      [0, 1, 2, 3].flatMap((row) => [0, 1, 2, 3].map((column) => [row, column, row + column === 0 ? 0 : -1])),
    );
    const lines = placesOf(renderHtmlTable(trendTable(), { interactive: true }));
    expect(lines.slice(0, 3)).toEqual([
      [0, 0, 0],
      [1, 0, -1],
      [0, 1, -1],
    ]);
    expect(renderHtmlTable(sampleTable(), { interactive: true })).toContain('<table role="grid">');
  });

  it('renders 104 rows of 49 cells in one piece below 1 MB', { tags: 'long' }, () => {
    const page = renderHtmlPage([renderHtmlTable(wideTable(104, 49), { inlineStyle: false })], {
      title: 'wide',
    });
    expect(elementsOf(parseStrictly(page), 'td')).toHaveLength(105 * 50);
    expect(new TextEncoder().encode(page).length).toBeLessThan(1_000_000);
  });
});

describe('renderHtmlPage', () => {
  it('is a whole document around its pieces, with one style sheet', () => {
    const table = renderHtmlTable(sampleTable(), { inlineStyle: false });
    const page = renderHtmlPage([table, table], { title: '</title><script>', nonce: 'n' });
    const root = parseStrictly(page);
    expect(textOf(elementsOf(root, 'title')[0]!)).toBe('</title><script>');
    expect(elementsOf(root, 'style').map((style) => attributeOf(style, 'nonce'))).toEqual(['n']);
    expect(elementsOf(root, 'table')).toHaveLength(2);
    expect(findActive(root)).toEqual([]);
  });
});

const hostileName = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES),
  fc.string({ unit: fc.constantFrom(...'<>&"\'=`/a \n\u0000') }),
  fc.string({ unit: 'grapheme', minLength: 1 }),
);
