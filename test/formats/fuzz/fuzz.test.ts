import { expect, it } from 'vitest';
import { fuzz } from '../../support/formats/fuzz/run.js';

it('broken files end in typed errors, soon, and within the bounds on memory', { tags: 'long' }, async () => {
  const inputs = 6000;
  const report = await fuzz(inputs, 20_261_122);
  // Neither everything is refused, which would say little, nor little.
  expect(report.accepted).toBeGreaterThan(inputs / 50);
  expect(report.refused).toBeGreaterThan(inputs / 2);
});
