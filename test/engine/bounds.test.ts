import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { isBounded } from '../../src/engine/bounds.js';

const bitmapist = new Bitmapist();

describe('an expression', () => {
  it.each([
    'a@2026',
    'a@2026 & ~b@2026',
    '~a@2026 & ~b@2026 & c@2026',
    '~(~a@2026 | b@2026)',
    '~a@2026 ^ ~b@2026',
    'atLeast(2, ~a@2026, b@2026, c@2026)',
    'exactly(1, ~a@2026, ~b@2026)',
  ])('is the same set wherever it stands: %s', (text) => {
    expect(isBounded(bitmapist.query(text).expression)).toBe(true);
  });

  it.each([
    '~a@2026',
    'a@2026 | ~b@2026',
    '~a@2026 & ~b@2026',
    '~(a@2026 & ~b@2026)',
    'a@2026 ^ ~b@2026',
    'atLeast(2, ~a@2026, ~b@2026, c@2026)',
  ])('holds everybody but some: %s', (text) => {
    expect(isBounded(bitmapist.query(text).expression)).toBe(false);
  });
});
