import { describe, expect, it } from 'vitest';
import { printable } from '../../src/base/errors.js';
import { alphaClasses } from '../../src/compat/table.js';
import { compatCells, compatStylesheet, renderCompatTable } from '../../src/compat.js';
import { reportStylesheet } from '../../src/report.js';
import { roundHalfEven } from '../../src/tables/numbers.js';
import { hasGolden } from '../support/golden/files.js';
import { blend, contrast } from '../support/report/contrast.js';
import { GOLDEN_NAMES, readCohorts } from '../support/report/golden.js';
import {
  attributeOf,
  type Element,
  elementsOf,
  findActive,
  parseStrictly,
  textOf,
} from '../support/report/markup.js';
import { HOSTILE_NAMES } from '../support/report/tables.js';

const ROWS = [
  ['2026-01-01T00:00:00+00:00', 1200, 100, 50],
  ['2026-02-01T00:00:00+00:00', 300, 25, ''],
] as const;
const ARGS = { select1: 'signup', select2: 'login', timeGroup: 'months', numOfRows: 1 } as const;

/** Reads the cells back from the text of the page, alphas from the classes that stand for them. */
function readCells(html: string) {
  const root = parseStrictly(html);
  const [, numbers] = elementsOf(elementsOf(root, 'thead')[0]!, 'tr');
  const cellOf = (element: Element): string[] => {
    const alphas = [...(attributeOf(element, 'class') ?? '').matchAll(/bm-[bt](\d+)/g)];
    return [textOf(element), ...alphas.map(([, tenths]) => (Number(tenths) / 10).toFixed(1))];
  };
  return {
    head: elementsOf(numbers!, 'th').map(textOf),
    rows: elementsOf(elementsOf(root, 'tbody')[0]!, 'tr').map((row) => {
      const [total, ...cells] = elementsOf(row, 'td');
      return [textOf(elementsOf(row, 'th')[0]!), textOf(total!), ...cells.map(cellOf)];
    }),
    avg: elementsOf(elementsOf(root, 'tfoot')[0]!, 'td').slice(1).map(textOf),
  };
}

describe.skipIf(!hasGolden)('the HTML of the reference’s rows', () => {
  // What the cells are is compared with the reference in `cells.test.ts`.
  it.each(GOLDEN_NAMES)(
    'has the cells of the reference, for every fourth cohort of %s',
    { tags: 'long' },
    (name) => {
      for (const { params, percent, count } of readCohorts(name).filter((_, index) => index % 4 === 0)) {
        const args = { ...ARGS, timeGroup: params.time_group, numOfRows: Number(params.num_of_rows) };
        const html = renderCompatTable(percent, args, { inlineStyle: false });
        expect(readCells(html)).toEqual(compatCells(percent, args));
        const counts = { ...args, as: 'counts' } as const;
        expect(readCells(renderCompatTable(count, counts, { inlineStyle: false }))).toEqual(
          compatCells(count, counts),
        );
      }
    },
  );
});

describe('renderCompatTable', () => {
  it('has a caption that says what it is about', () => {
    const root = parseStrictly(renderCompatTable(ROWS, ARGS));
    expect(textOf(elementsOf(root, 'caption')[0]!)).toBe(
      'signup → loginpercent of each cohort who came back, 0 to 1 months later · total size 1,500',
    );
    expect(textOf(elementsOf(root, 'thead')[0]!)).toContain('Months later');
    const counts = renderCompatTable(ROWS, { ...ARGS, as: 'counts' });
    expect(textOf(elementsOf(parseStrictly(counts), 'caption')[0]!)).toContain('people of each cohort');
    const sizes = renderCompatTable(
      ROWS.map(([date, total]) => [date, total]),
      { ...ARGS, numOfRows: -1 },
    );
    expect(textOf(elementsOf(parseStrictly(sizes), 'caption')[0]!)).toBe(
      'signup → loginsizes of the cohorts',
    );
  });

  it('brings its style along with the nonce, or not at all', () => {
    const styled = elementsOf(parseStrictly(renderCompatTable(ROWS, ARGS, { nonce: 'n' })), 'style');
    expect(styled.map((style) => [attributeOf(style, 'nonce'), textOf(style)])).toEqual([
      ['n', `${reportStylesheet}\n${compatStylesheet}`],
    ]);
    const bare = renderCompatTable(ROWS, ARGS, { inlineStyle: false });
    expect(elementsOf(parseStrictly(bare), 'style')).toEqual([]);
  });

  it('has only classes that its style sheets know', () => {
    const css = `${reportStylesheet}\n${compatStylesheet}`;
    const html = renderCompatTable(ROWS, ARGS, { notes: ['note'] });
    const used = elementsOf(parseStrictly(html)).flatMap(
      (element) => attributeOf(element, 'class')?.split(' ') ?? [],
    );
    expect([...new Set(used)].filter((name) => !css.includes(`.${name}`))).toEqual([]);
  });

  it('keeps hostile names and notes text', () => {
    for (const name of HOSTILE_NAMES) {
      const root = parseStrictly(renderCompatTable(ROWS, { ...ARGS, select1: name }, { notes: [name] }));
      expect(findActive(root)).toEqual([]);
      const title = `${printable(name)} → login`;
      expect(textOf(elementsOf(elementsOf(root, 'caption')[0]!, 'div')[0]!)).toBe(title);
      expect(attributeOf(elementsOf(root, 'section')[0]!, 'aria-label')).toBe(title);
      expect(elementsOf(root, 'p').map(textOf)).toEqual([printable(name)]);
    }
  });

  it('is readable for all alphas', () => {
    const declared = (selector: string, property: string): string =>
      new RegExp(`^\\.bitmapist \\.${selector}\\{${property}:([^;}]+)`, 'm').exec(compatStylesheet)![1]!;
    for (let tenthOfPercent = 0; tenthOfPercent <= 1000; tenthOfPercent += 1) {
      const share = tenthOfPercent / 1000;
      const alphas = [share, share + 0.5].map((alpha) => String(roundHalfEven(alpha, 1)));
      const [background, text] = alphaClasses(alphas[0]!, alphas[1]!).split(' ');
      const cell = blend(declared(background!, 'background'), '#fff');
      // WCAG AA for text of ordinary size.
      expect(contrast(blend(declared(text!, 'color'), cell), cell)).toBeGreaterThanOrEqual(4.5);
    }
  });
});
