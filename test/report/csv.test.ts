import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/base/errors.js';
import { renderCsv, toCsv } from '../../src/report.js';
import {
  groupsTable,
  HOSTILE_NAMES,
  lossTable,
  sampleTable,
  stepsTable,
  trendTable,
} from '../support/report/tables.js';

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

  it('has a line per period for lines over time', () => {
    expect(renderCsv(trendTable())).toBe(
      [
        'Period,signup,active',
        '2026-04-13,0,4000',
        '2026-04-14,1000,5000',
        '2026-04-15,2000,6000',
        '2026-04-16,,',
        '',
      ].join('\r\n'),
    );
    expect(renderCsv(trendTable(['=1']))).toContain('Period,"\'=1"\r\n');
  });

  it('names steps and sets, whose keys are numbers', () => {
    const lines = renderCsv(stepsTable(), { as: 'counts', unfinished: true }).split('\r\n');
    expect(lines.slice(0, 3)).toEqual([
      'Began in,Total,signup,active,pay,unfinished',
      'All,1000,1000,620,310,signup; active; pay',
      '2026-01,500,500,330,170,',
    ]);
    const row = { key: '0,2', label: 'a@2026 & =c', cells: groupsTable().rows[0]!.cells };
    const [head, first] = renderCsv({ ...groupsTable(), rowHead: 'Sets', rows: [row] }).split('\r\n');
    expect([head, first]).toEqual(['Sets,exactly,atLeast', 'a@2026 & =c,800,3020']);
  });

  it('says of every line which of its numbers may still change, if asked to', () => {
    const lines = renderCsv(sampleTable(), { unfinished: true }).split('\r\n');
    expect(lines).toEqual([
      'signup → login,Total,0,1,2,3,unfinished',
      '2026-01,1200,100,50,0.08,12.5,3',
      '2026-02,300,100,0,25,,2',
      '2026-03,0,,,,,',
      '2026-04,40,100,,,,0',
      '',
    ]);
    expect(renderCsv(trendTable(), { unfinished: true })).toContain(
      '2026-04-15,2000,6000,signup; active\r\n',
    );
  });

  it('has every column in its own unit, and numbers below zero as numbers', () => {
    expect(renderCsv(lossTable()).split('\r\n')).toEqual([
      'Month,new,returning,resurrecting,dormant,growth,pulse',
      '2026-01,40,0,0,0,,',
      '2026-02,30,25,0,15,37.5,2',
      '2026-03,5,30,10,25,-18.18,0.6',
      '',
    ]);
  });

  it('keeps four decimals of a ratio', () => {
    expect(renderCsv({ ...sampleTable(), unit: 'ratio' })).toContain('2026-01,1200,1,0.5,0.0008,0.125\r\n');
  });
  it('puts several tables one after the other, each below its title', () => {
    const [one, other] = [sampleTable(), { ...trendTable(), title: 'trend, of "all"' }];
    expect(renderCsv([one, other])).toBe(
      `${one.title}\r\n${renderCsv(one)}\r\n"trend, of ""all"""\r\n${renderCsv(other)}`,
    );
    expect(renderCsv([one])).toBe(renderCsv(one));
    expect(renderCsv([])).toBe('');
  });
});
