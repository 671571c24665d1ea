import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import {
  CONTAINER_BYTES,
  CONTAINER_IDS,
  checkByteLength,
  ID_LIMIT,
  MAX_BYTES,
} from '../../src/base/limits.js';

describe('limits', () => {
  it('are those of 32 bits, and of the 16 that neighbours share', () => {
    expect([ID_LIMIT, MAX_BYTES, CONTAINER_IDS, CONTAINER_BYTES]).toEqual([2 ** 32, 2 ** 29, 65_536, 8192]);
  });

  it('are kept by the length of a bitmap, which is named otherwise', () => {
    for (const byteLength of [0, 1, MAX_BYTES]) expect(checkByteLength('k', byteLength)).toBe(byteLength);
    for (const byteLength of [-1, 1.5, MAX_BYTES + 1, Number.NaN, undefined as unknown as number]) {
      expect(() => checkByteLength('k', byteLength)).toThrow(StoreError);
      expect(() => checkByteLength('k', byteLength)).toThrow(`under key "k"`);
    }
  });
});
