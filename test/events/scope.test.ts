import { describe, expect, it } from 'vitest';
import {
  atLeast,
  bitmap,
  combine,
  complement,
  type Expression,
  exactly,
} from '../../src/engine/expression.js';
import { takeApart } from '../../src/engine/taking.js';
import { parseQuery } from '../../src/events/query.js';
import {
  checkMarkable,
  eventExpression,
  eventKeys,
  queryExpression,
  type Scope,
} from '../../src/events/scope.js';
import { Segments } from '../../src/events/segments.js';
import { MemoryStore } from '../../src/store/memory.js';
import { Period } from '../../src/time/period.js';

const source: Scope = {
  store: new MemoryStore(),
  prefix: 'p_',
  timeZone: 'Asia/Tokyo',
  segments: new Segments(),
  storedKeys: new Set(),
  defaults: {},
  now: () => new Date('2026-03-31T20:00:00Z'),
};
source.segments.define('both', (period) =>
  combine(
    'and',
    ['a', 'b'].map((name) => eventExpression(source, name, period)),
  ),
);
const leaf = (key: string): Expression => bitmap(source.store, `p_${key}`);
const query = (text: string, placeholder?: Period | 'unique') =>
  queryExpression(source, parseQuery(text), placeholder);

describe('the keys of an event', () => {
  it('are one for a period or the flag, and twelve for a year', () => {
    expect(eventKeys(source, 'a', Period.parse('2026-W09'))).toEqual(['p_a_W2026-9']);
    expect(eventKeys(source, 'a', 'unique')).toEqual(['p_a_u']);
    expect(eventKeys(source, 'a', Period.year(2026))).toEqual(
      Array.from({ length: 12 }, (_, month) => `p_a_2026-${month + 1}`),
    );
    expect(() => eventKeys(source, '', 'unique')).toThrow('expected an event name, got an empty string');
    expect(() => eventKeys(source, 'a', '2026' as never)).toThrow('expected a Period, got 2026');
  });

  it('are not marked under the name of a segment or of stored results', () => {
    expect(checkMarkable(source, 'a')).toBe('a');
    expect(() => checkMarkable(source, 'both')).toThrow('got the segment "both"');
    expect(() => checkMarkable(source, 'bitop_AND_p_a')).toThrow('as stored results are called');
  });
});

describe('the set of an expression text', () => {
  it('combines what the text says, in its order', () => {
    expect(query('~a@2026-03 & (b@unique | c@2026-03-14)')).toEqual(
      combine('and', [complement(leaf('a_2026-3')), combine('or', [leaf('b_u'), leaf('c_2026-3-14')])]),
    );
    expect(query('a@2026-W09 ^ a@2026-W10')).toEqual(combine('xor', [leaf('a_W2026-9'), leaf('a_W2026-10')]));
  });

  it('counts periods back from now, in the time zone', () => {
    expect(query('a@day ^ a@day-1 ^ a@month ^ a@month-1 ^ b@day')).toEqual(
      combine('xor', ['a_2026-4-1', 'a_2026-3-31', 'a_2026-4', 'a_2026-3', 'b_2026-4-1'].map(leaf)),
    );
  });

  it('is of the fewest keys that hold a range', () => {
    const or = (...keys: string[]) => combine('or', keys.map(leaf));
    expect(query('a@2026-09..2026-11')).toEqual(or('a_2026-9', 'a_2026-10', 'a_2026-11'));
    expect(query('a@2026-11-08..2026-11-16')).toEqual(or('a_2026-11-8', 'a_W2026-46', 'a_2026-11-16'));
    expect(query('a@2026-Q4')).toEqual(or('a_2026-10', 'a_2026-11', 'a_2026-12'));
    expect(query('a@2026-03..2026-03')).toEqual(leaf('a_2026-3'));
    // It is 1 April in Tokyo.
    expect(query('a@day-2..day')).toEqual(or('a_2026-3-30', 'a_2026-3-31', 'a_2026-4-1'));
    expect(query('a@month-1..day')).toEqual(or('a_2026-3', 'a_2026-4-1'));
    expect(query('a@quarter-1')).toEqual(or('a_2026-1', 'a_2026-2', 'a_2026-3'));
    expect(query('a@2026-03-31T23..hour')).toEqual(
      or('a_2026-3-31-23', ...[0, 1, 2, 3, 4, 5].map((hour) => `a_2026-4-1-${hour}`)),
    );
  });

  it('has no range that turns out to end before it starts, and none of a segment', () => {
    expect(() => query('a@day..week-1')).toThrow(
      new RangeError('expected a range that ends after it starts, got 2026-04-01..2026-W13'),
    );
    expect(() => query('a@2027..day')).toThrow('got 2027..2026-04-01');
    expect(() => query('both@2026-02..2026-03')).toThrow(
      new RangeError('expected a single period of the segment "both", got the range 2026-02..2026-03'),
    );
  });

  it('knows who is in at least, or exactly, so many sets', () => {
    const sets = ['a_2026-1', 'a_2026-2', 'a_2026-3'].map(leaf);
    const text = 'a@2026-01, a@2026-02, a@2026-03';
    expect(query(`atLeast(2, ${text})`)).toEqual(atLeast(2, sets));
    expect(query(`exactly(2, ${text})`)).toEqual(exactly(2, sets));
    expect(query(`atLeast(1, ${text})`)).toEqual(combine('or', sets));
  });

  it('puts the period of a segment where its placeholder stands', () => {
    const placed = query('a@{period} & b@unique', Period.parse('2026-03'));
    expect(placed).toEqual(combine('and', [leaf('a_2026-3'), leaf('b_u')]));
    expect(query('a@{period}', 'unique')).toEqual(leaf('a_u'));
    expect(() => query('a@{period}')).toThrow('which only a segment can fill');
  });

  it('has segments as sets of their own, in each period once', () => {
    const march = Period.parse('2026-03');
    const set = query('both@2026-03 | both@2026-02 ^ both@2026-03');
    const both = (month: number) => combine('and', [leaf(`a_2026-${month}`), leaf(`b_2026-${month}`)]);
    expect(set).toEqual(combine('or', [both(3), combine('xor', [both(2), both(3)])]));
    expect(eventExpression(source, 'both', march)).toEqual(both(3));
    expect(takeApart([set]).bitmaps).toHaveLength(4);
  });

  it('may have ten thousand bitmaps, months of years counted', { tags: 'long' }, () => {
    const years = (count: number) => Array.from({ length: count }, (_, index) => `e${index}@2026`).join('|');
    expect(takeApart([query(years(833))]).bitmaps).toHaveLength(9996);
    expect(() => query(years(834))).toThrow(
      new RangeError('expected at most 10000 bitmaps in an expression, got 10008'),
    );
    expect(takeApart([query(`${years(833)} | x@day | x@day-1 | x@day-2 | x@day-3`)]).bitmaps).toHaveLength(
      10_000,
    );
    expect(() => query(`${years(833)} | x@day | x@day-1 | x@day-2 | x@day-3 | x@day-4`)).toThrow('got 10001');
    expect(takeApart([query('a@1001..1833-03')]).bitmaps).toHaveLength(9987);
    expect(() => query('a@0001..9999')).toThrow('got 119988');
  });
});
