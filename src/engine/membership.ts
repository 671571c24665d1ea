import { hasBit } from '../base/bits.js';
import { foldParts } from './parts.js';
import { longest } from './plan.js';
import type { Question } from './question.js';

/** Whether the first root of a question has an id in [0, 2^32): reads one byte per bitmap. */
export async function holdsId({ parts, operands }: Question, id: number): Promise<boolean> {
  const byteOffset = Math.floor(id / 8);
  const reads = operands.keys.map((key, operand) => ({
    operand,
    key,
    byteOffset,
    target: new Uint8Array(1),
  }));
  const hasComplement = parts.parts[parts.roots[0]!]!.root !== undefined;
  const [byteLengths] = await Promise.all([
    hasComplement ? operands.byteLengths() : undefined,
    operands.read(reads),
  ]);
  // Complements end with the longest operand.
  if (byteLengths !== undefined && byteOffset >= longest(byteLengths)) return false;
  return holds(parts, (operand) => hasBit(reads[operand]!.target, id % 8));
}

function holds({ parts, roots }: Question['parts'], isMarked: (operand: number) => boolean): boolean {
  const held = foldParts<boolean>(parts, ({ kind, number }, [first, ...others]) => {
    switch (kind) {
      case 'bitmap':
        return isMarked(number);
      case 'not':
        return !first;
      case 'and':
        return first! && others.every(Boolean);
      case 'or':
        return first! || others.some(Boolean);
      case 'andNot':
        return first! && !others.some(Boolean);
      case 'xor':
        return others.reduce((odd, other) => odd !== other, first!);
      case 'atLeast':
        return [first, ...others].filter(Boolean).length >= number;
    }
  });
  return held[roots[0]!]!;
}
