import { describe, expect, it } from 'vitest';
import { parseQuestion } from '../../src/measures.js';
import { bounded } from '../../src/web/bounded.js';
import { makeEvents } from '../support/web/dashboard.js';

const DAYS = { measure: 'series', timeGroup: 'days', numResults: 10 };

describe('questions of a request', () => {
  it('count no more sets and pairs than may be', async () => {
    const questions = [parseQuestion({ ...DAYS, expressions: ['active@day', 'signup@day'] })];
    const events = await makeEvents();
    expect(await events.ask(bounded(20), { questions })).toEqual(
      await events.ask(bounded(25_000), { questions }),
    );
    await expect(events.ask(bounded(19), { questions })).rejects.toThrow(
      'expected a question of at most 19 numbers, got one of 20',
    );
  });

  it('combine no more than eight times as many bitmaps', async () => {
    const events = await makeEvents();
    // Twenty years of months and a day, 241 bitmaps, for each of ten days.
    const expressions = ['active@2001-01..2020-12 & active@day'];
    const questions = [parseQuestion({ ...DAYS, expressions })];
    await expect(events.ask(bounded(301), { questions })).rejects.toThrow(
      'expected a question of at most 2408 bitmaps, got one of more',
    );
    expect(await events.ask(bounded(302), { questions })).toHaveLength(1);
  });
});
