import { describe, expect, it } from 'vitest';
import { bitMask, byteIndex, clearBit, hasBit, setBit, setBits } from '../../src/base/bits.js';

describe('bits of bytes, in the order of Redis', () => {
  it('begin with the most significant', () => {
    expect([0, 1, 6, 7, 8, 15].map(bitMask)).toEqual([0x80, 0x40, 0x02, 0x01, 0x80, 0x01]);
    expect([0, 7, 8, 4_294_967_295].map(byteIndex)).toEqual([0, 0, 1, 536_870_911]);
    expect(bitMask(4_294_967_295)).toBe(1);
  });

  it('are set, found and cleared one by one, telling what changed', () => {
    for (let id = 0; id < 24; id++) {
      const bytes = new Uint8Array(3);
      expect(setBit(bytes, id)).toBe(true);
      expect(setBit(bytes, id)).toBe(false);
      for (let other = 0; other < 24; other++) expect(hasBit(bytes, other)).toBe(other === id);
      bytes.fill(0xff);
      expect(clearBit(bytes, id)).toBe(true);
      expect(clearBit(bytes, id)).toBe(false);
      for (let other = 0; other < 24; other++) expect(hasBit(bytes, other)).toBe(other !== id);
    }
  });

  it('are set from one to another, within a byte and over many', () => {
    for (let first = 0; first < 32; first++) {
      for (let last = first; last < 32; last++) {
        const bytes = new Uint8Array(6);
        setBits(bytes, 1, first, last);
        for (let bit = 0; bit < 48; bit++) {
          expect(hasBit(bytes, bit)).toBe(bit - 8 >= first && bit - 8 <= last);
        }
      }
    }
  });

  it('are not set past the end', () => {
    expect(hasBit(new Uint8Array(1).fill(0xff), 8)).toBe(false);
    expect(hasBit(new Uint8Array(0), 4_294_967_295)).toBe(false);
  });
});
