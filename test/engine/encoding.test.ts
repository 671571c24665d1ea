import { expect, it } from 'vitest';
import { encodeSteps, encodeTable } from '../../src/engine/encoding.js';
import type { Step, TableStep } from '../../src/engine/steps.js';
import { Opcode } from '../../src/kernel/types.js';

const table: TableStep = {
  op: Opcode.CountTable,
  rows: [0, 2],
  columns: [1, 3, 2],
  cells: [
    { row: 0, column: 0, counter: 7 },
    { row: 1, column: 2, counter: 4 },
  ],
};

it('writes steps one after the other, slots by where they begin', () => {
  const steps: Step[] = [
    { op: Opcode.AndNot, dst: 3, slots: [0, 1], number: 0 },
    { op: Opcode.Count, dst: 5, slots: [3], number: 0 },
    { op: Opcode.CountXor, dst: 6, slots: [1, 2], number: 0 },
    { op: Opcode.AtLeast, dst: 4, slots: [0, 1, 3], number: 2 },
    { op: Opcode.CountAtLeast, dst: 1, slots: [4, 0, 1, 2], number: 3 },
    table,
  ];
  const { numbers, limits } = encodeSteps(steps, (slot) => slot * 64);
  expect([...numbers]).toEqual([
    ...[Opcode.AndNot, 192, 0, 64],
    ...[Opcode.Count, 5, 192, 0],
    ...[Opcode.CountXor, 6, 64, 128],
    ...[Opcode.AtLeast, 256, 2, 3, 0, 64, 192],
    ...[Opcode.CountAtLeast, 1, 3, 4, 256, 0, 64, 128],
    ...[Opcode.CountTable, 2, 3, 2, 0, 128, 64, 192, 128, 0, 0, 7, 1, 2, 4],
  ]);
  expect(limits).toEqual([]);
});

it('says where complements are to be cut off in each window', () => {
  const steps: Step[] = [
    { op: Opcode.Or, dst: 2, slots: [0, 1], number: 0 },
    { op: Opcode.Not, dst: 2, slots: [2], number: 1000 },
    { op: Opcode.Not, dst: 3, slots: [0], number: 20 },
  ];
  const { numbers, limits } = encodeSteps(steps, (slot) => slot * 64);
  expect([...numbers.subarray(4)]).toEqual([Opcode.Not, 128, 128, 0, Opcode.Not, 192, 0, 0]);
  expect(limits).toEqual([
    { at: 7, universeBytes: 1000 },
    { at: 11, universeBytes: 20 },
  ]);
});

it('writes a table of one pair as the pair', () => {
  const single: TableStep = { ...table, rows: [2], columns: [3], cells: [{ row: 0, column: 0, counter: 7 }] };
  expect([...encodeSteps([single], (slot) => slot * 64).numbers]).toEqual([Opcode.CountAnd, 7, 128, 192]);
  expect([...encodeTable(single)]).toEqual([Opcode.CountTable, 1, 1, 1, 2, 3, 0, 0, 7]);
});

it('writes a table over lists by their numbers', () => {
  expect([...encodeTable(table)]).toEqual([Opcode.CountTable, 2, 3, 2, 0, 2, 1, 3, 2, 0, 0, 7, 1, 2, 4]);
});
