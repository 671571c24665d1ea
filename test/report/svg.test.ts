import { describe, expect, it } from 'vitest';
import { renderSvg, renderSvgCurves, renderSvgHeatmap, reportStylesheet } from '../../src/report.js';
import { attributeOf, elementsOf, parseStrictly, textOf } from '../support/report/markup.js';
import { sampleTable, sizesTable, trendTable, withCells } from '../support/report/tables.js';

const textsOf = (svg: string): string[] => elementsOf(parseStrictly(svg), 'text').map(textOf);

describe('renderSvgHeatmap', () => {
  it('shows what the other heatmaps show', () => {
    expect(textsOf(renderSvgHeatmap(sampleTable()))).toEqual([
      'signup → login',
      'percent of each cohort who came back, 0 to 3 months later · total size 1,540',
      ...['Cohort', 'Size', 'Month 0', 'Month 1', 'Month 2', 'Month 3'],
      ...['Weighted average', '100%', '40.0%', '0.1%'],
      ...['Jan 2026', '1,200', '100%', '50.0%', '0.1%', '12.5%*'],
      ...['Feb 2026', '300', '100%', '0%', '25.0%*'],
      ...['Mar 2026', '0', '–', '–'],
      ...['Apr 2026', '40', '100%*'],
      ...['0%', '50.0%', 'above 50.0%', 'colours relative to this table'],
      '*: not over yet · blank: still to come · –: cohort without members · 0%: nobody came back',
    ]);
  });

  it('shows sizes alone if no columns were asked for', () => {
    const svg = renderSvgHeatmap(sizesTable());
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg).toContain('sizes of the cohorts');
    expect(textsOf(svg).slice(4, 6)).toEqual(['Total', '1,540']);
    expect(svg).toContain('<desc>Sizes of 4 cohorts.</desc>');
  });

  it('keeps every rectangle within the picture', () => {
    const [svg] = elementsOf(parseStrictly(renderSvgHeatmap(sampleTable(), { as: 'counts' })), 'svg');
    const number = (element: typeof svg, name: string): number => Number(attributeOf(element!, name) ?? 0);
    for (const rect of elementsOf(svg!, 'rect')) {
      expect(number(rect, 'x') + number(rect, 'width')).toBeLessThanOrEqual(number(svg, 'width'));
      expect(number(rect, 'y') + number(rect, 'height')).toBeLessThanOrEqual(number(svg, 'height'));
    }
  });
});

describe('renderSvgCurves', () => {
  const pathsOf = (svg: string) => elementsOf(parseStrictly(svg), 'path');

  it('draws a line per cohort with members, a dashed end if a period runs, and the average', () => {
    const paths = pathsOf(renderSvgCurves(sampleTable()));
    // January and February and their running ends, and the average; April has but one point.
    expect(paths.map((path) => attributeOf(path, 'stroke-dasharray') !== undefined)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(attributeOf(paths.at(-1)!, 'class')).toBe('average');
  });

  it('draws a dot where a line would have but one point, hollow where its period runs', () => {
    const dotsOf = (svg: string) => elementsOf(parseStrictly(svg), 'circle');
    const [april, ...none] = dotsOf(renderSvgCurves(sampleTable()));
    expect(none).toEqual([]);
    expect(attributeOf(april!, 'fill')).toBeUndefined();
    expect(attributeOf(april!, 'stroke-dasharray')).toBe('2 2');

    const table = withCells(sampleTable(), (cells) => cells.slice(0, 1));
    const svg = renderSvgCurves(table, { as: 'counts' });
    expect(pathsOf(svg)).toEqual([]);
    const dots = dotsOf(svg);
    expect(dots.map((dot) => attributeOf(dot, 'stroke-dasharray') === undefined)).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(new Set(dots.map((dot) => attributeOf(dot, 'cx'))).size).toBe(1);
    expect(new Set(dots.map((dot) => attributeOf(dot, 'cy'))).size).toBe(4);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['0', 'months later']));
  });

  it('refuses a table of sizes alone, of which there is no curve', () => {
    expect(() => renderSvgCurves(sizesTable())).toThrow(
      new RangeError('expected a table with a column or more for curves, got one of sizes alone'),
    );
  });

  it('puts values where the axes say', () => {
    const svg = renderSvgCurves(sampleTable());
    const average = attributeOf(pathsOf(svg).at(-1)!, 'd')!;
    const gridLines = elementsOf(parseStrictly(svg), 'line').map((line) => Number(attributeOf(line, 'y1')));
    // 100 % at the top line to begin with.
    expect(average).toMatch(new RegExp(`^M64,${Math.min(...gridLines)}L`));
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(['0%', '20%', '100%', '0', '1', '2', '3', 'months later']),
    );
  });

  it('tells who the cohorts are', () => {
    const titles = elementsOf(parseStrictly(renderSvgCurves(sampleTable())), 'title').map(textOf);
    expect(titles).toEqual([
      'signup → login',
      'Jan 2026: 1,200 people',
      'Feb 2026: 300 people',
      'Apr 2026: 40 people',
    ]);
  });
});

