import { describe, expect, it } from 'vitest';
import { completeExpression, completeName } from '../../src/explorer/page/completion.js';
import { parseQuery } from '../../src/index.js';

const NAMES = ['active', 'inactive', 'paid plan', 'signup', 'say "hi"'];
const PERIODS = ['2026-11', '2026-W47', 'unique', 'month', 'month-1'];

/** What the text becomes with each completion at the `|`. */
function complete(marked: string): string[] {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  return completeExpression(text, caret, NAMES, PERIODS).map(
    (each) => text.slice(0, each.from) + each.text + text.slice(each.to),
  );
}

describe('completion', () => {
  it('offers names that hold what was typed, those that begin with it first', () => {
    expect(complete('act|')).toEqual(['active@', 'inactive@']);
    expect(completeName('ACT', NAMES).map(({ text }) => text)).toEqual(['active', 'inactive']);
  });

  it('offers every name where nothing is typed yet', () => {
    expect(complete('|')).toHaveLength(NAMES.length);
    expect(complete('active@2026-11 & ~(|')).toContain('active@2026-11 & ~(signup@');
  });

  it('quotes names that need it, also where the quote is open', () => {
    expect(complete('pai|')).toEqual(['"paid plan"@']);
    expect(complete('"paid p|')).toEqual(['"paid plan"@']);
    expect(complete('sa|')).toEqual(['"say \\"hi\\""@']);
  });

  it('offers periods after the sign, and as the end of a range', () => {
    expect(complete('active@|')).toEqual(PERIODS.map((period) => `active@${period}`));
    expect(complete('active@mo| & signup@2026-11')).toEqual([
      'active@month & signup@2026-11',
      'active@month-1 & signup@2026-11',
    ]);
    expect(complete('"paid plan"@u|')).toEqual(['"paid plan"@unique']);
    expect(complete('active@2026-10..mo|')).toEqual(['active@2026-10..month', 'active@2026-10..month-1']);
    expect(complete('atLeast(2, active@month,| signup@month)')).toEqual([]);
  });

  it('makes expressions that parse', () => {
    for (const operand of complete('|')) expect(() => parseQuery(`${operand}2026-11`)).not.toThrow();
  });
});
