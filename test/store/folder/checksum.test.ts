import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumByTable, checksumOf } from '../../../src/store/folder/checksum.js';

describe('the checksum of a cached file', () => {
  it('is CRC-32', () => {
    expect(checksumOf(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('is the same where the platform has none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(checksumByTable(bytes)).toBe(checksumOf(bytes));
      }),
    );
  });
});
