import type { Pair, Parts } from './parts.js';

/**
 * The form of a question: its parts and roots, whatever bitmaps they are of. A dashboard asks in the same form again and again;
 * what is known of a form is kept for the next question of it.
 */
export type Form = Pick<Parts, 'parts' | 'roots'>;

interface KeptForm {
  readonly form: Form;
  /** Both places of each pair, one after the other: pairs may be changed by whoever made them. */
  readonly places: Int32Array;
}

/** Larger forms take longer to count than to take apart, and more memory than they are worth: see `sizeOf`. */
const MAX_SIZE = 10_000;
const MAX_KEPT_SIZE = 50_000;

export class KeptForms {
  readonly #byText = new Map<string, KeptForm[]>();
  #size = 0;

  /** @param text of the sets, see `textOf` */
  find(text: string, pairs: readonly Pair[]): Form | undefined {
    return this.#byText.get(text)?.find(({ places }) => hasPlaces(pairs, places))?.form;
  }

  keep(text: string, pairs: readonly Pair[], form: Form): void {
    const size = sizeOf(form);
    if (size > MAX_SIZE) return;
    if (this.#size + size > MAX_KEPT_SIZE) {
      this.#byText.clear();
      this.#size = 0;
    }
    const alike = this.#byText.get(text) ?? [];
    this.#byText.set(text, alike);
    alike.push({ form, places: Int32Array.from(pairs.flat()) });
    this.#size += size;
  }
}

/** Parts and roots, and what parts are made of: one part may have thousands of operands, and takes as many steps. */
function sizeOf({ parts, roots }: Form): number {
  return parts.reduce((size, { operands }) => size + operands.length, parts.length + roots.length);
}

/** Says all about a form without pairs: forms with the same text are the same. */
export function textOf({ parts, roots }: Form): string {
  let text = '';
  for (const { kind, number, operands, root } of parts) {
    // Bitmaps are numbered as they come.
    text += kind === 'bitmap' ? '.' : `${kind}${number}(${operands})${root ?? ''};`;
  }
  return `${text}:${roots}`;
}

function hasPlaces(pairs: readonly Pair[], places: Int32Array): boolean {
  if (places.length !== pairs.length * 2) return false;
  for (let index = 0; index < pairs.length; index += 1) {
    const pair = pairs[index]!;
    if (pair[0] !== places[index * 2] || pair[1] !== places[index * 2 + 1]) return false;
  }
  return true;
}