describe('renderSvgCurves of lines over time', () => {
  it('draws a line per row in a colour of its own, dashed to a period that runs, and says whose it is', () => {
    const root = parseStrictly(renderSvgCurves(trendTable()));
    const lines = elementsOf(root, 'g').filter((group) => /^line\d$/.test(attributeOf(group, 'class') ?? ''));
    expect(
      lines.map((group) => [attributeOf(group, 'class'), textOf(elementsOf(group, 'title')[0]!)]),
    ).toEqual([
      ['line0', 'signup'],
      ['line1', 'active'],
    ]);
    const dashed = elementsOf(root, 'path').map(
      (path) => attributeOf(path, 'stroke-dasharray') !== undefined,
    );
    expect(dashed).toEqual([false, true, false, true]);
    const texts = elementsOf(root, 'text').map(textOf);
    expect(texts.slice(0, 2)).toEqual(['signup, active', 'people per day']);
    expect(texts).toEqual(expect.arrayContaining(['0', '6,000', '13 Apr', '2026', '16 Apr', 'not over yet']));
    // At their ends, from top to bottom.
    expect(texts.slice(-2)).toEqual(['active', 'signup']);
    expect(textOf(elementsOf(root, 'desc')[0]!)).toBe('Lines from 2026-04-13 to 2026-04-16: signup, active.');
  });

  it('has room for the names of many lines, and keeps them within the picture', () => {
    const names = Array.from({ length: 12 }, (_, index) => `event number ${index} of all that there are`);
    const [svg] = elementsOf(parseStrictly(renderSvgCurves(trendTable(names))), 'svg');
    const height = Number(attributeOf(svg!, 'height'));
    expect(height).toBeGreaterThan(440);
    for (const text of elementsOf(svg!, 'text')) expect(Number(attributeOf(text, 'y'))).toBeLessThan(height);
  });

  it('goes straight from point to point, dashed to those that are not final, and breaks where there is none', () => {
    const cellOf = (count: number, state: 'final' | 'running' | 'empty') => ({ count, state }) as const;
    const cells = [
      cellOf(1, 'final'),
      cellOf(2, 'final'),
      cellOf(0, 'empty'),
      cellOf(3, 'final'),
      cellOf(0, 'empty'),
      cellOf(4, 'running'),
      cellOf(5, 'final'),
      cellOf(6, 'final'),
    ];
    const columns = cells.map((_, index) => ({ key: `${index}`, label: `${index}` }));
    const [row] = trendTable().rows;
    const root = parseStrictly(renderSvgCurves({ ...trendTable(), columns, rows: [{ ...row!, cells }] }));
    const paths = elementsOf(root, 'path').map((path) => [
      attributeOf(path, 'd')!.replace(/[\d.,]+/g, ''),
      attributeOf(path, 'stroke-dasharray') !== undefined,
    ]);
    expect(paths).toEqual([
      ['ML', false],
      ['ML', true],
      ['ML', false],
    ]);
    expect(elementsOf(root, 'circle')).toHaveLength(1);
  });

  it('goes below the line if a value does', () => {
    const [row] = trendTable().rows;
    const cells = row!.cells.map((cell, index) => ({ ...cell, count: index * 10 - 10 }));
    const svg = renderSvgCurves({ ...trendTable(), rows: [{ ...row!, cells }] });
    expect(elementsOf(parseStrictly(svg), 'text').map(textOf)).toEqual(expect.arrayContaining(['-10', '0']));
  });

  it('has a key for each line if there is no room for names at their ends', () => {
    const svg = renderSvgCurves(trendTable(), { width: 400 });
    expect(elementsOf(parseStrictly(svg), 'text').map(textOf).slice(-2)).toEqual(['signup', 'active']);
    const named = elementsOf(parseStrictly(renderSvgCurves(sampleTable())), 'text').map(textOf);
    expect(named).toEqual(expect.arrayContaining(['Jan 2026', 'Feb 2026']));
  });

  it('keeps labels of the axis apart, however many columns there are', () => {
    const columns = Array.from({ length: 400 }, (_, index) => ({
      key: `column ${index}`,
      label: `${index}`,
    }));
    const [row] = trendTable().rows;
    const rows = [{ ...row!, cells: columns.map(() => row!.cells[0]!) }];
    const root = parseStrictly(renderSvgCurves({ ...trendTable(), columns, rows }, { width: 400 }));
    const labels = elementsOf(root, 'text').filter((text) => textOf(text).startsWith('column '));
    const places = labels.map((text) => Number(attributeOf(text, 'x')));
    expect(places.length).toBeGreaterThan(1);
    for (const [index, x] of places.slice(1).entries()) expect(x - places[index]!).toBeGreaterThan(80);
  });
});

