import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadSource } from '../../src/explorer/engine/load.js';
import type { LoadProgress } from '../../src/explorer/engine/protocol.js';
import { Bitmapist } from '../../src/index.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('a source that is made up', () => {
  it('is a year up to today, and says how many of its days are made', async () => {
    vi.setSystemTime('2026-11-23T12:00:00Z');
    const progress: LoadProgress[] = [];
    const ask = { source: { users: 300 }, name: 'app' };
    const { datasets, view } = await loadSource(ask, (each) => progress.push(each));
    const [{ store, prefix, catalog } = expect.fail('no dataset')] = datasets;
    expect(catalog.names).toEqual(['active', 'pro', 'signup']);
    expect([catalog.first, catalog.last].map(String)).toEqual(['2025-11-24', '2026-11-23']);
    const signups = await new Bitmapist({ store, prefix }).query('signup@day-364..day').count();
    expect(signups).toBe(300);
    expect(view).toMatchObject({ name: 'app', bytes: undefined, problem: undefined });
    expect(view.datasets).toMatchObject([{ db: 0, prefix: 'trackist_', events: 3 }]);
    expect(progress.length).toBeGreaterThan(20);
    expect(progress.every(({ done, total }) => total === 365 && done <= 365)).toBe(true);
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).sort((a, b) => a - b));
  });
});

describe('a CSV', () => {
  const load = (marks: { hourly?: boolean; unique?: boolean }, at: string) =>
    loadSource(
      { source: new Blob([`user,timestamp,event\n7,${at},visit\n`]), name: 'a.csv', ...marks },
      () => {},
    );

  it('has days, weeks and months, and hours and flags if asked for', async () => {
    const keysOf = async (marks: { hourly?: boolean; unique?: boolean }) =>
      (await load(marks, '2026-11-23T10:00:00Z')).datasets[0]!.catalog.keys;
    expect(await keysOf({})).toEqual({ month: 1, week: 1, day: 1, hour: 0, unique: 0 });
    const all = { month: 1, week: 1, day: 1, hour: 1, unique: 1 };
    expect(await keysOf({ hourly: true, unique: true })).toEqual(all);
  });

  it('is refused if hours are asked for and a row has none', async () => {
    expect((await load({}, '2026-11-23')).datasets).toHaveLength(1);
    await expect(load({ hourly: true }, '2026-11-23')).rejects.toThrow('line 2');
  });
});
