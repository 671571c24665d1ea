import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownText } from '../../src/base/own.js';
import { usedBytes } from '../support/memory.js';

it('is the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(ownText(text)).toBe(text);
    }),
  );
});

it('does not keep the longer text that it was cut from', async () => {
  const before = await usedBytes();
  const kept = Array.from({ length: 64 }, (_, index) => {
    const file = Buffer.alloc(2 ** 20, `user number ${index}, `).toString('latin1');
    return ownText(file.slice(0, 20));
  });
  expect((await usedBytes()) - before).toBeLessThan(2 ** 23);
  expect(kept[63]).toBe('user number 63, user');
});
