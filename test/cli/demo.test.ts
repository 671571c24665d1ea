import { describe, expect, it } from 'vitest';
import { markSample } from '../../src/cli/sample.js';
import { Bitmapist, Period } from '../../src/index.js';
import { cellValue } from '../../src/report.js';
import { outputOf, runCommand } from '../support/cli/command.js';

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

describe('the demo', () => {
  it('is a source for every question', async () => {
    expect((await runCommand(['events', 'demo'])).stdout).toBe('active\npro\nsignup\n');
    expect((await runCommand(['count', 'demo', 'signup@year | signup@year-1'])).stdout).toBe('200000\n');
    expect(
      Number((await runCommand(['count', 'demo', 'pro@unique & active@week-1'])).stdout),
    ).toBeGreaterThan(1000);
  });

  it('ends its year with the day of --now, in the time zone that is asked for', async () => {
    for (const [now, zone, lastDay] of [
      ['2026-11-23', 'UTC', '2026-11-23'],
      ['2026-11-22T23:30:00Z', 'Asia/Tokyo', '2026-11-23'],
      ['2026-11-23T00:30:00Z', 'America/New_York', '2026-11-22'],
    ] as const) {
      const at = ['--now', now, '--time-zone', zone];
      const { total } = JSON.parse(await outputOf('inspect', 'demo', '--format', 'json', ...at));
      expect([now, total.to]).toEqual([now, lastDay]);
    }
  });

  it('shows a heatmap and answers of 200,000 users', async () => {
    const args = ['demo', '--now', '2026-11-23'];
    const { code, stdout, stderr } = await runCommand(args, { FORCE_COLOR: '2' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/ 200,000 users and [\d,]+ marks up to 2026-11-23, /);
    expect(stdout).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
    const plain = stdout.replace(/\u001b\[[\d;]*m/g, '');
    expect(plain.match(/^\w{3} \d{4} .*100%/gm)).toHaveLength(12);
    expect(plain).toMatch(/^professionals active last month +active@month-1 & pro@unique +7,946 /m);
    expect(plain).toContain('npx bitmapist-wasm --help');
  });
});
