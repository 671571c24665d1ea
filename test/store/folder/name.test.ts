import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALL,
  type CachedName,
  formatName,
  keyNameOf,
  ownerOf,
  parseName,
} from '../../../src/store/folder/name.js';

const names: fc.Arbitrary<CachedName> = fc.record({
  kind: fc.constantFrom('bitmap' as const, 'gone' as const, 'counts' as const),
  keyName: fc.oneof(
    fc.constant(ALL),
    fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }).map((key) => keyNameOf(key) ?? 'long'),
    fc.constantFrom('a.b', 'trackist_active_2025-1-1', 'x.0123456789abcdef.1.2'),
  ),
  owner: fc.constantFrom('0123456789abcdef', 'ffffffffffffffff'),
  atMs: fc.nat(2 ** 42),
  stamp: fc.maxSafeNat(),
  cardinality: fc.integer({ min: 0, max: 2 ** 32 }),
});

describe('the name of a cached file', () => {
  it('says what it was made of', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(parseName(formatName(name))).toEqual(name);
      }),
    );
  });

  it('is one that file systems allow', () => {
    const keyName = keyNameOf('k'.repeat(190))!;
    const name = formatName({
      kind: 'bitmap',
      keyName,
      owner: 'f'.repeat(16),
      atMs: 2 ** 43,
      stamp: Number.MAX_SAFE_INTEGER,
      cardinality: 2 ** 32,
    });
    expect(name.length).toBeLessThanOrEqual(255);
    expect(keyNameOf('k'.repeat(191))).toBeUndefined();
    expect(keyNameOf('')).toBeUndefined();
  });

  it('says nothing if a character of it was changed by hand', () => {
    fc.assert(
      fc.property(names, fc.nat(), fc.constantFrom('0', '7', 'z'), (name, at, character) => {
        const text = formatName(name);
        const place = at % text.length;
        fc.pre(text[place] !== character);
        const changed = text.slice(0, place) + character + text.slice(place + 1);
        expect(parseName(changed)).toBeUndefined();
      }),
    );
  });

  it('says nothing of files of others', () => {
    for (const name of ['', 'README.md', '.DS_Store', 'trackist_active_2025-1-1', '@abc.tmp']) {
      expect(parseName(name)).toBeUndefined();
    }
  });

  it('tells servers and prefixes apart', async () => {
    const owners = await Promise.all([
      ownerOf('redis://a:6379/0', 'trackist_'),
      ownerOf('redis://a:6379/1', 'trackist_'),
      ownerOf('redis://a:6379/0', 'bitmapist_'),
      ownerOf('redis://a:6379/0","', 'trackist_'),
    ]);
    expect(new Set(owners).size).toBe(4);
    expect(owners[0]).toBe(await ownerOf('redis://a:6379/0', 'trackist_'));
  });
});
