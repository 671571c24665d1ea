import { describe, expect, it } from 'vitest';
import { Circuit, NONE, opposite, type Wire } from '../../../src/store/clickhouse/circuit.js';

describe('a circuit', () => {
  const circuit = new Circuit();
  const [a, b] = [circuit.key(0), circuit.key(1)];
  const all = opposite(NONE);

  it.each<[string, Wire, Wire]>([
    ['a & none', circuit.and(a, NONE), NONE],
    ['all & a', circuit.and(all, a), a],
    ['a & all', circuit.and(a, all), a],
    ['a & a', circuit.and(a, a), a],
    ['a & ~a', circuit.and(a, opposite(a)), NONE],
    ['~a & a', circuit.and(opposite(a), a), NONE],
    ['a | all', circuit.or(a, all), all],
    ['a | ~a', circuit.or(a, opposite(a)), all],
    ['a ^ a', circuit.xor(a, a), NONE],
    ['a ^ ~a', circuit.xor(a, opposite(a)), all],
    ['a ^ all', circuit.xor(a, all), opposite(a)],
    ['none ^ b', circuit.xor(NONE, b), b],
    ['a without none', circuit.andNot(a, NONE), a],
    ['all without a', circuit.andNot(all, a), opposite(a)],
  ])('needs no gate for %s', (_, made, expected) => {
    expect(made).toBe(expected);
  });

  it('has one gate for what is equal, whichever way it is said', () => {
    expect(circuit.and(b, a)).toBe(circuit.and(a, b));
    expect(circuit.or(opposite(a), opposite(b))).toBe(opposite(circuit.and(a, b)));
    expect(circuit.and(opposite(a), b)).toBe(circuit.andNot(b, a));
    expect(circuit.xor(opposite(b), opposite(a))).toBe(circuit.xor(a, b));
  });

  it('joins in halves', () => {
    const own = new Circuit();
    const keys = Array.from({ length: 4 }, (_, place) => own.key(place));
    expect(own.join('or', keys)).toBe(own.or(own.or(keys[0]!, keys[1]!), own.or(keys[2]!, keys[3]!)));
  });
});
