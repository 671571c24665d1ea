import { describe, expect, it } from 'vitest';
import { bitmap, combine } from '../../src/engine/expression.js';
import { type Segment, Segments } from '../../src/events/segments.js';
import { MemoryStore } from '../../src/store/memory.js';
import { Period } from '../../src/time/period.js';

const DAY = Period.parse('2026-03-14');
const leaf = bitmap(new MemoryStore(), 'k');

function open() {
  const segments = new Segments();
  const to = (...names: string[]): Segment => {
    return (period) =>
      combine(
        'or',
        names.map((name) => segments.expressionOf(name, period)),
      );
  };
  segments.define('leaf', () => leaf);
  return { segments, to };
}

describe('segments', () => {
  it('are made for the period that is asked for, and listed by name', () => {
    const { segments } = open();
    const periods: unknown[] = [];
    segments.define('b', (period) => {
      periods.push(period);
      return leaf;
    });
    segments.define('a', () => leaf);
    expect(segments.expressionOf('b', DAY)).toBe(leaf);
    segments.expressionOf('b', 'unique');
    expect(periods).toEqual([DAY, 'unique']);
    expect(segments.names).toEqual(['a', 'b', 'leaf']);
    expect([segments.has('a'), segments.has('c')]).toEqual([true, false]);
    expect(() => segments.expressionOf('c', DAY)).toThrow('expected the name of a segment, got "c"');
    expect(() => segments.define('', () => leaf)).toThrow(RangeError);
  });

  it('may not refer to each other in a circle, however long it is or where it begins', () => {
    const { segments, to } = open();
    segments.define('one', to('leaf', 'two'));
    segments.define('two', to('three'));
    segments.define('three', to('two'));
    segments.define('self', to('self'));
    const circle = 'expected segments that do not refer to each other in a circle, got ';
    expect(() => segments.expressionOf('self', DAY)).toThrow(`${circle}self → self`);
    expect(() => segments.expressionOf('one', DAY)).toThrow(`${circle}one → two → three → two`);
    // A failure leaves nothing behind.
    segments.define('three', to('leaf'));
    expect(segments.expressionOf('one', DAY)).toEqual(combine('or', [leaf, leaf]));
    expect(segments.expressionOf('two', DAY)).toBe(leaf);
  });

  it('may be sixteen deep', () => {
    const { segments, to } = open();
    segments.define('s1', () => leaf);
    for (let level = 2; level <= 17; level += 1) segments.define(`s${level}`, to(`s${level - 1}`));
    expect(segments.expressionOf('s16', DAY)).toBe(leaf);
    expect(() => segments.expressionOf('s17', DAY)).toThrow(
      'expected a segment of at most 10000 others, at most 16 in each other, got more in "s17"',
    );
  });

  it('may refer to ten thousand others, each time anew', () => {
    const { segments, to } = open();
    const many = (count: number) => to(...Array<string>(count).fill('leaf'));
    segments.define('most', many(10_000));
    segments.define('more', many(10_001));
    for (let time = 0; time < 2; time += 1) expect(segments.expressionOf('most', DAY).kind).toBe('or');
    expect(() => segments.expressionOf('more', DAY)).toThrow('got more in "more"');
    expect(segments.expressionOf('leaf', DAY)).toBe(leaf);
  });
});
