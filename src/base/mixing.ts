/** As MurmurHash3 does it: every bit of both has an influence on every bit. */
export function mix(hash: number, word: number): number {
  let mixed = Math.imul(hash ^ Math.imul(word, 0xcc9e_2d51), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
