import { describe, expect, it } from 'vitest';
import { checkPersonText } from '../../src/base/person.js';

describe('the text of a person', () => {
  it.each(['u', '7', ' ', '__proto__', '\0', '\u{1f600}', 'é'.repeat(500), 'u'.repeat(1000)])(
    'may be %j',
    (text) => {
      expect(checkPersonText(text)).toBe(text);
    },
  );

  it.each([
    ['', '""'],
    ['a\ud800', '"a\\ud800"'],
    ['\udc00', '"\\udc00"'],
    ['u'.repeat(1001), `"${'u'.repeat(50)}"`],
    ['é'.repeat(501), `"${'é'.repeat(50)}"`],
    ['\u{1f600}'.repeat(251), `"${'\u{1f600}'.repeat(25)}"`],
  ])('is not %j', (text, shown) => {
    expect(() => checkPersonText(text)).toThrow(
      new RangeError(`expected text of 1 to 1000 bytes of UTF-8, got ${shown}`),
    );
  });
});

describe('without isWellFormed, which not every platform has', () => {
  it('is told all the same', () => {
    const prototype = String.prototype as { isWellFormed?: () => boolean };
    const { isWellFormed } = prototype;
    delete prototype.isWellFormed;
    try {
      expect(checkPersonText('\u{1f600}')).toBe('\u{1f600}');
      expect(() => checkPersonText('a\ud800')).toThrow(RangeError);
    } finally {
      if (isWellFormed !== undefined) {
        Object.defineProperty(prototype, 'isWellFormed', {
          value: isWellFormed,
          configurable: true,
          writable: true,
        });
      }
    }
  });
});
