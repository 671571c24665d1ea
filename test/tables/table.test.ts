import { describe, expect, it } from 'vitest';
import { cellValue } from '../../src/tables/table.js';

describe('the value of a cell', () => {
  it('is people, a share of them, or a ratio', () => {
    const cell = { count: 1, of: 3, state: 'final' } as const;
    expect(cellValue(cell, 'people')).toBe(1);
    expect(cellValue(cell, 'percent')).toBe((1 / 3) * 100);
    expect(cellValue({ ...cell, state: 'running' }, 'ratio')).toBe(1 / 3);
  });

  it('is the number itself if it is of nothing, as an average of shares is', () => {
    expect(cellValue({ count: 12.5, state: 'final' }, 'percent')).toBe(12.5);
  });

  it('is missing if its period has not begun, or there is nobody to share out', () => {
    for (const state of ['future', 'empty'] as const) {
      expect(cellValue({ count: 0, of: 0, state }, 'people')).toBeUndefined();
    }
    expect(cellValue({ count: 0, of: 0, state: 'final' }, 'percent')).toBeUndefined();
    expect(cellValue({ count: 0, of: 0, state: 'final' }, 'people')).toBe(0);
  });
});
