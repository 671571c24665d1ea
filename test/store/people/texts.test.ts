import { describe, expect, it } from 'vitest';
import { decodePerson, encodePerson, hashPerson, LONG, UUID } from '../../../src/store/people/texts.js';
import { ODD_TEXTS, uuidOf } from '../../support/store/people.js';

describe('the text of a person as bytes', () => {
  it('comes back as it was', () => {
    for (const text of [...ODD_TEXTS, uuidOf(7)]) {
      const { code, bytes } = encodePerson(text);
      expect(decodePerson(code, bytes)).toBe(text);
    }
  });

  it('is 16 bytes for a UUID in lower case, otherwise UTF-8', () => {
    const kindOf = (text: string) => {
      const { code, bytes } = encodePerson(text);
      return [code, bytes.length];
    };
    expect(kindOf('0f8fad5b-d9cb-469f-a165-70867728950e')).toEqual([UUID, 16]);
    expect(kindOf('0F8FAD5B-D9CB-469F-A165-70867728950E')).toEqual([36, 36]);
    expect(kindOf('é')).toEqual([2, 2]);
    expect(kindOf('u'.repeat(253))).toEqual([253, 253]);
    expect(kindOf('u'.repeat(254))).toEqual([LONG, 254]);
    expect(kindOf('u'.repeat(1000))).toEqual([LONG, 1000]);
  });

  it('has a hash that stays what it is, since maps are kept by it', () => {
    const hashOf = (text: string) => hashPerson(encodePerson(text));
    expect(['a', 'u_8f3a', '0f8fad5b-d9cb-469f-a165-70867728950e'].map(hashOf)).toMatchInlineSnapshot(`
      [
        444641715,
        3456066866,
        1108227933,
      ]
    `);
  });
});
