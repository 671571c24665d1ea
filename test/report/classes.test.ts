import { describe, expect, it } from 'vitest';
import { barsOf, classesOf } from '../../src/report/classes.js';
import { groupsTable, lossTable } from '../support/report/tables.js';

describe('classes of bars', () => {
  it('are the columns in the unit of the table, each of a colour of its own, a warm one below the line', () => {
    const classes = classesOf(lossTable());
    expect(classes.map(({ label, color, isBelow }) => [label, color, isBelow])).toEqual([
      ['New', 0, false],
      ['Returning', 2, false],
      ['Resurrecting', 3, false],
      ['Dormant', 1, true],
    ]);
    expect(classesOf(groupsTable()).map(({ color }) => color)).toEqual([0, 1]);
  });

  it('stack on each other, in both directions, nobody without a bar', () => {
    const table = lossTable();
    const spans = barsOf(table, classesOf(table)).map((row) => row.map(({ from, to }) => [from, to]));
    expect(spans).toEqual([
      [[0, 40]],
      [
        [0, 30],
        [30, 55],
        [0, -15],
      ],
      [
        [0, 5],
        [5, 35],
        [35, 45],
        [0, -25],
      ],
    ]);
  });

  it('stand side by side if they overlap, a negative value below the line', () => {
    const table = groupsTable();
    expect(barsOf(table, classesOf(table))[0]!.map(({ from, to }) => [from, to])).toEqual([
      [0, 800],
      [0, 3020],
    ]);
    const rows = [
      {
        ...table.rows[0]!,
        cells: [{ count: -3, state: 'running' } as const, { count: 2, state: 'future' } as const],
      },
    ];
    expect(barsOf({ ...table, rows }, classesOf(table))).toMatchObject([
      [{ from: 0, to: -3, value: -3, isRunning: true }],
    ]);
  });
});
