import { mix } from '../base/mixing.js';
import { SIGNATURE_WORDS } from '../store/signature.js';
import type { Form } from './forms.js';
import type { Part } from './parts.js';

/** What tells expressions from each other by what their bitmaps hold, in whichever order they name them. */

export interface Signatures {
  /** `SIGNATURE_WORDS` numbers per root. */
  readonly words: Uint32Array;
  /** 1 for roots all of whose bitmaps have stamps: of others the words say nothing. */
  readonly isWhole: Uint8Array;
  /** How many of them there are. */
  readonly whole: number;
}

interface Kept extends Signatures {
  readonly stamps: readonly (number | undefined)[];
}

/** By the roots of a form (see `takeApart`): a dashboard that is asked again has the stamps that it had before. */
const kept = new WeakMap<readonly number[], Kept>();

/**
 * Of a complement, how far it reaches need not be told: that follows from all bitmaps of its root, which are in the signature.
 * @param stamps of the bitmaps
 */
export function signaturesOf(form: Form, stamps: readonly (number | undefined)[]): Signatures {
  const known = kept.get(form.roots);
  if (known !== undefined && isSame(known.stamps, stamps)) return known;
  const made = { ...makeSignatures(form, stamps), stamps };
  kept.set(form.roots, made);
  return made;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

const KINDS: Readonly<Record<Part['kind'], number>> = {
  bitmap: 1,
  and: 2,
  or: 3,
  xor: 4,
  andNot: 5,
  atLeast: 6,
  not: 7,
};
/** Odd, and different: a lane of a signature each. */
const LANES = [0x9e37_79b1, 0x85eb_ca77, 0xc2b2_ae3d] as const;
const TWO_32 = 2 ** 32;

function makeSignatures({ parts, roots }: Form, stamps: readonly (number | undefined)[]): Signatures {
  const hashes = new Uint32Array(parts.length * SIGNATURE_WORDS);
  const isKnown = new Uint8Array(parts.length);
  for (const [place, { kind, number, operands }] of parts.entries()) {
    const at = place * SIGNATURE_WORDS;
    if (kind === 'bitmap') {
      const stamp = stamps[number];
      if (stamp === undefined) continue;
      isKnown[place] = 1;
      const [low, high] = [stamp >>> 0, Math.floor(stamp / TWO_32)];
      for (let lane = 0; lane < SIGNATURE_WORDS; lane += 1) {
        hashes[at + lane] = mix(mix(LANES[lane]!, low), high + KINDS.bitmap);
      }
      continue;
    }
    isKnown[place] = operands.every((operand) => isKnown[operand]) ? 1 : 0;
    if (isKnown[place] === 0) continue;
    for (let lane = 0; lane < SIGNATURE_WORDS; lane += 1) {
      // In whichever order they come, but for the first one of what others are taken from.
      let sum = 0;
      for (const operand of operands) sum += mix(LANES[lane]!, hashes[operand * SIGNATURE_WORDS + lane]!);
      if (kind === 'andNot') sum += mix(KINDS.andNot, hashes[operands[0]! * SIGNATURE_WORDS + lane]!);
      hashes[at + lane] = mix(mix(mix(LANES[lane]!, sum >>> 0), KINDS[kind]), number);
    }
  }
  const words = new Uint32Array(roots.length * SIGNATURE_WORDS);
  const isWhole = new Uint8Array(roots.length);
  let whole = 0;
  for (const [index, root] of roots.entries()) {
    const at = root * SIGNATURE_WORDS;
    words.set(hashes.subarray(at, at + SIGNATURE_WORDS), index * SIGNATURE_WORDS);
    isWhole[index] = isKnown[root]!;
    whole += isKnown[root]!;
  }
  return { words, isWhole, whole };
}
