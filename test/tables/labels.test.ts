import { describe, expect, it } from 'vitest';
import { cohortLabel, laterLabel, periodLabel } from '../../src/tables/labels.js';
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

describe('the label of a cohort', () => {
  it.each([
    ['2026-11-22', '2026-11-22 · Sun'],
    ['2026-11-23', '2026-11-23 · Mon'],
    ['1970-01-01', '1970-01-01 · Thu'],
    ['1969-12-31', '1969-12-31 · Wed'],
    ['0001-01-01', '0001-01-01 · Mon'],
    ['2026-11', 'Nov 2026'],
    ['2026-11-22T13', '2026-11-22T13'],
  ])('of %s is %s', (period, label) => {
    expect(cohortLabel(Period.parse(period))).toBe(label);
  });

  it('is followed by how long after it columns look', () => {
    expect([laterLabel('month', 1), laterLabel('quarter', 0), laterLabel('day', 2, 4)]).toEqual([
      'Month 1',
      'Quarter 0',
      'Day 2–4',
    ]);
  });
});
