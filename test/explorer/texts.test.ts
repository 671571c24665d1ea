import { describe, expect, it } from 'vitest';
import { areTexts } from '../../src/explorer/engine/texts.js';

describe('people', () => {
  it.each([
    [['u_8f3a', 'u_77b0'], true],
    [['1', '2'], false],
    // Some that are made of hexadecimal digits have no letter.
    [['8f3a', '7712', 'b001'], true],
    [['1', '2', 'nobody'], false],
    [['4294967295'], false],
    [['4294967296'], true],
    [['', '', '7'], false],
    [[''], false],
    [[], false],
  ])('%j are known by texts: %j', (values, expected) => expect(areTexts(values)).toBe(expected));
});
