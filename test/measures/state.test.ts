import { expect, it } from 'vitest';
import { stateOf } from '../../src/measures/state.js';
import { Period } from '../../src/time/period.js';

it('is final, running or in the future, as the period has ended, goes on or has not begun', () => {
  const current = Period.parse('2026-W47');
  expect(['2026-W46', '2026-W47', '2026-W48'].map((text) => stateOf(Period.parse(text), current))).toEqual([
    'final',
    'running',
    'future',
  ]);
});