describe('the axes of lines over time', () => {
  const quarters = ['2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4'];
  const tableOf = (keys: readonly string[], counts: readonly number[]) => {
    const table = trendTable(['signup']);
    const [row] = table.rows;
    const cells = counts.map((count) => ({ ...row!.cells[0]!, count }));
    return { ...table, columns: keys.map((key) => ({ key, label: key })), rows: [{ ...row!, cells }] };
  };
  const ticksOf = (svg: string) =>
    elementsOf(parseStrictly(svg), 'text')
      .filter((text) => attributeOf(text, 'x') === '56')
      .map(textOf);

  it.each([
    [0, ['0', '1']],
    [1, ['0', '1']],
    [2, ['0', '1', '2']],
    [3, ['0', '1', '2', '3']],
    [5, ['0', '1', '2', '3', '4', '5']],
    [12, ['0', '2', '4', '6', '8', '10', '12']],
  ])('counts people, of whom there are at most %d, in whole numbers', (count, ticks) => {
    expect(ticksOf(renderSvgCurves(tableOf(quarters, [0, 0, count, 0])))).toEqual(ticks);
  });

  it.each([
    ['years', ['2023', '2024', '2025', '2026']],
    ['quarters', quarters],
    ['days', ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23']],
    ['hours', Array.from({ length: 97 }, (_, hour) => `2026-11-23T${`${hour}`.padStart(2, '0')}:00`)],
    ['long names', ['first', 'second', 'third', 'last'].map((name) => `${name} of the columns of it`)],
  ])('keeps labels of %s within the picture, and apart', (_, keys) => {
    for (const width of [320, 500, 760]) {
      const svg = renderSvgCurves(
        tableOf(
          keys,
          keys.map(() => 1),
        ),
        { width },
      );
      const labels = elementsOf(parseStrictly(svg), 'text').filter((text) => keys.includes(textOf(text)));
      expect(labels.length).toBeGreaterThan(0);
      let end = 0;
      for (const label of labels) {
        const long = textOf(label).length * 7;
        const part = { start: 0, middle: 0.5, end: 1 }[attributeOf(label, 'text-anchor')!]!;
        const start = Number(attributeOf(label, 'x')) - part * long;
        expect(start).toBeGreaterThanOrEqual(end);
        end = start + long;
      }
      expect(end).toBeLessThanOrEqual(width);
    }
  });
});

describe('pictures within a page', () => {
  it('show what the pointed column says, the columns in reach of the keyboard', () => {
    for (const table of [sampleTable(), trendTable()]) {
      const root = parseStrictly(renderSvgCurves(table, { interactive: true, width: 600 }));
      const columns = elementsOf(root, 'g').filter((group) => attributeOf(group, 'class') === 'column');
      expect(columns.map((group) => attributeOf(group, 'data-column'))).toEqual(['0', '1', '2', '3']);
      expect(columns.map((group) => attributeOf(group, 'tabindex'))).toEqual(['0', '-1', '-1', '-1']);
      expect(attributeOf(elementsOf(root, 'svg')[0]!, 'width')).toBe('600');
      expect(elementsOf(root, 'rect').some((rect) => attributeOf(rect, 'class') === 'page')).toBe(false);
    }
    const noted = { ...trendTable(), notes: ['said by the page'] };
    expect(renderSvgCurves(noted, { interactive: true })).not.toContain('said by the page');
    const [first] = elementsOf(parseStrictly(renderSvgCurves(trendTable(), { interactive: true })), 'g')
      .filter((group) => attributeOf(group, 'class') === 'column')
      .map((group) => textOf(elementsOf(group, 'title')[0]!));
    expect(first).toBe('2026-04-13\nsignup: 0\nactive: 4,000');
  });

  it('say where the cells of a heatmap stand, and what they mean', () => {
    const cells = elementsOf(
      parseStrictly(renderSvgHeatmap(sampleTable(), { interactive: true })),
      'g',
    ).filter((group) => attributeOf(group, 'data-row') === '0');
    expect(
      cells.map((cell) => [attributeOf(cell, 'data-column'), textOf(elementsOf(cell, 'title')[0]!)]),
    ).toEqual([
      ['0', '1,200 of 1,200 in Jan 2026'],
      ['1', '600 of 1,200 in Feb 2026'],
      ['2', '1 of 1,200 in Mar 2026'],
      ['3', '150 of 1,200 in Apr 2026'],
    ]);
  });
});

describe('renderSvg', () => {
  it('chooses the picture that suits the layout', () => {
    expect(renderSvg(sampleTable())).toBe(renderSvgHeatmap(sampleTable()));
    expect(renderSvg(trendTable())).toBe(renderSvgCurves(trendTable()));
  });
});

describe.each([
  ['renderSvgHeatmap', renderSvgHeatmap],
  ['renderSvgCurves', renderSvgCurves],
])('%s', (_, render) => {
  it('is a file of its own, with text for those who do not see it, and loads nothing', () => {
    const svg = render(sampleTable(), { nonce: 'n' });
    const [root] = elementsOf(parseStrictly(svg), 'svg');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(attributeOf(root!, 'role')).toBe('img');
    expect(
      elementsOf(root!)
        .slice(0, 3)
        .map(({ tagName }) => tagName),
    ).toEqual(['title', 'desc', 'style']);
    expect(textOf(elementsOf(root!, 'desc')[0]!)).toContain('1: 40.0%');
    expect(attributeOf(elementsOf(root!, 'style')[0]!, 'nonce')).toBe('n');
    expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import|href/);
  });

  it('shortens a title that does not fit, and has it all for the asking', () => {
    const name = 'x'.repeat(300);
    const root = parseStrictly(render(sampleTable({ select1: name })));
    expect(textOf(elementsOf(root, 'title')[0]!)).toContain(name);
    expect(textOf(elementsOf(root, 'text')[0]!)).toMatch(/^x{20,100}…$/);
  });

  it('says its notes below, in lines that fit, and grows by them', () => {
    const table = sampleTable();
    const notes = [
      'no event "nobdy" here',
      `${'a long story '.repeat(20)}${'x'.repeat(300)}`,
      'unseen \u202e',
    ];
    const heightOf = (svg: string) =>
      Number(attributeOf(elementsOf(parseStrictly(svg), 'svg')[0]!, 'height'));
    const svg = render({ ...table, notes });
    const plain = heightOf(render(table));
    const lines = elementsOf(parseStrictly(svg), 'text').filter(
      (text) => Number(attributeOf(text, 'y')) >= plain,
    );
    const said = lines.map(textOf);
    expect(said[0]).toBe(notes[0]);
    expect(said.slice(1, -1).join('').replaceAll(' ', '')).toBe(notes[1]!.replaceAll(' ', ''));
    expect(said.at(-1)).toBe('unseen \\u202e');
    const width = Number(attributeOf(elementsOf(parseStrictly(svg), 'svg')[0]!, 'width'));
    for (const line of said) expect(line.length * 7).toBeLessThanOrEqual(width - 32);
    expect(heightOf(svg)).toBe(plain + 16 * lines.length);
    for (const line of lines) expect(Number(attributeOf(line, 'y'))).toBeLessThan(heightOf(svg) - 8);
  });

  it('draws tables without rows, and with one column', () => {
    const table = sampleTable();
    expect(() => parseStrictly(render({ ...table, rows: [] }))).not.toThrow();
    const narrow = withCells(table, (cells) => cells.slice(0, 1));
    for (const each of [narrow, { ...narrow, rows: [] }]) {
      const svg = render(each);
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(() => parseStrictly(svg)).not.toThrow();
    }
  });
});

