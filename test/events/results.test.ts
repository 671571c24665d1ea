import { describe, expect, it } from 'vitest';
import { atLeast, bitmap, combine } from '../../src/engine/expression.js';
import { parseQuery } from '../../src/events/query.js';
import { storedResultKey } from '../../src/events/results.js';
import { queryExpression, type Scope } from '../../src/events/scope.js';
import { Segments } from '../../src/events/segments.js';
import { MemoryStore } from '../../src/store/memory.js';

const scope: Scope = {
  store: new MemoryStore(),
  prefix: 'p_',
  timeZone: 'UTC',
  segments: new Segments(),
  storedKeys: new Set(),
  defaults: {},
  now: () => new Date(),
};

describe('the key of a stored result', () => {
  const keyOf = (text: string) => storedResultKey(scope, queryExpression(scope, parseQuery(text)));
  const leaf = (key: string) => bitmap(scope.store, `p_${key}`);

  it('names the operation and the keys of its operands, as the reference does', () => {
    expect(keyOf('a@unique & b@unique')).toBe('p_bitop_AND_p_a_u-p_b_u');
    expect(keyOf('~a@unique ^ b@unique')).toBe('p_bitop_XOR_p_bitop_NOT_p_a_u-p_b_u');
    expect(keyOf('a@unique | (b@unique & c@unique)')).toBe('p_bitop_OR_p_a_u-p_bitop_AND_p_b_u-p_c_u');
    const without = combine('andNot', [leaf('a_u'), leaf('b_u'), leaf('c_u')]);
    const two = atLeast(2, [leaf('a_u'), leaf('b_u'), leaf('c_u')]);
    expect(storedResultKey(scope, two)).toBe('p_bitop_ATLEAST2_p_a_u-p_b_u-p_c_u');
    expect(storedResultKey(scope, without)).toBe('p_bitop_AND_p_a_u-p_bitop_NOT_p_b_u-p_bitop_NOT_p_c_u');
  });

  it('has none for sets of another store', () => {
    const other = combine('or', [leaf('a_u'), bitmap(new MemoryStore(), 'p_b_u')]);
    expect(() => storedResultKey(scope, other)).toThrow('got "p_b_u" of another store');
  });

  it('has none for keys of more than a million characters together', () => {
    const long = (length: number) => bitmap(scope.store, 'k'.repeat(length));
    const most = combine('or', [long(499_999), long(500_001)]);
    expect(storedResultKey(scope, most)).toHaveLength(1_000_000 + 'p_bitop_OR_-'.length);
    expect(() => storedResultKey(scope, combine('or', [long(500_000), long(500_001)]))).toThrow(
      'expected operands whose keys have at most 1000000 characters together, got 1000001 to store a result of',
    );
  });
});
