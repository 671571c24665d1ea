import type { BitmapExpression } from './expression.js';
import type { Form } from './forms.js';
import type { Part, Parts } from './parts.js';

/** A question without some of its roots. */

interface Remainder {
  readonly form: Form;
  /** Of the roots that are left, and of the bitmaps that they need. */
  readonly roots: readonly number[];
  readonly bitmaps: readonly number[];
}

/** By the roots of a form (see `takeApart`): a dashboard is left the same, time and again. */
const kept = new WeakMap<readonly number[], Remainder[]>();
/** Of one form: as time goes by, others are left. */
const MAX_KEPT = 4;

/**
 * What is left of a question if only those of its roots are wanted whose count is not known yet (`NaN`). For what was left before,
 * parts and roots are the very ones of that time; if nothing is known, they are those of the question.
 */
export function partsOfRoots(parts: Parts, counts: Float64Array): Parts {
  const roots: number[] = [];
  for (let root = 0; root < counts.length; root += 1) if (Number.isNaN(counts[root])) roots.push(root);
  if (roots.length === counts.length) return parts;
  const ofForm = kept.get(parts.roots) ?? [];
  const found = ofForm.find((remainder) => isSame(remainder.roots, roots));
  const { form, bitmaps } = found ?? makeRemainder(parts, roots);
  if (found === undefined) {
    kept.set(parts.roots, [{ form, roots, bitmaps }, ...ofForm.slice(0, MAX_KEPT - 1)]);
  }
  const left: BitmapExpression[] = [];
  for (const bitmap of bitmaps) left.push(parts.bitmaps[bitmap]!);
  return { bitmaps: left, parts: form.parts, roots: form.roots };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

function makeRemainder({ parts, roots }: Form, left: readonly number[]): Remainder {
  const isNeeded = new Uint8Array(parts.length);
  for (const root of left) isNeeded[roots[root]!] = 1;
  // Operands come before what is made of them: going down, it is known of each part whether it is needed.
  for (let place = parts.length - 1; place >= 0; place -= 1) {
    if (isNeeded[place] === 1) for (const operand of parts[place]!.operands) isNeeded[operand] = 1;
  }
  const rootPlaces = new Map(left.map((root, place) => [root, place]));
  const places = new Map<number, number>();
  const bitmaps: number[] = [];
  const made: Part[] = [];
  for (const [place, part] of parts.entries()) {
    if (isNeeded[place] === 0) continue;
    places.set(place, made.length);
    made.push({
      kind: part.kind,
      number: part.kind === 'bitmap' ? bitmaps.push(part.number) - 1 : part.number,
      operands: part.operands.map((operand) => places.get(operand)!),
      root: part.root === undefined ? undefined : rootPlaces.get(part.root),
    });
  }
  return {
    form: { parts: made, roots: left.map((root) => places.get(roots[root]!)!) },
    roots: left,
    bitmaps,
  };
}
