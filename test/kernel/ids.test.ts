import { describe, expect, it } from 'vitest';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { idsOf } from '../support/kernel/model.js';

// How ids are found depends on how many words, and bytes, of 256 bytes are not zero; each way is right up to its edges.

describe.each(['js', 'wasm'] as const)('ids by the %s kernel', (name) => {
  function expectIds(bitmap: Uint8Array<ArrayBuffer>): void {
    const kernel = borrowKernel(name);
    const memory = kernel.reserve(bitmap.length * 33);
    memory.set(bitmap);
    const count = kernel.ids(bitmap.length, 0, bitmap.length, 1000);
    const ids = new Uint32Array(memory.buffer, memory.byteOffset + bitmap.length, count);
    expect(ids.join()).toBe(idsOf(bitmap, 1000).join());
    returnKernel(kernel);
  }

  it.each([0, 1, 2, 12, 13, 14, 15, 63, 64])('are found if %d of 64 words are not zero', (filled) => {
    for (const byte of [0x01, 0x80, 0x5a, 0xff]) {
      const bitmap = new Uint8Array(3 * 256);
      // In the first and in the last stretch, and in other words of each.
      for (let word = 0; word < filled; word++) {
        bitmap[word * 4 + (word % 4)] = byte;
        bitmap[512 + (63 - word) * 4 + (word % 4)] = byte;
      }
      expectIds(bitmap);
    }
  });

  it.each([0, 1, 9, 10, 11, 12, 13, 14, 15, 16])(
    'are found if %d of the first 16 bytes are not zero',
    (filled) => {
      for (const [first, rest] of [
        [0x10, 0x80],
        [0x1f, 0xff],
        [0x0f, 0xf8],
      ] as const) {
        const bitmap = new Uint8Array(2 * 256).fill(rest);
        bitmap.fill(0, 0, 16).fill(first, 16 - filled, 16);
        expectIds(bitmap);
      }
    },
  );

  it.each([0, 1, 3, 4, 5, 7, 8])('are found if bytes have %d bits', (bits) => {
    for (const byte of [0xff << (8 - bits), 0xff >> (8 - bits)]) expectIds(new Uint8Array(256).fill(byte));
  });
});
