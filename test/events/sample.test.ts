import { describe, expect, it } from 'vitest';
import { markSample } from '../../src/events/sample.js';
import { Bitmapist, Period } from '../../src/index.js';
import { cellValue } from '../../src/report.js';

const LAST_DAY = Period.parse('2026-11-22');

async function makeSample(options: { users?: number; seed?: number } = {}) {
  const bitmapist = new Bitmapist({ clock: () => new Date('2026-11-23T12:00:00Z') });
  const marks = await markSample(bitmapist, { lastDay: LAST_DAY, users: 20_000, ...options });
  const count = (text: string) => bitmapist.query(text).count();
  return { bitmapist, marks, count };
}

describe('the made-up year', () => {
  it('signs everybody up once, in the year that ends with the last day', async () => {
    const { bitmapist, count } = await makeSample();
    expect(await count('signup@2025 ^ signup@2026')).toBe(20_000);
    expect(await count('signup@2025-11-23')).toBeGreaterThan(0);
    expect(await count('signup@2025-11-22 | signup@2026-11-23')).toBe(0);
    expect((await bitmapist.query('signup@2025 | signup@2026').ids()).at(-1)).toBe(20_000);
    expect(await bitmapist.eventNames()).toEqual(['active', 'pro', 'signup']);
  });

  it('grows, rests on weekends, and loses people who come back less and less', async () => {
    const { bitmapist, count } = await makeSample();
    expect(await count('signup@2026-10')).toBeGreaterThan(2 * (await count('signup@2025-12')));
    expect(await count('active@2026-11-22')).toBeLessThan(0.7 * (await count('active@2026-11-18')));
    const { rows } = await bitmapist.cohort({
      select1: 'signup',
      select2: 'active',
      timeGroup: 'months',
      startDate: '2025-12-01',
      numResults: 6,
      numOfRows: 5,
    });
    for (const { cells } of rows) {
      const shares = cells.map((cell) => cellValue(cell, 'percent')!);
      expect(shares[0]).toBe(100);
      expect(shares).toEqual(shares.toSorted((a, b) => b - a));
      expect(shares[5]).toBeGreaterThan(5);
    }
  });

  it('flags some of those who stay', async () => {
    const { count } = await makeSample();
    const professionals = await count('pro@unique');
    expect(professionals).toBeGreaterThan(500);
    expect(professionals).toBeLessThan(2000);
    const active = await count('active@2026-10 & pro@unique');
    expect(active / professionals).toBeGreaterThan(0.5);
  });

  it('is the same for the same seed, and another for another', async () => {
    const [one, two, other] = [await makeSample(), await makeSample(), await makeSample({ seed: 21 })];
    const set = 'active@2026-10 & ~active@2026-09';
    expect(one.marks).toBe(two.marks);
    expect(await one.bitmapist.query(set).ids()).toEqual(await two.bitmapist.query(set).ids());
    expect(other.marks).not.toBe(one.marks);
  });
});
