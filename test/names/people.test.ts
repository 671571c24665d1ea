import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKey, periodKey, uniqueKey } from '../../src/names/keys.js';
import { isPeopleKey, parsePeopleKey, peopleKeys } from '../../src/names/people.js';
import { Period } from '../../src/time/period.js';

describe('the keys of a map of people', () => {
  it('are told by their shape, with any prefix', () => {
    for (const key of ['{bitmapist:people}:n', '{bitmapist:people}:b:0', 'app:{bitmapist:people}:t:120']) {
      expect(isPeopleKey(key)).toBe(true);
    }
    for (const key of [
      '{bitmapist:people}',
      '{bitmapist:people}:t:',
      '{bitmapist:people}:t:01',
      'people:n',
    ]) {
      expect(isPeopleKey(key)).toBe(false);
    }
  });

  it('say what they hold, to the map with their prefix', () => {
    expect(peopleKeys('app:')).toBe('app:{bitmapist:people}:');
    expect(parsePeopleKey('app:', 'app:{bitmapist:people}:n')).toEqual({ kind: 'next', index: 0 });
    expect(parsePeopleKey('', '{bitmapist:people}:b:7')).toEqual({ kind: 'bucket', index: 7 });
    expect(parsePeopleKey('', '{bitmapist:people}:t:120')).toEqual({ kind: 'page', index: 120 });
    expect(parsePeopleKey('', 'app:{bitmapist:people}:n')).toBeUndefined();
    expect(parsePeopleKey('', '{bitmapist:people}:{bitmapist:people}:n')).toBeUndefined();
  });

  it('are out of reach of every event, whatever it is called', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('{bitmapist:people}:n', '{bitmapist:people}:t:7', '{bitmapist:people}:b:1_2026-11'),
    );
    fc.assert(
      fc.property(fc.constantFrom('', 'trackist_', '{bitmapist:people}:'), name, (prefix, event) => {
        const keys = [uniqueKey(prefix, event), periodKey(prefix, event, Period.month(2026, 11))];
        expect(keys.some(isPeopleKey)).toBe(false);
      }),
    );
    for (const key of ['{bitmapist:people}:n', '{bitmapist:people}:t:7', '{bitmapist:people}:b:7']) {
      expect(parseKey('', key)).toBeUndefined();
    }
  });
});
