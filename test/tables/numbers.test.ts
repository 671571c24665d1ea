import { describe, expect, it } from 'vitest';
import { formatValue, groupDigits, roundHalfEven } from '../../src/tables/numbers.js';

describe('numbers for people', () => {
  it('have their thousands apart', () => {
    expect([0, 1200, 30_936.25].map(groupDigits)).toEqual(['0', '1,200', '30,936.3']);
    expect(formatValue(1200, 'people')).toBe('1,200');
  });

  it('have them apart however many there are', () => {
    const expected = new Intl.NumberFormat('en', { maximumFractionDigits: 1, signDisplay: 'negative' });
    for (let digits = 1; digits < 20; digits += 1) {
      for (const value of [10 ** digits - 1, 10 ** digits, -(10 ** digits), 10 ** digits / 3]) {
        expect(groupDigits(value)).toBe(expected.format(value));
      }
    }
    for (const value of [-0, 2 ** 53 - 1, 1e21, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(groupDigits(value)).toBe(expected.format(value));
    }
  });

  it('have one decimal in percent if it tells something', () => {
    const texts = [0, 0.0499, 0.05, 12.34, 99.99, 100].map((value) => formatValue(value, 'percent'));
    expect(texts).toEqual(['0%', '<0.1%', '0.1%', '12.3%', '100.0%', '100%']);
  });

  it('have two decimals as a ratio', () => {
    expect([1 / 3, 1234.5, -0.001, -2.5].map((value) => formatValue(value, 'ratio'))).toEqual([
      '0.33',
      '1,234.50',
      '0.00',
      '-2.50',
    ]);
  });

  it('stay on their side of 0', () => {
    const texts = [-12.34, -0.3, -0.0499, -0, -100, -1234.5].map((value) => formatValue(value, 'percent'));
    expect(texts).toEqual(['-12.3%', '-0.3%', '>-0.1%', '0%', '-100%', '-1,234%']);
    expect([-1200, -0.04, -0].map((value) => formatValue(value, 'people'))).toEqual(['-1,200', '0', '0']);
    expect([-0.25, -2.5, -12.345, 0].map((value) => roundHalfEven(value, 1))).toEqual([-0.2, -2.5, -12.3, 0]);
  });

  it('have no decimals in thousands of percent', () => {
    expect([999.96, 12_345.6].map((value) => formatValue(value, 'percent'))).toEqual(['1000.0%', '12,346%']);
  });

  it('send exact halves to the even neighbour, as Python does', () => {
    const halves = [0.05, 0.15, 0.25, 0.35, 2.5].map((value) => roundHalfEven(value, value < 1 ? 1 : 0));
    expect(halves).toEqual([0.1, 0.1, 0.2, 0.3, 2]);
  });
});
