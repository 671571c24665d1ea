import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { endOfStruct } from '../../../src/formats/parquet/thrift.js';
import { varint } from '../../support/formats/parquet/bits.js';

/** A value of the compact protocol: its type, and its bytes as an element of a list. */
interface Encoded {
  readonly type: number;
  readonly bytes: readonly number[];
}

const STRUCT = 12;
const number = fc.record({
  type: fc.constantFrom(4, 5, 6),
  bytes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(varint),
});
const byte = fc.record({ type: fc.constant(3), bytes: fc.tuple(fc.nat(255)) });
const double = fc.record({
  type: fc.constant(7),
  bytes: fc.array(fc.nat(255), { minLength: 8, maxLength: 8 }),
});
const binary = fc.record({
  type: fc.constant(8),
  bytes: fc.array(fc.nat(255), { maxLength: 200 }).map((bytes) => [...varint(bytes.length), ...bytes]),
});
const flag = fc.record({ type: fc.constant(1), bytes: fc.tuple(fc.constantFrom(1, 2)) });

const { struct } = fc.letrec<{ value: Encoded; list: Encoded; struct: Encoded }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, number, byte, double, binary, flag, tie('list'), tie('struct')),
  list: fc.array(tie('value'), { maxLength: 20 }).map((values) => {
    const alike = values.filter(({ type }) => type === values[0]!.type);
    const type = values[0]?.type ?? 0;
    const head = alike.length < 15 ? [(alike.length << 4) | type] : [0xf0 | type, ...varint(alike.length)];
    return { type: 9, bytes: [...head, ...alike.flatMap(({ bytes }) => bytes)] };
  }),
  struct: fc.array(fc.tuple(tie('value'), fc.nat(40)), { maxLength: 6 }).map((fields) => ({
    type: STRUCT,
    bytes: [
      ...fields.flatMap(([{ type, bytes }, gap]) => {
        const head = gap > 0 && gap < 16 ? [(gap << 4) | type] : [type, ...varint(gap)];
        // Whether a flag is true is its type.
        return type === 1 ? head : [...head, ...bytes];
      }),
      0,
    ],
  })),
}));

function nested(depth: number): number[] {
  return [...Array<number>(depth).fill(0x1c), ...Array<number>(depth + 1).fill(0)];
}

describe('the end of a structure', () => {
  it('is behind its last field, whatever is in it', () => {
    fc.assert(
      fc.property(struct, fc.nat(5), ({ bytes }, from) => {
        const file = Uint8Array.from([...Array<number>(from).fill(255), ...bytes, 7, 7]);
        expect(endOfStruct(file, from, 0)).toBe(from + bytes.length);
      }),
      { seed: 7 },
    );
  });

  it('is missed wherever the bytes end before', () => {
    fc.assert(
      fc.property(struct, fc.nat(), ({ bytes }, cut) => {
        const part = Uint8Array.from(bytes.slice(0, cut % bytes.length));
        expect(() => endOfStruct(part, 0, 0)).toThrow(FormatError);
      }),
      { seed: 7 },
    );
  });

  it('may lie 32 structures deep, and no deeper', () => {
    expect(endOfStruct(Uint8Array.from(nested(32)), 0, 0)).toBe(65);
    expect(() => endOfStruct(Uint8Array.from(nested(33)), 0, 0)).toThrow(
      'expected a header, got one too deep (at byte 33)',
    );
    expect(() => endOfStruct(new Uint8Array(100_000).fill(0x1c), 0, 0)).toThrow('too deep');
    const lists = new Uint8Array(100_000).fill(0x19);
    expect(() => endOfStruct(lists, 0, 0)).toThrow('too deep');
  });

  it.each([
    [
      'a number without an end',
      [0x15, ...Array<number>(11).fill(128)],
      'expected a number of at most 10 bytes',
    ],
    ['a list longer than the file', [0x19, 0xf5, 0xff, 0xff, 0x7f], 'expected a list, got 2097151 elements'],
    ['a text longer than the file', [0x18, 0xff, 0x7f, 65], 'expected a header, got its beginning only'],
    [
      'a type that is none',
      [0x1d, 0],
      'expected a header, got a field of the unknown type 13 (at byte 1001)',
    ],
  ])('is not looked for behind %s', (_, bytes, message) => {
    expect(() => endOfStruct(Uint8Array.from(bytes), 0, 1000)).toThrow(message);
  });
});
