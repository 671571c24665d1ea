import { describe, expect, it } from 'vitest';
import { stepRates } from '../../src/tables/steps.js';
import { stepsTable } from '../support/report/tables.js';

describe('the rates of a funnel', () => {
  it('are of those who began, and of those at the step before', () => {
    expect(stepRates(stepsTable())).toEqual([
      { label: 'signup', count: 1000, ofFirst: 100, ofBefore: undefined, isRunning: true },
      { label: 'active', count: 620, ofFirst: 62, ofBefore: 62, isRunning: true },
      { label: 'pay', count: 310, ofFirst: 31, ofBefore: 50, isRunning: true },
    ]);
  });

  it('are missing if nobody began, and there are none of no row', () => {
    const table = stepsTable();
    expect(
      stepRates({ ...table, rows: table.rows.slice(-1) }).map((each) => [each.ofFirst, each.ofBefore]),
    ).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(stepRates({ ...table, rows: [] })).toEqual([]);
  });
});
