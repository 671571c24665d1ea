import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/formats/bytes.js';
import { RdbError, type RdbString, readRdb } from '../../../src/formats/rdb/reader.js';
import { type RewriteOptions, rewriteRdb } from '../../../src/formats/rdb/rewriting.js';
import { encodeRdb } from '../../../src/formats/rdb/writer.js';
import { chunksOf } from '../../support/formats/chunks.js';
import { dump, expiresAtMs, junk, type Raw, text } from '../../support/formats/rdb/dump.js';
import { opcodes, values } from '../../support/formats/rdb/parts.js';

async function rewrite(file: Uint8Array, options: RewriteOptions, chunkBytes = 4096): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of rewriteRdb(() => chunksOf(file, chunkBytes), options)) chunks.push(chunk.slice());
  return concatBytes(chunks);
}

async function stringsOf(file: Uint8Array): Promise<RdbString[]> {
  const found: RdbString[] = [];
  for await (const string of readRdb(file, { keepExpired: true })) found.push(string);
  return found;
}

const keep = ({ bytes }: RdbString): Uint8Array => bytes;

/** A string key with something said about it, as servers write it. */
function entry(key: string, value: Raw, ...about: Raw[]): Raw {
  return [...about, 0, text(key), value];
}

describe('a dump that is rewritten', () => {
  const files = (['redis', 'valkey'] as const).flatMap((dialect) => {
    const parts = [...opcodes, ...values].filter(({ dialects }) => dialects.includes(dialect));
    const magic = dialect === 'redis' ? 'REDIS0016' : 'VALKEY080';
    const all = parts.map(({ bytes }) => bytes);
    return [
      [`all that ${dialect} writes`, dump(all, magic)],
      [
        `the same behind strings, ${dialect}`,
        dump(
          all.flatMap((part, at) => [entry(`k${at}`, text('v')), part]),
          magic,
        ),
      ],
    ] as const;
  });

  it.each(files)('is the same byte for byte if nothing is edited: %s', async (_, file) => {
    for (const chunkBytes of [1, 7, 100_000]) {
      expect(await rewrite(file, { edit: keep }, chunkBytes)).toEqual(new Uint8Array(file));
    }
    const packed = new Uint8Array(gzipSync(file));
    expect(await rewrite(packed, { edit: keep }, 10)).toEqual(new Uint8Array(file));
  });

  it.each(files)('has everything else as it was if strings are taken out: %s', async (_, file) => {
    const others = await rewrite(file, { edit: () => undefined });
    expect(await stringsOf(others)).toEqual([]);
    expect(await rewrite(others, { edit: () => undefined })).toEqual(others);
    const count = async (bytes: Uint8Array): Promise<number> => {
      let keys = 0;
      for await (const _ of readRdb(bytes, { onProgress: (progress) => (keys = progress.keys) }));
      return keys;
    };
    expect(await count(others)).toBe((await count(file)) - (await stringsOf(file)).length);
  });

  it('has other values under some keys, with what was said about them', async () => {
    const about = [expiresAtMs(32_503_680_000_000), [248, 5], [249, 9]];
    const file = dump([
      [250, text('aux'), text('field')],
      [254, 0],
      [251, 4, 2],
      entry('a', text('old'), ...about),
      [1, text('list'), 1, text('element')],
      entry('gone', text('old'), ...about),
      entry('number', [0xc0, 5]),
      [254, 3],
      entry('a', text(junk(300) as Uint8Array)),
    ]);
    const expected = dump([
      [250, text('aux'), text('field')],
      [254, 0],
      [251, 4, 2],
      entry('a', text('new'), ...about),
      [1, text('list'), 1, text('element')],
      entry('number', text('12')),
      [254, 3],
      entry('a', text(junk(300) as Uint8Array)),
    ]);
    const others: string[] = [];
    const rewritten = await rewrite(file, {
      db: 0,
      edit: ({ key }) => (key === 'gone' ? undefined : Buffer.from(key === 'a' ? 'new' : '12')),
      onOther: (key, db) => void others.push(`${db} ${key}`),
    });
    expect(rewritten).toEqual(new Uint8Array(expected));
    expect(others).toEqual(['0 list']);
  });

  it('edits what has expired as well', async () => {
    const file = dump([entry('a', text('old'), expiresAtMs(1000))]);
    const [string] = await stringsOf(await rewrite(file, { edit: () => Buffer.from('new') }));
    expect(string).toMatchObject({ key: 'a', expiresAtMs: 1000 });
    expect(Buffer.from(string!.bytes).toString()).toBe('new');
  });

  it('holds what editing the strings themselves gives', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.nat(255), fc.integer({ min: 0, max: 20_000 }))
        .map(([byte, length]) => new Uint8Array(length).fill(byte)),
    );
    const entries = fc.uniqueArray(fc.record({ key: fc.string({ maxLength: 8 }), bytes }), {
      selector: ({ key }) => key,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 5000 }), async (entries, chunkBytes) => {
        const edit = (value: Uint8Array): Uint8Array | undefined =>
          value.length % 3 === 0 ? value : value.length % 3 === 1 ? value.subarray(1) : undefined;
        const chunks: Uint8Array[] = [];
        for await (const chunk of encodeRdb(entries)) chunks.push(chunk);
        const rewritten = await rewrite(
          concatBytes(chunks),
          { edit: ({ bytes }) => edit(bytes) },
          chunkBytes,
        );
        const found = (await stringsOf(rewritten)).map(({ key, bytes }) => [key, [...bytes]]);
        const expected = entries.flatMap(({ key, bytes }) => {
          const left = edit(bytes);
          return left === undefined ? [] : [[key, [...left]]];
        });
        expect(found).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused if a key that is taken out would take other things with it', async () => {
    const file = dump([
      expiresAtMs(32_503_680_000_000),
      [250, text('aux'), text('field')],
      entry('a', text('v')),
    ]);
    await expect(rewrite(file, { edit: () => undefined })).rejects.toThrow('got other things in between');
    expect(await rewrite(file, { edit: keep })).toEqual(new Uint8Array(file));
  });

  it('is refused if it is damaged or goes on as an append-only file', async () => {
    const file = dump([entry('a', text('old'))]);
    const broken = file.slice();
    broken[12]! ^= 1;
    await expect(rewrite(broken, { edit: keep })).rejects.toThrow(RdbError);
    await expect(rewrite(file.slice(0, -3), { edit: keep })).rejects.toThrow(RdbError);
    const followed = concatBytes([file, Buffer.from('*2\r\n')]);
    await expect(rewrite(followed, { edit: keep })).rejects.toThrow('append-only file');
    const marked = concatBytes([file, Buffer.from('0123456789abcdef0123456789abcdef01234567\n')]);
    expect(await rewrite(marked, { edit: keep })).toEqual(new Uint8Array(marked));
  });
});
