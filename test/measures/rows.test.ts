import { describe, expect, it } from 'vitest';
import { parseQuestion } from '../../src/measures/question.js';
import { plainAnswers, plainRows, rowsQuestion } from '../../src/measures/rows.js';
import type { Cell, Table } from '../../src/tables/table.js';

const final = (count: number): Cell => ({ count, state: 'final' });
const future: Cell = { count: 0, state: 'future' };
const TABLE: Omit<Table, 'layout' | 'rows' | 'columns'> = {
  measure: 'any',
  title: '',
  unit: 'people',
  rowHead: '',
  notes: [],
  now: '2026-11-22T00:00:00Z',
  timeZone: 'UTC',
};

describe('plain rows', () => {
  it('of a triangle have a size and cells, null if they are still to come', () => {
    const rows = [{ key: '2026-11', label: 'Nov', period: '2026-11', size: 3, cells: [final(2), future] }];
    const columns = ['0', '1'].map((key) => ({ key, label: key }));
    expect(plainRows({}, { ...TABLE, layout: 'triangle', rows, columns })).toEqual([
      { period: '2026-11', size: 3, cells: [2, null] },
    ]);
  });

  it('of lines over time have a count of each line', () => {
    const rows = ['a', 'b'].map((key) => ({ key, label: key, cells: [final(2), future] }));
    const columns = ['2026-11', '2026-12'].map((key) => ({ key, label: key, period: key }));
    expect(plainRows({}, { ...TABLE, layout: 'series', rows, columns })).toEqual([
      { period: '2026-11', counts: [2, 2] },
      { period: '2026-12', counts: [null, null] },
    ]);
  });

  it('of other tables have a property for each column', () => {
    const columns = ['new', 'dormant'].map((key) => ({ key, label: key }));
    const rows = [{ key: '2026-11', label: 'Nov', period: '2026-11', cells: [final(2), final(1)] }];
    expect(plainRows({}, { ...TABLE, layout: 'bars', rows, columns })).toEqual([
      { period: '2026-11', new: 2, dormant: 1 },
    ]);
    const named = [{ key: 'a', label: 'A', size: 4, cells: [final(2), final(1)] }];
    expect(plainRows({}, { ...TABLE, layout: 'bars', rows: named, columns })).toEqual([
      { key: 'a', size: 4, new: 2, dormant: 1 },
    ]);
  });

  it('are as the measure has them, if it says so', () => {
    const rows = { of: ({ title }: Table) => [{ title }] };
    expect(plainRows({ rows }, { ...TABLE, title: 'x', layout: 'bars', rows: [], columns: [] })).toEqual([
      { title: 'x' },
    ]);
  });

  it('of a layout that the measure says nothing about are as of any measure', () => {
    const rows = { layout: 'steps', of: ({ title }: Table) => [{ title }] } as const;
    const columns = [{ key: '0', label: 'Day 0' }];
    const told = [{ key: '2', label: 'a', size: 4, cells: [final(2)] }];
    expect(plainRows({ rows }, { ...TABLE, layout: 'bars', rows: told, columns })).toEqual([
      { key: '2', size: 4, 0: 2 },
    ]);
  });
});

describe('plain rows of answers', () => {
  const question = parseQuestion({ measure: 'overlap', sets: ['a@2026-11'] });
  const { measure } = question;
  const columns = [{ key: '0', label: 'Day 0' }];
  const tableOf = (title: string): Table => {
    const rows = [{ key: '0', label: 'a', cells: [final(2), final(2)] }];
    return { ...TABLE, title, layout: 'bars', rows, columns };
  };

  it('are those of a single table', () => {
    const rows = plainRows(measure, tableOf('x'));
    expect(plainAnswers([{ question, tables: [tableOf('x')] }])).toEqual(rows);
  });

  it('say of several tables what they are of', () => {
    const rows = plainRows(measure, tableOf('x'));
    const broken = { measure, by: ['pro', 'free'] };
    const answers = [
      { question: broken, tables: [tableOf('p'), tableOf('f')] },
      // Lines of both values in one table.
      { question: broken, tables: [tableOf('both')] },
    ];
    expect(plainAnswers(answers)).toEqual([
      { measure: 'overlap', title: 'p', by: 'pro', rows },
      { measure: 'overlap', title: 'f', by: 'free', rows },
      { measure: 'overlap', title: 'both', rows },
    ]);
  });

  it('are asked for with what the measure needs to have them all', () => {
    const { rows: _, ...plain } = measure;
    const telling = { ...plain, rows: { of: () => [], args: { as: 'counts' } } };
    expect(rowsQuestion({ ...question, measure: telling }).args).toEqual({ ...question.args, as: 'counts' });
    expect(rowsQuestion({ ...question, measure: plain }).args).toEqual(question.args);
  });
});
