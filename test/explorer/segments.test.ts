import { describe, expect, it } from 'vitest';
import { defineSegments } from '../../src/explorer/engine/segments.js';
import { Bitmapist } from '../../src/index.js';

const EVENTS = ['active', 'signup'];

describe('segments', () => {
  it('stand for their expressions wherever an event can', async () => {
    const bitmapist = new Bitmapist();
    await bitmapist.markEvent('active', [1, 2], { now: '2026-01-05' });
    await bitmapist.markEvent('signup', [2, 3], { now: '2026-01-05' });
    const expression = 'active@{period} & signup@{period}';
    expect(defineSegments(bitmapist, EVENTS, [{ name: 'both', expression }])).toEqual([
      { name: 'both', expression, problem: undefined, notes: [] },
    ]);
    expect(await bitmapist.query('both@2026-01').count()).toBe(1);
  });

  it('may refer to each other, and say which names nobody has', () => {
    const views = defineSegments(new Bitmapist(), EVENTS, [
      { name: 'a', expression: 'b@{period} & activ@{period}' },
      { name: 'b', expression: 'signup@{period}' },
    ]);
    expect(views.map(({ notes }) => notes)).toEqual([['no event "activ" here; did you mean "active"?'], []]);
  });

  it('are left out if they cannot be defined, with the reason', () => {
    const bitmapist = new Bitmapist();
    const problems = defineSegments(bitmapist, EVENTS, [
      { name: 'signup', expression: 'active@{period}' },
      { name: 'broken', expression: 'active@' },
      { name: '', expression: 'active@{period}' },
      { name: 'sound', expression: 'active@{period}' },
    ]).map(({ problem }) => problem);
    expect(problems).toEqual([
      'expected a name that no event has, got "signup"',
      expect.stringContaining('expected'),
      expect.stringContaining('expected'),
      undefined,
    ]);
    expect(bitmapist.segmentNames).toEqual(['sound']);
  });
});
