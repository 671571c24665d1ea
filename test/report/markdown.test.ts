import { lexer, parse, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/base/errors.js';
import { renderMarkdown } from '../../src/report.js';
import { elementsOf, findActive, parseStrictly, textOf } from '../support/report/markup.js';
import { HOSTILE_NAMES, sampleTable, sizesTable, trendTable, withCells } from '../support/report/tables.js';

describe('renderMarkdown', () => {
  it('is a table with the selections above and the signs below', () => {
    expect(renderMarkdown(sampleTable())).toBe(
      [
        '` signup → login `: percent of each cohort who came back, 0 to 3 months later · total size 1,540',
        '',
        '| Cohort               |  Size | Month 0 | Month 1 | Month 2 | Month 3 |',
        '| :------------------- | ----: | ------: | ------: | ------: | ------: |',
        '| **Weighted average** |       |    100% |   40.0% |    0.1% |         |',
        '| Jan 2026             | 1,200 |    100% |   50.0% |    0.1% | 12.5%\\* |',
        '| Feb 2026             |   300 |    100% |      0% | 25.0%\\* |         |',
        '| Mar 2026             |     0 |       – |       – |         |         |',
        '| Apr 2026             |    40 |  100%\\* |         |         |         |',
        '',
        '\\*: not over yet · blank: still to come · –: cohort without members · 0%: nobody came back',
        '',
      ].join('\n'),
    );
  });

  it('reads as a table to a Markdown program, numbers to the right', () => {
    const tokens = lexer(renderMarkdown(sampleTable(), { as: 'counts' }));
    const table = tokens.find((token): token is Tokens.Table => token.type === 'table')!;
    expect(table.align).toEqual(['left', 'right', 'right', 'right', 'right', 'right']);
    expect(table.rows).toHaveLength(5);
  });

  it('keeps values below 0.1 % text', () => {
    const table = withCells(sampleTable(), (cells) =>
      cells.map((cell) => ({ ...cell, count: 1, of: 100_000, state: 'final' as const })),
    );
    const html = parse(renderMarkdown(table), { async: false });
    expect(elementsOf(parseStrictly(html), 'td').map(textOf)).toContain('<0.1%');
  });

  it('has a line per period for lines over time', () => {
    expect(renderMarkdown(trendTable()).split('\n').slice(0, 5)).toEqual([
      '` signup, active `: people per day',
      '',
      '| Period     |  signup |  active |',
      '| :--------- | ------: | ------: |',
      '| 2026-04-13 |       0 |   4,000 |',
    ]);
  });

  it('ends with the notes of the table, as text whatever they hold', () => {
    const notes = HOSTILE_NAMES.map((name) => `no event ${name} here`);
    const markdown = renderMarkdown({ ...sampleTable(), notes });
    expect(markdown.startsWith(renderMarkdown(sampleTable()))).toBe(true);
    const root = parseStrictly(parse(markdown, { async: false }));
    expect(findActive(root)).toEqual([]);
    expect(elementsOf(root, 'a')).toEqual([]);
    expect(elementsOf(root, 'code').slice(1).map(textOf)).toEqual(notes.map(printable));
  });

  it('shows a share of exactly 0.05 % as the tenth of a percent that it rounds to', () => {
    const textsOf = (of: number): string[] => {
      const table = withCells(sampleTable(), (cells) =>
        cells.map((cell) => ({ ...cell, count: 1, of, state: 'final' as const })),
      );
      const html = parse(renderMarkdown(table), { async: false });
      return [...new Set(elementsOf(parseStrictly(html), 'td').map(textOf))].filter((text) =>
        text.endsWith('%'),
      );
    };
    expect((1 / 2000) * 100).toBe(0.05);
    expect(textsOf(2000)).toEqual(['0.1%']);
    expect(textsOf(2001)).toEqual(['<0.1%']);
    expect(textsOf(1999)).toEqual(['0.1%']);
  });

  it('says of sizes alone what they are, without a unit', () => {
    expect(renderMarkdown(sizesTable()).split('\n', 1)).toEqual(['` signup → login `: sizes of the cohorts']);
  });

  it('keeps hostile names text', () => {
    for (const name of HOSTILE_NAMES) {
      const html = parse(renderMarkdown(sampleTable({ select1: name })), { async: false });
      const root = parseStrictly(html);
      expect(findActive(root)).toEqual([]);
      expect(elementsOf(root, 'a')).toEqual([]);
      expect(elementsOf(root, 'code').map(textOf)).toEqual([`${printable(name)} → login`]);
      expect(elementsOf(root, 'table')).toHaveLength(1);
    }
  });
});
