import { MemoryStore } from '../../../src/store/memory.js';
import type { RequestOptions, SetPart, SetQuestion } from '../../../src/store/types.js';
import { CountingStore } from './counting.js';

/** A store that counts sets itself, with plain sets of ids, and counts what else it is asked. */
export class TellingStore extends CountingStore {
  readonly questions: SetQuestion[] = [];
  options: RequestOptions | undefined;
  /** Whether it would rather be read. */
  isSilent = false;
  readonly #memory: MemoryStore;

  constructor(memory = new MemoryStore()) {
    super(memory);
    this.#memory = memory;
  }

  async countSets(question: SetQuestion, options?: RequestOptions): Promise<number[] | undefined> {
    this.questions.push(question);
    this.options = options;
    if (this.isSilent) return undefined;
    return question.roots.map((root) => this.#sizeOf(question, root));
  }

  #sizeOf({ keys, parts }: SetQuestion, root: number): number {
    const bitmaps = keys.map((key) => this.#memory.resident(key));
    const needed = partsIn(parts, root);
    const ends = [...needed].map((place) => parts[place]!).filter(({ kind }) => kind === 'bitmap');
    const end = 8 * Math.max(...ends.map(({ number }) => bitmaps[number]!.byteLength));
    const sets: Set<number>[] = [];
    for (const [place, part] of parts.slice(0, root + 1).entries()) {
      if (!needed.has(place)) continue;
      const of = part.operands.map((operand) => sets[operand]!);
      sets[place] = part.kind === 'bitmap' ? new Set(bitmaps[part.number]!.ids()) : setOf(part, of, end);
    }
    return sets[root]!.size;
  }
}

/** The places of a part and of all that it is made of. */
function partsIn(parts: readonly SetPart[], place: number, found = new Set<number>()): Set<number> {
  if (found.has(place)) return found;
  for (const operand of parts[place]!.operands) partsIn(parts, operand, found);
  return found.add(place);
}

function setOf({ kind, number }: SetPart, of: readonly Set<number>[], end: number): Set<number> {
  const all =
    kind === 'not' ? Array.from({ length: end }, (_, id) => id) : new Set(of.flatMap((set) => [...set]));
  const holds = (id: number): boolean => {
    const times = of.filter((set) => set.has(id)).length;
    switch (kind) {
      case 'bitmap':
        return false;
      case 'not':
        return times === 0;
      case 'and':
        return times === of.length;
      case 'or':
        return times > 0;
      case 'xor':
        return times % 2 === 1;
      case 'andNot':
        return of[0]!.has(id) && times === 1;
      case 'atLeast':
        return times >= number;
    }
  };
  return new Set([...all].filter(holds));
}