describe('a picture in a page', () => {
  it.each([renderSvgHeatmap, renderSvgCurves])('keeps its rules to itself: %o', (render) => {
    const [style] = elementsOf(parseStrictly(render(sampleTable())), 'style');
    const selectors = [...textOf(style!).matchAll(/(?<=^|[{}])([^{}@]+)\{/g)].map(
      ([, selector]) => selector!,
    );
    expect(selectors.length).toBeGreaterThan(40);
    expect(selectors.filter((selector) => !selector.startsWith('.bm-picture '))).toEqual([]);
    expect(reportStylesheet).toContain(textOf(style!));
  });

  it.each([renderSvgHeatmap, renderSvgCurves])(
    'goes without a style of its own if the page links it: %o',
    (render) => {
      expect(elementsOf(parseStrictly(render(sampleTable(), { inlineStyle: false })), 'style')).toEqual([]);
    },
  );

  it.each([320, 639, 640, 760])('keeps its texts within a width of %d', (width) => {
    for (const table of [sampleTable(), trendTable()]) {
      const svg = renderSvgCurves(table, { width, interactive: true });
      for (const text of elementsOf(parseStrictly(svg), 'text')) {
        const end = attributeOf(text, 'text-anchor') === undefined ? textOf(text).length * 6 : 0;
        expect(Number(attributeOf(text, 'x')) + end).toBeLessThanOrEqual(width);
      }
    }
  });
});
