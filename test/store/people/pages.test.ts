import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitmapistError } from '../../../src/base/errors.js';
import { decodePage, encodePage, PAGE_PEOPLE } from '../../../src/store/people/pages.js';
import { ODD_TEXTS, uuidOf } from '../../support/store/people.js';

describe('a page of texts', () => {
  it('gives every text back at its place', () => {
    const text = fc.option(
      fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.nat(1000).map(uuidOf), fc.string({ minLength: 1 })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: PAGE_PEOPLE }), fc.nat(PAGE_PEOPLE), (texts, wanted) => {
        const well = texts.map((each) =>
          each === undefined || /\p{Surrogate}/u.test(each) ? undefined : each,
        );
        const page = encodePage(well);
        const rest = new Array(PAGE_PEOPLE - well.length).fill(undefined);
        expect(decodePage(page)).toEqual([...well, ...rest]);
        const one = decodePage(page, (place) => place === wanted);
        expect(one).toEqual([...well, ...rest].map((each, place) => (place === wanted ? each : undefined)));
      }),
    );
  });

  it('of UUIDs takes 17 bytes for each', () => {
    expect(encodePage(Array.from({ length: PAGE_PEOPLE }, (_, index) => uuidOf(index)))).toHaveLength(
      PAGE_PEOPLE * 17,
    );
  });

  it('is refused if it is cut off, too long or holds what is no text', () => {
    const page = encodePage(['ann', uuidOf(1), undefined, 'u'.repeat(999)]);
    const other = (change: (bytes: Uint8Array) => void) => {
      const bytes = page.slice();
      change(bytes);
      return bytes;
    };
    const broken = [
      new Uint8Array(0),
      page.subarray(0, PAGE_PEOPLE),
      page.subarray(0, page.length - 1),
      Uint8Array.of(...page, 0),
      other((bytes) => bytes.set([0xff], PAGE_PEOPLE)),
      other((bytes) => bytes.set([7], 2)),
      other((bytes) => bytes.set([254], 0)),
    ];
    for (const bytes of broken) expect(() => decodePage(bytes)).toThrow(BitmapistError);
  });
});
