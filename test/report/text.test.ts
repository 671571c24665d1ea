import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/report.js';
import type { Table } from '../../src/tables/table.js';
import { hasGolden } from '../support/golden/files.js';
import { GOLDEN_NAMES, readCohorts, tableOf } from '../support/report/golden.js';
import {
  groupsTable,
  HOSTILE_NAMES,
  lossTable,
  sampleTable,
  sizesTable,
  stepsTable,
  trendTable,
  withCells,
} from '../support/report/tables.js';

describe('renderText', () => {
  it('tells all states of a cell apart without colour', () => {
    expect(renderText(sampleTable())).toBe(
      [
        'signup → login',
        'percent of each cohort who came back, 0 to 3 months later · total size 1,540',
        '',
        'Cohort             Size   Month 0  Month 1  Month 2  Month 3',
        'Weighted average             100%    40.0%     0.1%',
        '',
        'Jan 2026          1,200      100%    50.0%     0.1%    12.5%*',
        'Feb 2026            300      100%       0%    25.0%*',
        'Mar 2026              0         –        –',
        'Apr 2026             40      100%*',
        '',
        '* not over yet · blank: still to come · – cohort without members · 0% nobody came back',
        '',
      ].join('\n'),
    );
  });

  it('ends with the notes of the table, in characters that can be seen', () => {
    const table = { ...sampleTable(), notes: ['no event "a" here', 'b \u001b[2J'] };
    expect(renderText(table)).toBe(`${renderText(sampleTable())}no event "a" here\nb \\u001b[2J\n`);
  });

  it('counts people if asked to', () => {
    const text = renderText(sampleTable(), { as: 'counts' });
    expect(text).toContain('people of each cohort who came back, 0 to 3 months later · total size 1,540\n');
    expect(text).toMatch(/^Jan 2026 +1,200 +1,200 +600 +1 +150\*$/m);
    expect(text).toMatch(/^Mean +750 +300 +1$/m);
  });

  it('continues below what does not fit the width, with every column once', () => {
    const text = renderText(sampleTable(), { width: 44 });
    for (const line of text.split('\n').slice(3, -2)) expect(line.length).toBeLessThanOrEqual(44);
    const headers = text.split('\n').filter((line) => line.startsWith('Cohort'));
    expect(headers.map((line) => line.match(/\d+/g))).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
    expect(text.match(/^Jan 2026/gm)).toHaveLength(2);
  });

  it('leaves out blocks below of which everything is still to come', () => {
    const longer = withCells(sampleTable(), (cells) => [
      ...cells,
      ...Array.from({ length: 4 }, () => ({ ...cells[0]!, state: 'future' as const })),
    ]);
    const text = renderText(longer, { width: 44 });
    expect(text.match(/^Cohort.*/gm)).toHaveLength(2);
    expect(text).toContain('blank: still to come');
    expect(renderText(longer)).toMatch(/^Cohort .* 0 +1 +2 +3 +4 +5 +6 +7$/m);
    const future = withCells(longer, (cells) => cells.map((cell) => ({ ...cell, state: 'future' as const })));
    expect(renderText(future, { width: 44 }).match(/^Cohort.*/gm)).toHaveLength(1);
  });

  it('shows one column per block if even that does not fit', () => {
    expect(renderText(sampleTable(), { width: 1 }).match(/^Cohort/gm)).toHaveLength(4);
  });

  it.each([
    [8, '\u001b[48;5;'],
    [24, '\u001b[48;2;'],
  ])('paints heat in terminals with %i bits of colour', (colorDepth, background) => {
    const text = renderText(sampleTable(), { colorDepth });
    expect(text).toContain(background);
    const plain = stripVTControlCharacters(text).replace(/^0% +50\.0% · .*\n/m, '');
    expect(plain.replace(/ +$/gm, '')).toBe(renderText(sampleTable()));
  });

  it('shows lines, bars and funnels above their numbers in terminals with colours', () => {
    const pictureOf = (table: Table): string[] => {
      const colored = stripVTControlCharacters(renderText(table, { colorDepth: 24, width: 60 })).split('\n');
      return colored.slice(3, colored.indexOf('', 3));
    };
    expect(pictureOf(trendTable())).toEqual(['signup  ▁▂▃  2,000*', 'active  ▆▇█  6,000*']);
    expect(pictureOf(lossTable())).toEqual([
      'Jan 2026                 │████████████████████████',
      'Feb 2026        █████████│█████████████████████████████████',
      'Mar 2026  ░░░░░░░░░░░░░░░│░░░░░░░░░░░░░░░░░░░░░░░░░░░',
      '          █ New  █ Returning  █ Resurrecting  █ Dormant',
    ]);
    expect(pictureOf(groupsTable()).slice(0, 2)).toEqual([
      `1 day   │${'█'.repeat(12)} 800`,
      `        │${'█'.repeat(45)} 3,020`,
    ]);
    expect(pictureOf(stepsTable())).toEqual([
      '1. signup  ░░░░░░░░░░ 1,000* · 100%',
      '2. active  ░░░░░░ 620* · 62.0% (62.0% of the step before)',
      '3. pay     ░░░ 310* · 31.0% (50.0% of the step before)',
    ]);
    for (const table of [trendTable(), lossTable(), groupsTable(), stepsTable()]) {
      expect(renderText(table)).not.toMatch(/[█░▁]/);
      expect(() => renderText({ ...table, rows: [] }, { colorDepth: 24 })).not.toThrow();
    }
  });

  it('aligns names whose characters are wide', () => {
    const table = sampleTable();
    const rows = table.rows.map((row, index) => (index === 0 ? { ...row, label: '一月' } : row));
    const lines = renderText({ ...table, rows }).split('\n');
    expect(lines.find((line) => line.startsWith('一月'))).toMatch(/^一月 {14}1,200 /);
    expect(lines.find((line) => line.startsWith('Feb'))).toMatch(/^Feb 2026 {12}300 /);
  });

  it('lets no name act on the terminal or break a line', () => {
    for (const name of HOSTILE_NAMES) {
      const text = renderText(sampleTable({ select1: name, select2b: name }));
      expect(text.split('\n')).toHaveLength(13);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('shows a table without rows, and one without columns', () => {
    expect(renderText({ ...sampleTable(), rows: [] })).toContain('signup → login');
    const text = renderText(sizesTable());
    expect(text).toMatch(/^Jan 2026 +1,200$/m);
    expect(text).toMatch(/^Total +1,540$/m);
    expect(renderText(sizesTable(), { colorDepth: 24 })).not.toContain('%');
  });

  it('shows lines over time downwards, without heat or sizes', () => {
    const text = [
      'signup, active',
      'people per day',
      '',
      'Period       signup  active',
      '2026-04-13        0   4,000',
      '2026-04-14    1,000   5,000',
      '2026-04-15    2,000*  6,000*',
      '2026-04-16',
      '',
      '* not over yet · blank: still to come',
      '',
    ].join('\n');
    expect(renderText(trendTable())).toBe(text);
    expect(stripVTControlCharacters(renderText(trendTable(), { colorDepth: 24 }))).toBe(
      text.replace('\n\n', '\n\nsignup  ▁▂▃  2,000*\nactive  ▆▇█  6,000*\n\n'),
    );
  });

  it('refuses a unit that does not exist', () => {
    expect(() => renderText(sampleTable(), { as: 'shares' as 'percent' })).toThrow(
      'expected "percent" or "counts", got "shares"',
    );
    expect(() => renderText(trendTable(), { as: 'percent' })).toThrow(
      'expected a table of shares to show in percent, got one of people',
    );
  });
});

describe.skipIf(!hasGolden)('renderText over real cohorts', () => {
  it.each(GOLDEN_NAMES)('prints a line per cohort of %s', { tags: 'long' }, (name) => {
    for (const cohort of readCohorts(name)) {
      const table = tableOf(cohort);
      const lines = renderText(table).split('\n');
      expect(lines.filter((line) => /^(\d{4}|[A-Z][a-z]{2} \d{4})/.test(line))).toHaveLength(
        table.rows.length,
      );
    }
  });
});
