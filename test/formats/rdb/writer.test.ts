import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressLzf } from '../../../src/formats/rdb/lzf.js';
import { readRdb } from '../../../src/formats/rdb/reader.js';
import { type EncodeRdbOptions, encodeRdb, type RdbEntry } from '../../../src/formats/rdb/writer.js';
import { Random } from '../../support/formats/fuzz/random.js';

async function write(entries: Iterable<RdbEntry>, options?: EncodeRdbOptions): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeRdb(entries, options)) chunks.push(chunk);
  return chunks;
}

/** Bytes as characters, one each: quick to compare. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

describe('a dump', () => {
  it('reads back to the strings that were written', { tags: 'long' }, async () => {
    const entry = fc.record(
      {
        db: fc.constantFrom(0, 1, 63, 64, 16384),
        key: fc.string({ unit: 'binary', maxLength: 80 }),
        bytes: fc.oneof(
          fc.uint8Array({ maxLength: 70 }),
          fc.tuple(fc.nat(255), fc.nat(40_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
        ),
        expiresAtMs: fc.integer({ min: -(2 ** 40), max: 2 ** 45 }),
      },
      { requiredKeys: ['db', 'key', 'bytes'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), fc.boolean(), async (entries, compress) => {
        const found = [];
        for await (const string of readRdb(await write(entries, { compress }), { keepExpired: true })) {
          found.push({ ...string, bytes: latin1(string.bytes) });
        }
        expect(found).toEqual(entries.map((each) => ({ ...each, bytes: latin1(each.bytes) })));
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it.each([
    [0, [0]],
    [63, [63]],
    [64, [0x40, 64]],
    [16_383, [0x7f, 0xff]],
    [16_384, [0x80, 0, 0, 0x40, 0]],
    [100_000, [0x80, 0, 0x01, 0x86, 0xa0]],
  ])('says in as few bytes as can be that a value has %i', async (size, head) => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7);
    const [chunk] = await write([{ key: 'k', bytes }], { compress: false });
    // After the magic, the choice of the database, the type and the key.
    const from = 'REDIS0009'.length + 2 + 1 + 2;
    expect([...chunk!.subarray(from, from + head.length)]).toEqual(head);
    expect([...chunk!.subarray(from + head.length, from + head.length + size)]).toEqual([...bytes]);
  });

  it('tells the number of a database up to the last that fits', async () => {
    const dbs = [63, 64, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1];
    const found: number[] = [];
    const chunks = await write(dbs.map((db) => ({ db, key: 'k', bytes: Uint8Array.of(1) })));
    for await (const { db } of readRdb(chunks)) found.push(db);
    expect(found).toEqual(dbs);
    await expect(write([{ db: 2 ** 32, key: 'k', bytes: Uint8Array.of(1) }])).rejects.toThrow(RangeError);
  });

  it('compresses what is longer than 20 bytes and gets shorter by 4', async () => {
    const sizeOf = async (bytes: Uint8Array) => (await write([{ key: 'k', bytes }]))[0]!.length - 15;
    expect(await sizeOf(new Uint8Array(20))).toBe(1 + 20);
    expect(await sizeOf(new Uint8Array(21))).toBe(3 + 5);
    // Distinct bytes with one repetition, of so many bytes that packing saves 3 or 4.
    const saving = (length: number) =>
      Uint8Array.from({ length: 31 + length }, (_, i) => (i < 31 ? i : i - 31));
    const packedLength = (length: number) => compressLzf(saving(length), 1000)!.length;
    const lengths = [3, 4, 5, 6, 7, 8].map((length) => [31 + length - packedLength(length), length] as const);
    for (const [saved, length] of lengths) {
      expect(await sizeOf(saving(length))).toBe(saved < 4 ? 1 + 31 + length : 3 + 31 + length - saved);
    }
    expect(lengths.map(([saved]) => saved)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('holds a value as it is if packing it would take more than 16 MiB', { tags: 'long' }, async () => {
    const random = new Random(3);
    const noise = Uint8Array.from({ length: 2 ** 20 }, () => random.below(256));
    const sizeOf = async (noisy: number) => {
      const pieces = [...Array(noisy).fill(noise), ...Array(4).fill(new Uint8Array(2 ** 20))];
      const bytes = { byteLength: pieces.length * 2 ** 20, chunks: () => pieces };
      let length = 0;
      for await (const chunk of encodeRdb([{ key: 'k', bytes }])) length += chunk.length;
      return length;
    };
    expect(await sizeOf(15)).toBeLessThan(16 * 2 ** 20);
    expect(await sizeOf(16)).toBe(20 * 2 ** 20 + 9 + 2 + 3 + 5 + 1 + 8);
  });

  it('of nothing is a dump', async () => {
    const [body, checksum] = await write([]);
    expect(latin1(body!)).toBe('REDIS0009\xff');
    expect(checksum!.length).toBe(8);
  });

  it('comes in chunks that belong to nobody else', async () => {
    const bytes = new Uint8Array(300_000).fill(1);
    const chunks = await write([{ key: 'k', bytes }], { compress: false });
    expect(chunks.map((chunk) => chunk.length)).toEqual([131_072, 131_072, 37_876, 8]);
    bytes.fill(2);
    expect(chunks.slice(0, 2).some((chunk) => chunk.subarray(20).includes(2))).toBe(false);
  });

  it.each([
    ['a database below 0', { db: -1 }, 'expected the number of a database, got -1'],
    ['half a database', { db: 0.5 }, 'got 0.5'],
    [
      'an expiry that is no time',
      { expiresAtMs: Number.NaN },
      'expected whole milliseconds since 1970 as the expiry of "k", got NaN',
    ],
    [
      'too long a value',
      { bytes: { byteLength: 2 ** 29 + 1, chunks: () => [] } },
      'expected at most 536870912 bytes under "k", got 536870913',
    ],
    [
      'fewer bytes than announced',
      { bytes: { byteLength: 30, chunks: () => [new Uint8Array(29)] } },
      'expected 30 bytes, got 29',
    ],
    [
      'more bytes than announced',
      { bytes: { byteLength: 5, chunks: () => [new Uint8Array(6)] } },
      'expected 5 bytes, got more',
    ],
  ] as [string, Partial<RdbEntry>, string][])('is not made of %s', async (_, wrong, message) => {
    const entry = { key: 'k', bytes: new Uint8Array(1), ...wrong };
    for (const compress of [true, false]) {
      await expect(write([entry], { compress })).rejects.toThrow(message);
      await expect(write([entry], { compress })).rejects.toThrow(RangeError);
    }
  });

  it('stops when the signal aborts', async () => {
    const abort = new AbortController();
    const entries = function* () {
      for (let i = 0; ; i++) {
        if (i === 10) abort.abort(new Error('enough'));
        yield { key: `k${i}`, bytes: new Uint8Array(100_000) };
      }
    };
    await expect(write(entries(), { signal: abort.signal, compress: false })).rejects.toThrow('enough');
  });
});
