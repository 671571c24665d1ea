import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/base/errors.js';
import { ColumnsError, CsvError, readEvents } from '../../src/csv.js';
import { readIds } from '../../src/formats/ids.js';
import type { ByteInput } from '../../src/formats/input.js';
import { readRdb } from '../../src/formats/rdb/reader.js';
import { chunksOf, splitAt } from '../support/formats/chunks.js';
import { buildCorpus } from '../support/formats/fuzz/corpus.js';
import { mutate, withChecksum } from '../support/formats/fuzz/mutation.js';
import { Random } from '../support/formats/fuzz/random.js';

/** What came of reading: everything that was handed out, and the error at the end, if there was one. */
interface Outcome {
  readonly found: readonly unknown[];
  readonly error?: string;
  readonly place?: readonly number[];
}

async function outcomeOf(items: AsyncIterable<unknown>): Promise<Outcome> {
  const found: unknown[] = [];
  try {
    for await (const item of items) found.push(item);
    return { found };
  } catch (error) {
    if (error instanceof CsvError) return { found, error: error.message, place: [error.line, error.rows] };
    if (error instanceof ColumnsError) return { found, error: error.message };
    if (error instanceof FormatError) return { found, error: error.message, place: [error.byteOffset] };
    throw error;
  }
}

async function* rowsOf(input: ByteInput): AsyncGenerator<unknown> {
  for await (const rows of readEvents(input)) yield* rows;
}

async function* idsOf(input: ByteInput): AsyncGenerator<unknown> {
  for await (const ids of readIds(input)) yield* ids;
}

async function* stringsOf(input: ByteInput): AsyncGenerator<unknown> {
  for await (const { bytes, ...string } of readRdb(input, { keepExpired: true })) {
    yield { ...string, bytes: Buffer.from(bytes).toString('latin1') };
  }
}

/** Compares the outcome of whole bytes with that of chunks of a few sizes, of each cut in two, and of `cuts`. */
async function expectSameOutcome(
  read: (input: ByteInput) => AsyncIterable<unknown>,
  bytes: Uint8Array,
  cuts: readonly number[],
): Promise<Outcome> {
  const whole = await outcomeOf(read([bytes]));
  for (const size of [1, 2, 3, 5]) expect(await outcomeOf(read(chunksOf(bytes, size)))).toEqual(whole);
  for (let cut = 1; cut < Math.min(bytes.length, 80); cut++) {
    expect(await outcomeOf(read(splitAt(bytes, [cut])))).toEqual(whole);
  }
  expect(await outcomeOf(read(splitAt(bytes, cuts)))).toEqual(whole);
  return whole;
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Characters whole and cut off in every length, Latin-1, bytes that no text has, byte order marks. */
const characters = fc.constantFrom(
  ...['é', '€', '😀', '\uFEFF', 'z'].map((text) => Buffer.from(text)),
  ...[[0xc3], [0xe2, 0x82], [0xe2], [0xf0, 0x9f, 0x98], [0xf0, 0x9f], [0xf0], [0xef, 0xbb]].map(Buffer.from),
  ...['caf\xe9', '\xff', '\x80', '\xe0\x80', '\xed\xa0\x80', '\xf4\x90', '\xc0\xaf', '\xfe\xff'].map(latin1),
);

const mark = fc.constantFrom('', '\xef\xbb\xbf').map(latin1);
const cuts = fc.array(fc.nat(200), { maxLength: 12 });

describe('what is read does not depend on where chunks end', () => {
  it('in CSV, whole, broken, in other encodings, with quotes in wrong places', { tags: 'long' }, async () => {
    const line = fc
      .constantFrom(
        '1,100000000,a\n',
        '2,100000000,b\r\n',
        '"3",100000000,"c\nd"\n',
        '4,100000000,"e""f"\n',
        '\n',
      )
      .map(latin1);
    const fault = fc
      .constantFrom(
        'x,100000000,a\n',
        '5,100000000,"b"c\n',
        '6,100000000,"d" \n',
        '7,100000000,"',
        '"',
        ',',
        '\r',
        '8',
        '9,100000000,e"f\n',
      )
      .map(latin1);
    const parts = fc.array(fc.oneof({ weight: 3, arbitrary: line }, characters, fault), { maxLength: 8 });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mark, parts, cuts, async (start, body, at) => {
        const bytes = Buffer.concat([start, latin1('user,timestamp,event\n'), ...body]);
        const { error } = await expectSameOutcome(rowsOf, bytes, at);
        if (error !== undefined) refused++;
      }),
      { numRuns: 150, seed: 31 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('in CSV of Latin-1, of which all rows before the first accent come out, and its line is named', async () => {
    const name = fc.constantFrom('a', 'na\xefve', 'b', 'cr\xe8me', '\xff', 'c');
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 8 }), cuts, async (names, at) => {
        const bytes = latin1(
          `user,timestamp,event\n${names.map((each, index) => `${index},100000000,${each}\n`).join('')}`,
        );
        const { found, error } = await expectSameOutcome(rowsOf, bytes, at);
        const broken = names.findIndex((each) => /[^a-z]/.test(each));
        expect(found).toHaveLength(broken < 0 ? names.length : broken);
        expect(error).toBe(
          broken < 0 ? undefined : `line ${broken + 2}: expected UTF-8 text, got other bytes`,
        );
      }),
      { numRuns: 50, seed: 32 },
    );
  });

  it('in lists of ids, whole and broken', { tags: 'long' }, async () => {
    const line = fc.constantFrom('7\n', '4294967295\r\n', ' 12\t\n', '\n', '3').map(latin1);
    const fault = fc.constantFrom('4294967296\n', '1 2\n', '-1', 'three\n', 'x'.repeat(50), '\0').map(latin1);
    const parts = fc.array(fc.oneof({ weight: 4, arbitrary: line }, fault, characters), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(mark, parts, cuts, async (start, body, at) => {
        await expectSameOutcome(idsOf, Buffer.concat([start, ...body]), at);
      }),
      { numRuns: 150, seed: 33 },
    );
  });

  it('in dumps, whole and broken, with keys that are no UTF-8', { tags: 'long' }, async () => {
    const { dumps } = await buildCorpus();
    const random = new Random(34);
    // Packed ones are left to the platform, which gives out what it unpacked before a fault as it likes.
    const plain = dumps.filter((dump) => dump[0] !== 0x1f);
    for (let times = 0; times < 60; times++) {
      const broken = mutate(random.pick(plain), random, random.pick(plain));
      const bytes = random.below(2) === 0 ? broken : withChecksum(broken);
      const at = Array.from({ length: 6 }, () => random.below(bytes.length + 1));
      await expectSameOutcome(stringsOf, bytes, at);
    }
  });
});
