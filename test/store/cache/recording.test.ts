import { describe, expect, it } from 'vitest';
import { Recording } from '../../../src/store/cache/recording.js';

describe('a recording', () => {
  it('has a stamp once it is whole, another than all others, for good', () => {
    const stamps = new Set<number>();
    for (let number = 0; number < 100; number += 1) {
      const recording = new Recording();
      expect(recording.stamp).toBeUndefined();
      recording.expect(2);
      expect(recording.stamp).toBeUndefined();
      recording.add(0, Uint8Array.of(1, 2));
      const { stamp } = recording;
      expect(Number.isSafeInteger(stamp)).toBe(true);
      expect(recording.stamp).toBe(stamp);
      stamps.add(stamp!);
    }
    expect(stamps.size).toBe(100);
  });

  it('knows whether anything of it is of another question', () => {
    const recording = new Recording();
    recording.expect(8192 + 1);
    recording.add(1, Uint8Array.of(1), true);
    expect(recording.isMixed).toBe(false);
    recording.add(0, new Uint8Array(8192));
    expect(recording.isMixed).toBe(false);
    recording.add(8192, Uint8Array.of(1), true);
    expect([recording.isWhole, recording.isMixed]).toEqual([true, true]);
  });
});
