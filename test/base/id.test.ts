import { describe, expect, it } from 'vitest';
import { checkId } from '../../src/base/id.js';
import { ID_LIMIT } from '../../src/base/limits.js';

describe('an id', () => {
  it('is an integer in [0, 2^32)', () => {
    for (const id of [0, 1, 2 ** 31, 4_294_967_295]) expect(checkId(id)).toBe(id);
    expect(ID_LIMIT).toBe(4_294_967_296);
  });

  it.each([
    [-1, 'expected an id in [0, 2^32), got -1'],
    [4_294_967_296, 'expected an id in [0, 2^32), got 4294967296'],
    [1.5, 'expected an id in [0, 2^32), got 1.5'],
    [Number.NaN, 'expected an id in [0, 2^32), got NaN'],
    [Number.POSITIVE_INFINITY, 'expected an id in [0, 2^32), got Infinity'],
  ])('is not %d', (id, message) => {
    expect(() => checkId(id)).toThrow(new RangeError(message));
  });

  it.each([
    ['5', 'expected an id that is a number in [0, 2^32), got "5"; convert it with Number("5")'],
    ['u', 'expected an id that is a number in [0, 2^32), got "u"; text needs the option people'],
    [5n, 'expected an id that is a number in [0, 2^32), got 5 (bigint)'],
    [null, 'expected an id that is a number in [0, 2^32), got null (object)'],
    [undefined, 'expected an id that is a number in [0, 2^32), got undefined (undefined)'],
  ])('is no %o', (id, message) => {
    expect(() => checkId(id)).toThrow(new TypeError(message));
  });
});
