import { describe, expect, it } from 'vitest';
import { periodLabel } from '../../src/tables/labels.js';
import { Period } from '../../src/time/period.js';

describe('the label of a period', () => {
  it.each([
    ['2026', '2026'],
    ['2026-11', 'Nov 2026'],
    ['0999-01', 'Jan 0999'],
    ['2026-W47', '2026-W47 · 16 Nov'],
    ['2026-W01', '2026-W01 · 29 Dec'],
    ['2026-11-22', '2026-11-22'],
    ['2026-11-22T13', '2026-11-22T13'],
  ])('of %s is %s', (period, label) => {
    expect(periodLabel(Period.parse(period))).toBe(label);
  });
});
