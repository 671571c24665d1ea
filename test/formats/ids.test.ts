import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/base/errors.js';
import { encodeIds, readIds } from '../../src/formats/ids.js';
import type { ByteInput } from '../../src/formats/input.js';
import { chunksOf } from '../support/formats/chunks.js';

async function read(input: ByteInput): Promise<number[]> {
  const ids: number[] = [];
  for await (const batch of readIds(input)) for (const id of batch) ids.push(id);
  return ids;
}

function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

describe('a list of ids', () => {
  it('comes back from its text, whatever the chunks', { tags: 'long' }, async () => {
    const id = fc.oneof(fc.nat(200), fc.constantFrom(2 ** 32 - 1, 2 ** 31), fc.nat());
    await fc.assert(
      fc.asyncProperty(
        fc.array(id),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (ids, size, packed) => {
          const parts: Uint8Array[] = [];
          for await (const part of encodeIds([ids.slice(0, 3), ids.slice(3)])) parts.push(part);
          expect(Buffer.concat(parts).toString()).toBe(ids.map((each) => `${each}\n`).join(''));
          const whole = packed ? gzipSync(Buffer.concat(parts)) : Buffer.concat(parts);
          expect(await read(chunksOf(whole, size))).toEqual(ids);
        },
      ),
      { numRuns: 300, seed: 21 },
    );
  });

  it('of many ids comes in batches', async () => {
    const ids = Uint32Array.from({ length: 100_000 }, (_, i) => i * 40_000);
    const parts: Uint8Array[] = [];
    for await (const part of encodeIds([ids])) parts.push(part);
    expect(parts.length).toBe(7);
    const lengths: number[] = [];
    for await (const batch of readIds(parts)) lengths.push(batch.length);
    expect(lengths).toEqual([16_384, 16_384, 16_384, 16_384, 16_384, 16_384, 1696]);
    expect(await read(parts)).toEqual([...ids]);
  });

  it('may have blanks, blank lines, Windows line ends and no last line end', async () => {
    expect(await read(text('\n 1\t\r\n\r\n0042  \n\n\n4294967295'))).toEqual([1, 42, 4_294_967_295]);
    expect(await read(text(''))).toEqual([]);
  });

  it('may begin with a byte order mark, as editors of Windows write it', async () => {
    for (const list of ['\uFEFF1\n2\n', '\uFEFF\n1\n2', '\uFEFF', '\uFEFF12', '7']) {
      const expected = list.match(/\d+/g)?.map(Number) ?? [];
      for (const size of [1, 2, 3, 100]) expect(await read(chunksOf(text(list), size))).toEqual(expected);
    }
    await expect(read(text('\uFEFFone\n'))).rejects.toThrow('in line 1, got "one" (at byte 3)');
    await expect(read(text('1\n\uFEFF2\n'))).rejects.toThrow('in line 2, got "ï»¿2" (at byte 2)');
    await expect(read(Uint8Array.of(0xef, 0xbb))).rejects.toThrow('in line 1, got "ï»" (at byte 0)');
  });

  it('whose last line has no line end but blanks counts that line', async () => {
    for (const end of [' ', '\r', '\t', '', '  \r']) expect(await read(text(`1\n2${end}`))).toEqual([1, 2]);
  });

  it('is given up at what is no id, also if its line never ends', async () => {
    let pulled = 0;
    async function* endless() {
      yield text('1\n');
      for (; pulled < 100; pulled++) yield text('x'.repeat(30));
    }
    await expect(read(endless())).rejects.toThrow(`in line 2, got "${'x'.repeat(40)}"`);
    expect(pulled).toBeLessThan(3);
  });

  it.each([
    ['1\n2\nthree\n4', 'expected an id from 0 to 4294967295 in line 3, got "three" (at byte 4)'],
    ['4294967296', 'in line 1, got "4294967296"'],
    ['1 2\n', 'in line 1, got "1 2"'],
    ['-1', 'got "-1"'],
    // The first byte of gzip alone is not gzip.
    ['\x1f7\n', 'in line 1, got "\\u001f7"'],
    ['1.5\n', 'got "1.5"'],
    ['\n\n1e3\nrest', 'in line 3, got "1e3" (at byte 2)'],
    [`${'9'.repeat(1000)}`, `got "${'9'.repeat(40)}"`],
  ])('is not %j', async (list, message) => {
    for (const size of [1, 2, 7, list.length]) {
      const error = await read(chunksOf(text(list), size)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FormatError);
      expect((error as FormatError).message).toContain(message);
    }
  });
});
