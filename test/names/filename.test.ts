import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeFileName, encodeFileName } from '../../src/names/filename.js';
import { decodeKey } from '../../src/names/key-text.js';

it('names of files come back to the keys they stand for, and are fit for any file system', () => {
  const key = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map(decodeKey),
    fc.string({ minLength: 1, maxLength: 20 }),
  );
  fc.assert(
    fc.property(key, (each) => {
      const name = encodeFileName(each);
      expect(name).toMatch(/^(?!\.)[A-Za-z0-9_.%-]+(?<!\.)$/);
      expect(decodeFileName(name)).toBe(each);
    }),
    { numRuns: 2000, seed: 22 },
  );
});

it.each([
  ['trackist_purchase_W2026-47', 'trackist_purchase_W2026-47'],
  ['trackist_purchase:5plus_2026-1', 'trackist_purchase%3A5plus_2026-1'],
  ['a/b', 'a%2Fb'],
  ['..', '%2E%2E'],
  ['.', '%2E'],
  ['é', '%C3%A9'],
])('the bitmap of %j is in the file %j', (key, name) => {
  expect(encodeFileName(key)).toBe(name);
});

it('names that were written by hand are taken as they are', () => {
  expect(decodeFileName('trackist_a:b 100%_2026-1')).toBe('trackist_a:b 100%_2026-1');
  expect(decodeFileName('é')).toBe('é');
});

it('a key without a name is refused', () => {
  expect(() => encodeFileName('')).toThrow('expected a key whose file name has 1 to 255 characters, got 0');
  expect(() => encodeFileName(':'.repeat(86))).toThrow(RangeError);
  expect(encodeFileName(':'.repeat(85)).length).toBe(255);
});
