import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRdb } from '../../../src/formats/rdb/reader.js';
import { type EncodeRdbOptions, encodeRdb, type RdbEntry } from '../../../src/formats/rdb/writer.js';

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
  it('reads back to the strings that were written', async () => {
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
