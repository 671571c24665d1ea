import { concatBytes } from '../../../../src/formats/bytes.js';
import { Crc64 } from '../../../../src/formats/rdb/crc64.js';
import { checksumBytes } from '../rdb/dump.js';
import type { Random } from './random.js';

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Bytes that mean something: ends of ranges, heads of lengths and strings, opcodes, cookies. */
const TELLING = [
  0, 1, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xc3, 0xf2, 0xf3, 0xf7, 0xfc, 0xfe, 0xff, 0x3a, 0x3b, 0x30,
];

/** Lengths that nothing lives up to: 2^29 - 1, 2^32 - 1 and 2^64 - 1 bytes, and as much out of LZF. */
const LIES = [
  [0x80, 0x1f, 0xff, 0xff, 0xff],
  [0x80, 0xff, 0xff, 0xff, 0xff],
  [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xc3, 0x41, 0x00, 0x80, 0x1f, 0xff, 0xff, 0xff],
  [0xc3, 0x80, 0x1f, 0xff, 0xff, 0xff, 0x80, 0x1f, 0xff, 0xff, 0xff],
];

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length);
    return bytes.with(at, bytes[at]! ^ (1 << random.below(8)));
  },
  function setByte(bytes, random) {
    return bytes.with(random.below(bytes.length), random.pick(TELLING));
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.below(bytes.length + 1));
  },
  function cutOut(bytes, random) {
    const from = random.below(bytes.length);
    return concatBytes([bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(40))]);
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length);
    const inserted = Uint8Array.from({ length: 1 + random.below(12) }, () => random.below(256));
    return concatBytes([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  },
  function lie(bytes, random) {
    const lying = Uint8Array.from(random.pick(LIES));
    const at = random.below(bytes.length);
    return concatBytes([bytes.subarray(0, at), lying, bytes.subarray(at + random.below(lying.length + 1))]);
  },
  function repeat(bytes, random) {
    const from = random.below(bytes.length);
    const piece = bytes.subarray(from, from + 1 + random.below(60));
    return concatBytes([bytes.subarray(0, from), piece, piece, piece, bytes.subarray(from)]);
  },
  function splice(bytes, random, other) {
    return concatBytes([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(other.length)),
    ]);
  },
];

/** One to four mutations of `bytes`. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let mutated = bytes;
  for (let times = 1 + random.below(4); times > 0 && mutated.length > 0; times--) {
    // What keeps the length is what gets deepest into a file.
    const mutation = random.pick(random.below(2) === 0 ? mutations : mutations.slice(0, 2));
    mutated = mutation(mutated, random, other);
  }
  return mutated;
}

/** What may follow a dump, and what may not. */
export const TAILS: readonly Uint8Array[] = [
  ...['', '\n', '\0'.repeat(50), 'a1'.repeat(20), `${'0f'.repeat(20)}\r\n`],
  ...['*1\r\n$4\r\nPING\r\n', '\n#TS:1\r\n', 'a1'.repeat(19), '\0 x'],
].map((tail) => new TextEncoder().encode(tail));

/** The same dump with a checksum that is right, so that reading is not stopped by it. */
export function withChecksum(dump: Uint8Array): Uint8Array {
  if (dump.length < 17) return dump;
  const body = dump.subarray(0, -8);
  const checksum = new Crc64();
  checksum.update(body);
  return concatBytes([body, checksumBytes(checksum.value())]);
}
