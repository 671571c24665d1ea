import { describe, expect, it } from 'vitest';
import { keyOfRow, rowNameOf, startOf } from '../../../src/store/clickhouse/keys.js';

const NAMED = [
  [
    'trackist_song:played_2026-7',
    { event: 'song:played', unit: 'month', period: '2026-07' },
    '2026-07-01T00',
  ],
  ['trackist_a_b_W2026-1', { event: 'a_b', unit: 'week', period: '2026-W01' }, '2025-12-29T00'],
  ['trackist_é_2026-11-2', { event: 'é', unit: 'day', period: '2026-11-02' }, '2026-11-02T00'],
  ['trackist_x_2026-11-2-5', { event: 'x', unit: 'hour', period: '2026-11-02T05' }, '2026-11-02T05'],
  ["trackist_it's_u", { event: "it's", unit: 'unique', period: 'unique' }, '1970-01-01T00'],
] as const;

describe('a key as columns of a row', () => {
  it.each(NAMED)('%s', (key, name, start) => {
    expect(rowNameOf(key)).toEqual(name);
    expect(keyOfRow(name)).toBe(key);
    expect(startOf(name)).toBe(Date.parse(`${start}:00:00Z`) / 1000);
  });

  it('begins with the prefix that is asked for', () => {
    expect(rowNameOf('bitmapist_a_u', 'bitmapist_')).toEqual({
      event: 'a',
      unit: 'unique',
      period: 'unique',
    });
    expect(rowNameOf('trackist_a_u', 'bitmapist_')).toBeUndefined();
    expect(keyOfRow({ event: 'a', unit: 'unique', period: 'unique' }, '')).toBe('a_u');
  });

  it.each([
    'sessions',
    'trackist__u',
    'trackist_bitop_AND_trackist_a_u',
    'trackist_a_2026-07',
    'trackist_\udcff_u',
  ])('is none for %j', (key) => {
    expect(rowNameOf(key)).toBeUndefined();
  });

  it.each([
    { event: '', unit: 'unique', period: 'unique' },
    { event: 'a', unit: 'unique', period: '2026' },
    { event: 'a', unit: 'year', period: '2026' },
    { event: 'a', unit: 'day', period: '2026-11' },
    { event: 'a', unit: 'day', period: '2026-11-31' },
    { event: 'a', unit: 'month', period: "x'" },
  ])('is none for the row %j', (name) => {
    expect(keyOfRow(name)).toBeUndefined();
  });

  it('starts within what the column can hold', () => {
    const day = (period: string) => startOf({ event: 'a', unit: 'day', period });
    expect(day('0001-01-01')).toBe(Date.UTC(1900, 0, 1) / 1000);
    expect(day('9999-12-31')).toBe(Date.UTC(2299, 11, 31, 23) / 1000);
  });
});
