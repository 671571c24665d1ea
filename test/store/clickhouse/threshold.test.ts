import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Circuit, gateOf, isOpposite } from '../../../src/store/clickhouse/circuit.js';
import { atLeast } from '../../../src/store/clickhouse/threshold.js';

/** Whether a wire has an id that is in some of the keys. */
function holds({ gates }: Circuit, wire: number, has: readonly boolean[]): boolean {
  const held: boolean[] = [];
  for (const { op, a, b } of gates) {
    const [one, other] = [held[a]!, held[b]!];
    if (op === 'empty') held.push(false);
    else if (op === 'key') held.push(has[a]!);
    else if (op === 'and') held.push(one && other);
    else if (op === 'or') held.push(one || other);
    else if (op === 'xor') held.push(one !== other);
    else held.push(one && !other);
  }
  return held[gateOf(wire)]! !== isOpposite(wire);
}

it('holds what enough of the wires hold, opposites and equal ones included', () => {
  const wires = fc.array(fc.tuple(fc.nat({ max: 19 }), fc.boolean()), { minLength: 1, maxLength: 40 });
  const keys = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(wires, fc.nat(), keys, (drawn, number, has) => {
      const k = 1 + (number % drawn.length);
      const circuit = new Circuit();
      const wire = atLeast(
        circuit,
        k,
        drawn.map(([place, isFlipped]) => circuit.key(place) ^ Number(isFlipped)),
      );
      const times = drawn.filter(([place, isFlipped]) => has[place] !== isFlipped).length;
      expect(holds(circuit, wire, has)).toBe(times >= k);
    }),
    { numRuns: 500 },
  );
});

it('takes a few gates a wire', () => {
  const circuit = new Circuit();
  const keys = Array.from({ length: 365 }, (_, place) => circuit.key(place));
  atLeast(circuit, 100, keys);
  expect(circuit.gates.length / 365).toBeLessThan(8);
});
