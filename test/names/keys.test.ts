import { describe, expect, it } from 'vitest';
import {
  checkEventName,
  isStoredResult,
  parseKey,
  periodKey,
  resultKey,
  uniqueKey,
} from '../../src/names/keys.js';
import { Period } from '../../src/time/period.js';

describe('keys', () => {
  it('are those of the reference, without zero padding', () => {
    const keys = ['2025-12', '2026-W01', '2025-12-29', '2025-12-29T05'].map((text) =>
      periodKey('trackist_', 'a', Period.parse(text)),
    );
    expect(keys).toEqual([
      'trackist_a_2025-12',
      'trackist_a_W2026-1',
      'trackist_a_2025-12-29',
      'trackist_a_2025-12-29-5',
    ]);
    expect(uniqueKey('bitmapist_', 'a')).toBe('bitmapist_a_u');
  });

  it('have none for a year or quarter, which is the OR of its months', () => {
    for (const text of ['2026', '2026-Q4']) {
      expect(() => periodKey('trackist_', 'a', Period.parse(text))).toThrow('which has no key of its own');
    }
    expect(parseKey('trackist_', 'trackist_a_2026-Q4')).toBeUndefined();
  });

  it('parse back to their event and period, whatever the event is called', () => {
    for (const event of [
      'a',
      'a_b',
      'x:y',
      'u',
      'bitop',
      'bitop_x',
      'bitop_AND',
      'a_2024-1',
      'näme ✓',
      'W2024-1',
    ]) {
      for (const text of ['2024-01', '2024-W01', '2024-01-31', '2024-01-31T00']) {
        const parsed = parseKey('trackist_', periodKey('trackist_', event, Period.parse(text)));
        expect([parsed?.event, String(parsed?.period)]).toEqual([event, text]);
      }
      expect(parseKey('trackist_', uniqueKey('trackist_', event))).toEqual({ event, period: 'unique' });
    }
  });

  it.each([
    'other',
    'trackist_',
    'trackist_a',
    'trackist__2024-1',
    'trackist_a_',
    'trackist_a_2024',
    'trackist_a_2024-13',
    'trackist_a_2024-02',
    'trackist_a_W2024-54',
    'trackist_a_W2024-5-1',
    'trackist_a_2024-2-3-4-5',
    'trackist_a_2024-2-30',
    'trackist_a_2024-2-3-24',
    'bitmapist_a_2024-1',
  ])('are not found in %s', (key) => {
    expect(parseKey('trackist_', key)).toBeUndefined();
    // Once more: what a suffix stands for is remembered, also if it is nothing.
    expect(parseKey('trackist_', key)).toBeUndefined();
  });

  it('tell stored results from events whose names begin with bitop', () => {
    const stored = resultKey('trackist_', 'OR', ['trackist_a_2024-1', 'trackist_a_2024-2']);
    expect(stored).toBe('trackist_bitop_OR_trackist_a_2024-1-trackist_a_2024-2');
    expect(isStoredResult('trackist_', stored)).toBe(true);
    expect(parseKey('trackist_', stored)).toBeUndefined();
    for (const operation of ['AND', 'OR', 'XOR', 'NOT', 'ATLEAST2', 'ATLEAST31']) {
      expect(isStoredResult('trackist_', resultKey('trackist_', operation, ['trackist_a_u']))).toBe(true);
    }
    expect(isStoredResult('trackist_', 'trackist_bitop_NAND_trackist_a_u')).toBe(false);
    expect(isStoredResult('trackist_', 'trackist_bitop_ATLEAST_trackist_a_u')).toBe(false);
    expect(isStoredResult('trackist_', 'trackist_bitop_x_2024-1')).toBe(false);
    expect(isStoredResult('trackist_', 'trackist_bitop_AND_2024-1')).toBe(false);
    expect(isStoredResult('trackist_', resultKey('trackist_', 'AND', [stored, stored]))).toBe(true);
  });

  it('need an event name', () => {
    expect(checkEventName('a')).toBe('a');
    expect(() => checkEventName('')).toThrow('expected an event name, got an empty string');
    expect(() => checkEventName(5)).toThrow(TypeError);
  });
});
