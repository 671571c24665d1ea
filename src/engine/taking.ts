import type { Store } from '../store/types.js';
import type { BitmapExpression, Expression } from './expression.js';
import { KeptForms, textOf } from './forms.js';
import { foldParts, NO_OPERANDS, type Pair, type Part, type Parts } from './parts.js';

const forms = new KeptForms();

/**
 * Takes expressions apart, once for a question. They may be nested arbitrarily deep, and share what they are made of. For a
 * form that was asked in before, parts and roots are the very ones of that time.
 * @param pairs further roots: `a & b` of two of the expressions
 */
export function takeApart(expressions: readonly Expression[], pairs: readonly Pair[] = []): Parts {
  const taking = new Taking();
  for (const expression of expressions) taking.addRoot(expression);
  const { bitmaps, parts, roots } = taking;
  const text = textOf(taking);
  const known = forms.find(text, pairs);
  if (known !== undefined) return { bitmaps, parts: known.parts, roots: known.roots };
  for (const pair of pairs) taking.addPair(expressions[pair[0]]!, expressions[pair[1]]!);
  forms.keep(text, pairs, { parts, roots });
  return { bitmaps, parts, roots };
}

/** Whether two expressions have the same shape over the same bitmaps; the order of operands matters. */
export function sameExpression(a: Expression, b: Expression): boolean {
  const { parts, roots } = takeApart([a, b]);
  const numbers = new Map<string, number>();
  // Equal parts get equal numbers, so that parts which occur often are compared once.
  const made = foldParts<number>(parts, ({ kind, number }, operands) => {
    const text = `${kind} ${number} ${operands}`;
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  });
  return made[roots[0]!] === made[roots[1]!];
}

class Taking {
  readonly bitmaps: BitmapExpression[] = [];
  readonly parts: Part[] = [];
  readonly roots: number[] = [];
  /** Parts of all roots, and those of the root at hand alone. */
  readonly #common = new Map<Expression, number>();
  readonly #own = new Map<Expression, number>();
  readonly #stores = new Map<Store, Map<string, number>>();

  addRoot(expression: Expression): void {
    this.roots.push(this.#take(expression));
    this.#own.clear();
  }

  addPair(a: Expression, b: Expression): void {
    const operands = [this.#take(a), this.#take(b)];
    this.roots.push(this.#add('and', 0, operands));
    this.#own.clear();
  }

  #take(root: Expression): number {
    if (root.kind === 'bitmap') return this.#numberBitmap(root);
    const known = this.#find(root);
    if (known !== undefined) return known;
    const pending: Expression[] = [root];
    for (let part = pending.at(-1); part !== undefined; part = pending.at(-1)) {
      if (this.#find(part) === undefined && !this.#number(part, pending)) continue;
      pending.pop();
    }
    return this.#find(root)!;
  }

  #find(expression: Expression): number | undefined {
    return this.#common.get(expression) ?? this.#own.get(expression);
  }

  /** Numbers a part, unless operands of it have to come first: then it adds those to what is pending. */
  #number(part: Expression, pending: Expression[]): boolean {
    if (part.kind === 'bitmap') {
      this.#common.set(part, this.#numberBitmap(part));
      return true;
    }
    const { kind } = part;
    const of = kind === 'not' ? [part.operand] : part.operands;
    const before = pending.length;
    // From the last on, so that the first is taken next.
    for (let index = of.length - 1; index >= 0; index -= 1) {
      if (this.#find(of[index]!) === undefined) pending.push(of[index]!);
    }
    if (pending.length > before) return false;
    const operands = of.map((operand) => this.#find(operand)!);
    const number = this.#add(kind, kind === 'atLeast' ? part.k : 0, operands);
    (this.parts[number]!.root === undefined ? this.#common : this.#own).set(part, number);
    return true;
  }

  /** The same key of the same store is the same part. */
  #numberBitmap(bitmap: BitmapExpression): number {
    const { store, key } = bitmap;
    let keys = this.#stores.get(store);
    if (keys === undefined) {
      keys = new Map();
      this.#stores.set(store, keys);
    }
    let number = keys.get(key);
    if (number === undefined) {
      number = this.#add('bitmap', this.bitmaps.push(bitmap) - 1, NO_OPERANDS);
      keys.set(key, number);
    }
    return number;
  }

  #add(kind: Part['kind'], number: number, operands: readonly number[]): number {
    const isComplemented =
      kind === 'not' || operands.some((operand) => this.parts[operand]!.root !== undefined);
    return (
      this.parts.push({ kind, number, operands, root: isComplemented ? this.roots.length : undefined }) - 1
    );
  }
}
