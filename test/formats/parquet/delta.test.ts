import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { readDeltas, readDeltaTexts } from '../../../src/formats/parquet/delta.js';
import type { Column } from '../../../src/formats/parquet/schema.js';
import { packed, signedVarint, varint } from '../../support/formats/parquet/bits.js';

const PARTS = 4;
const PART_VALUES = 32;

/** Numbers as differences from the ones before, as the format's documentation says. */
function encode(numbers: readonly bigint[]): number[] {
  const block = PARTS * PART_VALUES;
  const bytes = [
    ...varint(block),
    ...varint(PARTS),
    ...varint(numbers.length),
    ...signedVarint(numbers[0] ?? 0n),
  ];
  const differences = numbers.slice(1).map((number, index) => number - numbers[index]!);
  for (let from = 0; from < differences.length; from += block) {
    const own = differences.slice(from, from + block);
    const least = [...own].sort((a, b) => (a < b ? -1 : 1))[0]!;
    const parts = Array.from({ length: PARTS }, (_, part) => {
      const values = own.slice(part * PART_VALUES, (part + 1) * PART_VALUES).map((value) => value - least);
      const width = Math.max(0, ...values.map((value) => (value === 0n ? 0 : value.toString(2).length)));
      const padded =
        values.length === 0 ? [] : [...values, ...Array<bigint>(PART_VALUES - values.length).fill(0n)];
      return { width, bytes: packed(padded, width) };
    });
    bytes.push(
      ...signedVarint(least),
      ...parts.map(({ width }) => width),
      ...parts.flatMap((part) => part.bytes),
    );
  }
  return bytes;
}

const COLUMN = { name: 'a', path: ['a'], typeLength: 0, maxLevel: 0, type: 'any' };
const int32: Column = { ...COLUMN, physical: 'INT32', meaning: { kind: 'integer', signed: true } };
const uint32: Column = { ...COLUMN, physical: 'INT32', meaning: { kind: 'integer', signed: false } };
const int64: Column = { ...COLUMN, physical: 'INT64', meaning: { kind: 'integer', signed: true } };
const text: Column = { ...COLUMN, physical: 'BYTE_ARRAY', meaning: { kind: 'text' } };

describe('differences', () => {
  it.each([
    ['with signs', int32, -(2 ** 31), 2 ** 31 - 1],
    ['without', uint32, 0, 2 ** 32 - 1],
    ['of 64 bits', int64, -(2 ** 47), 2 ** 47],
  ])('are the integers that they were made of: %s', (_, column, min, max) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min, max }), { minLength: 1, maxLength: 300 }), (numbers) => {
        const bytes = Uint8Array.from(encode(numbers.map(BigInt)));
        expect(Array.from(readDeltas(bytes, numbers.length, column, 0))).toEqual(numbers);
      }),
      { seed: 7 },
    );
  });

  it('may be none', () => {
    expect(Array.from(readDeltas(Uint8Array.from(encode([])), 0, int32, 0))).toEqual([]);
  });

  it('are refused if they end too early, wherever that is', () => {
    const bytes = encode(Array.from({ length: 200 }, (_, index) => BigInt((index * index * 7919) % 10_007)));
    // The last part is filled up with 25 numbers of 15 bits, which nobody needs.
    const end = bytes.length - Math.floor((25 * 15) / 8);
    expect(readDeltas(Uint8Array.from(bytes.slice(0, end)), 200, int32, 0)).toHaveLength(200);
    for (let length = 0; length < end; length += 1) {
      const cut = Uint8Array.from(bytes.slice(0, length));
      expect(() => readDeltas(cut, 200, int32, 0)).toThrow(FormatError);
    }
  });

  it.each([
    ['blocks of nothing', [0, 4, 1, 0]],
    ['parts of no whole bytes', [128, 1, 8, 1, 0]],
    ['no parts', [128, 1, 0, 1, 0]],
    ['another number of values', [128, 1, 4, 2, 0]],
  ])('refuse %s', (_, bytes) => {
    expect(() => readDeltas(Uint8Array.from(bytes), 1, int32, 0)).toThrow(
      /^expected 1 differences in blocks of whole parts/,
    );
  });
});

describe('texts', () => {
  const bytesOf = (texts: readonly string[]): number[] => texts.flatMap((each) => [...Buffer.from(each)]);
  const lengthsOf = (texts: readonly string[]): number[] =>
    encode(texts.map((each) => BigInt(Buffer.from(each).length)));

  it('have their lengths before them', () => {
    const texts = ['signup', '', 'é', 'login'];
    const bytes = Uint8Array.from([...lengthsOf(texts), ...bytesOf(texts)]);
    expect(readDeltaTexts(bytes, texts.length, text, 0, false)).toEqual(texts);
  });

  it('have what they share with the one before, and the rest', () => {
    const rests = ['signup', 's', 'login', ''];
    const bytes = Uint8Array.from([...encode([0n, 6n, 0n, 3n]), ...lengthsOf(rests), ...bytesOf(rests)]);
    expect(readDeltaTexts(bytes, 4, text, 0, true)).toEqual(['signup', 'signups', 'login', 'log']);
  });

  it.each([
    ['more than the one before has', [0n, 7n], ['signup', 's']],
    ['something with nothing', [1n, 0n], ['signup', 's']],
    ['less than nothing', [0n, -1n], ['signup', 's']],
  ])('are refused if they share %s', (_, shared, rests) => {
    const bytes = Uint8Array.from([...encode(shared), ...lengthsOf(rests), ...bytesOf(rests)]);
    expect(() => readDeltaTexts(bytes, 2, text, 0, true)).toThrow(/^expected 2 texts in a page, got [01]/);
  });

  it('are refused if they end before their lengths say so', () => {
    const bytes = Uint8Array.from([...lengthsOf(['signup', 'login']), ...bytesOf(['signup', 'logi'])]);
    expect(() => readDeltaTexts(bytes, 2, text, 0, false)).toThrow('expected 2 texts in a page, got 1');
  });
});
