import { expect, it } from 'vitest';
import { varint } from '../../../src/formats/clickhouse/varint.js';

it.each([
  [0, [0]],
  [127, [127]],
  [128, [128, 1]],
  [300, [172, 2]],
  [2 ** 32, [128, 128, 128, 128, 16]],
])('writes %d in as few bytes as it needs', (number, bytes) => {
  expect([...varint(number)]).toEqual(bytes);
});
