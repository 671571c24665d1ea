import { expect, it } from 'vitest';
import { tableOf } from '../../src/engine/table.js';
import { Opcode } from '../../src/kernel/types.js';

it('takes the slot that consecutive steps share for the row, on whichever side it is', () => {
  const pairs = [
    [0, 5],
    [0, 6],
    [6, 1],
    [5, 1],
    [2, 2],
  ] as const;
  const steps = pairs.map(([a, b], dst) => ({ op: Opcode.CountAnd, dst, a, b }));
  expect(tableOf(steps, (slot) => slot * 64)).toEqual([
    ...[Opcode.CountTable, 3, 3, 5],
    ...[0, 64, 128],
    ...[320, 384, 128],
    ...[0, 0, 0, 0, 1, 1],
    ...[1, 0, 3, 1, 1, 2],
    ...[2, 2, 4],
  ]);
});
