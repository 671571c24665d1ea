import { lab } from 'd3-color';
import { describe, expect, it } from 'vitest';
import { reportStylesheet } from '../../src/report.js';
import { BEYOND, cellColors, heatColors, heatScale, lineColors } from '../../src/tables/heat.js';
import { contrast } from '../support/report/contrast.js';
import { sampleTable, withCells } from '../support/report/tables.js';

/** WCAG AA for text of ordinary size. */
const READABLE = 4.5;

/** The last declaration of a property in the rules of exactly this selector. */
function declared(css: string, selector: string, property: string): string {
  const rules = css.split('\n').filter((line) => line.startsWith(`.bitmapist${selector}{`));
  const value = rules.map((rule) => new RegExp(`[{;]${property}:([^;}]+)`).exec(rule)?.[1]).findLast(Boolean);
  if (value === undefined) throw new Error(`expected ${property} in the rules of ${selector}`);
  return value;
}

const [light, dark] = reportStylesheet.split('@media screen and (prefers-color-scheme:dark){');
const schemes = [
  ['light', light!],
  ['dark', dark!.split('\n}')[0]!],
] as const;

describe('heat', () => {
  it.each(schemes)('is readable at every step in %s, in the style sheet itself', (_, css) => {
    for (let step = 0; step <= BEYOND; step += 1) {
      const background = declared(css, ` .bm-h${step}`, 'background');
      expect(contrast(declared(css, ` .bm-h${step}`, 'color'), background)).toBeGreaterThanOrEqual(READABLE);
    }
  });

  it.each(schemes)('stands beside other text that is readable in %s', (_, css) => {
    for (const [text, background] of [
      ['--bm-ink', '--bm-page'],
      ['--bm-muted', '--bm-page'],
      ['--bm-accent', '--bm-page'],
      ['--bm-ink', '--bm-field'],
      ['--bm-on-accent', '--bm-accent'],
    ] as const) {
      expect(contrast(declared(css, '', text), declared(css, '', background))).toBeGreaterThanOrEqual(
        READABLE,
      );
    }
  });

  it.each(['light', 'dark'] as const)('gets stronger with every step in %s', (scheme) => {
    const page = declared(scheme === 'light' ? light! : dark!, '', '--bm-page');
    const distances = heatColors(scheme).map(({ background }) => contrast(background, page));
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
  });

  it('ends at the largest value after the first column', () => {
    const scale = heatScale(sampleTable(), 'percent');
    expect(scale).toMatchObject({ hottest: 50, isCapped: true });
    expect([0, 25, 50, 100].map(scale.stepOf)).toEqual([0, 10, 20, BEYOND]);
    const firstOnly = withCells(sampleTable(), (cells) => cells.slice(0, 1));
    expect(heatScale(firstOnly, 'people')).toMatchObject({ hottest: 1200, isCapped: false });
    const matrix = { ...sampleTable(), layout: 'matrix' } as const;
    expect(heatScale(matrix, 'percent')).toMatchObject({ hottest: 100, isCapped: false });
  });

  it('leaves out the diagonal of a matrix, on which sets meet themselves', () => {
    const { rows } = sampleTable();
    const columns = rows.map(({ key, label }) => ({ key, label }));
    const matrix = { ...sampleTable(), layout: 'matrix', columns, rows: rows.slice(0, 2) } as const;
    expect(heatScale(matrix, 'people')).toMatchObject({ hottest: 600, isCapped: true });
  });

  it('is of all there can be if asked to, and of the largest number of people', () => {
    const scale = heatScale(sampleTable(), 'percent', 'absolute');
    expect(scale).toMatchObject({ kind: 'absolute', hottest: 100, isCapped: false });
    expect([0, 26, 50, 100].map(scale.stepOf)).toEqual([0, 5, 10, 20]);
    expect(heatScale(sampleTable(), 'ratio', 'absolute')).toMatchObject({ hottest: 1, isCapped: false });
    expect(heatScale(sampleTable(), 'people', 'absolute')).toMatchObject({ hottest: 1200 });
    expect(() => heatScale(sampleTable(), 'percent', 'log' as 'absolute')).toThrow(
      new RangeError('expected "relative" or "absolute" as heat, got "log"'),
    );
  });

  it.each(['light', 'dark'] as const)(
    'gives what is beyond the scale a colour that no step has, in %s',
    (scheme) => {
      const colors = cellColors(scheme);
      const { background } = colors[BEYOND]!;
      const far = colors.slice(0, BEYOND).map((each) => differenceOf(each.background, background));
      expect(Math.min(...far)).toBeGreaterThan(5);
    },
  );
});

/** Distance in CIELAB: from some 2 on, people see it. */
function differenceOf(one: string, other: string): number {
  const [a, b] = [lab(one), lab(other)];
  return Math.hypot(a.l - b.l, a.a - b.a, a.b - b.b);
}

describe('the colours of lines', () => {
  it.each(schemes)('are as many, all different and readable in %s', (scheme, css) => {
    const colors = lineColors(scheme);
    expect(new Set(colors).size).toBe(8);
    const page = declared(css, '', '--bm-page');
    for (const color of colors) expect(contrast(color, page)).toBeGreaterThanOrEqual(READABLE);
  });
});
