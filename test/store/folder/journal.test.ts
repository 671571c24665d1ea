import { describe, expect, it } from 'vitest';
import { type CountedRecord, decodeCounts, encodeCounts } from '../../../src/store/folder/journal.js';
import { SIGNATURE_WORDS } from '../../../src/store/signature.js';

function recordOf(...counts: number[]): CountedRecord {
  const signatures = Uint32Array.from(
    { length: counts.length * SIGNATURE_WORDS },
    (_, at) => at * 7 + counts[0]!,
  );
  return { signatures, counts: Float64Array.from(counts) };
}

function countsIn(file: Uint8Array): number[][] {
  return Array.from(decodeCounts(file), ({ counts }) => [...counts]);
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe('a journal of counts', () => {
  const records = [recordOf(1), recordOf(2, 2 ** 32, 0), recordOf(5, 6)];
  const parts = records.map(encodeCounts);

  it('holds the records that were added to it', () => {
    const found = [...decodeCounts(join(...parts))];
    expect(found.map(({ counts }) => [...counts])).toEqual(records.map(({ counts }) => [...counts]));
    expect(found.map(({ signatures }) => [...signatures])).toEqual(
      records.map(({ signatures }) => [...signatures]),
    );
  });

  it('is believed up to where it was cut off', () => {
    const file = join(...parts);
    const ends = [parts[0]!.length, parts[0]!.length + parts[1]!.length, file.length];
    for (let length = 0; length <= file.length; length += 1) {
      const whole = ends.filter((end) => end <= length).length;
      expect(countsIn(file.slice(0, length))).toHaveLength(whole);
    }
  });

  it('is believed up to the record of which a byte was changed', () => {
    const file = join(...parts);
    for (let at = 0; at < file.length; at += 1) {
      const changed = file.slice();
      changed[at]! ^= 0x10;
      const before = at < parts[0]!.length ? 0 : at < parts[0]!.length + parts[1]!.length ? 1 : 2;
      expect(countsIn(changed)).toEqual(records.slice(0, before).map(({ counts }) => [...counts]));
    }
  });

  it('may be empty, or of zeros as after a loss of power', () => {
    expect(countsIn(new Uint8Array(0))).toEqual([]);
    expect(countsIn(new Uint8Array(640))).toEqual([]);
  });
});
