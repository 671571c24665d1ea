import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/report/labels.js';
import { floatText, roundHalfEven } from '../../src/report/rounding.js';
import { renderCsv, toCsv, toDatesData } from '../../src/report.js';
import { hasGolden, readGoldenJson } from '../support/golden/files.js';
import { GOLDEN_NAMES, readCohorts, tableOf } from '../support/report/golden.js';
import { HOSTILE_NAMES, sampleTable } from '../support/report/tables.js';

describe.skipIf(!hasGolden)('reports in the reference’s own shape', () => {
  it.each(GOLDEN_NAMES)('print the CSV of every cohort of %s to the letter', { tags: 'long' }, (name) => {
    for (const cohort of readCohorts(name)) {
      const table = tableOf(cohort);
      expect(renderCsv(table, { as: 'percent', compat: true })).toBe(cohort.csv_percent);
      expect(renderCsv(table, { as: 'counts', compat: true })).toBe(cohort.csv_count);
    }
  });

  it.each(GOLDEN_NAMES)('give the rows of get_dates_data of %s to the last bit', { tags: 'long' }, (name) => {
    for (const cohort of readCohorts(name)) {
      const table = tableOf(cohort);
      expect(toDatesData(table)).toEqual(cohort.percent);
      expect(toDatesData(table, { as: 'counts' })).toEqual(cohort.count);
    }
  });

  it('round all 2,723 percentages and their alphas as Python does', () => {
    const values = readGoldenJson<[number, string, string, string][]>('expected/rounding_values.json.gz');
    expect(values).toHaveLength(2723);
    for (const [value, text, background, color] of values) {
      expect(floatText(roundHalfEven(value, 2))).toBe(text);
      expect(floatText(roundHalfEven(value / 100, 1))).toBe(background);
      expect(floatText(roundHalfEven(value / 100 + 0.5, 1))).toBe(color);
    }
    // Nothing of the golden data lies on a half: Python's own answers.
    const halves = [0.05, 0.15, 0.25, 0.35, 2.5].map((value) => roundHalfEven(value, value < 1 ? 1 : 0));
    expect(halves).toEqual([0.1, 0.1, 0.2, 0.3, 2]);
  });
});

describe('renderCsv', () => {
  it('writes ISO periods, plain numbers and RFC 4180 lines', () => {
    expect(renderCsv(sampleTable())).toBe(
      [
        'signup → login,Total,0,1,2,3',
        '2026-01,1200,100,50,0.08,12.5',
        '2026-02,300,100,0,25,',
        '2026-03,0,,,,',
        '2026-04,40,100,,,',
        '',
      ].join('\r\n'),
    );
    expect(renderCsv(sampleTable(), { as: 'counts' })).toContain('2026-01,1200,1200,600,1,150\r\n');
  });

  it('is read back to the same fields by a CSV reader, with no field that starts a formula', () => {
    for (const name of HOSTILE_NAMES) {
      const { data, errors } = Papa.parse<string[]>(renderCsv(sampleTable({ select1: name })));
      expect(errors).toEqual([]);
      expect(data.map((fields) => fields.length)).toEqual([6, 6, 6, 6, 6, 1]);
      expect(data[0]![0]).toContain(`${printable(name)} → login`);
      for (const field of data.flat()) expect(field).not.toMatch(/^[=+\-@\t\r]/);
    }
  });

  it('puts an apostrophe before whatever a spreadsheet takes for a formula, and nothing else', () => {
    const formulas = ['=1', '+1', '-1', '@a', '\t=1', '\r=1', '\n=1', '=1\n', '＝1', '＋1', '－1', '＠a'];
    const text = toCsv([formulas, ['a=1', '', 'a\n=1', -1]]);
    expect(Papa.parse<string[]>(text).data.slice(0, 2)).toEqual([
      formulas.map((formula) => `'${formula}`),
      ['a=1', '', 'a\n=1', '-1'],
    ]);
  });

  it('follows the table in whether it prints what the reference prints', () => {
    const table = { ...sampleTable(), compat: true };
    expect(renderCsv(table)).toBe(
      'Date,Total,0,1,2,3\n' +
        '01 Jan,1200,100.0,50.0,0.08,12.5\n' +
        '01 Feb,300,100.0,0.0,25.0,\n' +
        '01 Mar,0,,,,\n' +
        '01 Apr,40,100.0,,,\n',
    );
    expect(renderCsv(table, { compat: false })).toBe(renderCsv(sampleTable()));
  });
});
