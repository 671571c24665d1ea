import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeKey, encodeKey } from '../../src/names/key-text.js';

it('keys of any bytes come back as they were', () => {
  // Bytes that start, continue and nearly make UTF-8 sequences, more often than chance would have it.
  const byte = fc.oneof(
    fc.nat(255),
    fc.constantFrom(0xed, 0xa0, 0xb3, 0xbf, 0xf0, 0x90, 0x9f, 0xc2, 0xe0, 0xf4, 0x8f, 0x80),
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 12 }), (bytes) => {
      expect([...encodeKey(decodeKey(Uint8Array.from(bytes)))]).toEqual(bytes);
    }),
    { numRuns: 5000, seed: 1 },
  );
});

it('keys of text are that text', { tags: 'long' }, () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeKey(new TextEncoder().encode(text))).toBe(text);
      expect(encodeKey(text)).toEqual(new TextEncoder().encode(text));
    }),
    { numRuns: 1000, seed: 2 },
  );
  expect(decodeKey(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
});

it('a lone surrogate that stands for no byte is refused', () => {
  expect(() => encodeKey('a\ud800')).toThrow('expected a key of well-formed text, got "a\\ud800"');
  expect(() => encodeKey('\udc7f')).toThrow(TypeError);
});
