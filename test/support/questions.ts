import fc from 'fast-check';

/** The oracle for long bitmaps: plain bytes, combined byte by byte. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** An expression over numbered bitmaps and numbered parts before it: parts are shared as a program would share them. */
export type Part =
  | { readonly op: 'and' | 'or' | 'xor' | 'andNot'; readonly of: readonly number[] }
  | { readonly op: 'atLeast'; readonly k: number; readonly of: readonly number[] }
  | { readonly op: 'not'; readonly of: readonly number[] };

/** Numbers below `bitmaps.length` are bitmaps, those from there on are parts. */
export interface Question {
  readonly bitmaps: readonly Fill[];
  readonly parts: readonly Part[];
  readonly roots: readonly number[];
}

/** Around the edges of vectors, of the turns of loops, of containers, blocks and windows. */
const EDGES = [1, 16, 128, 8192, 16_384, 65_536];
const byteLengths = fc.oneof(
  fc.constantFrom(...EDGES.flatMap((edge) => [edge - 1, edge, edge + 1])),
  fc.constantFrom(3, 20_000, 24_583),
);

/** How the bits of a bitmap lie: most near its ends and its edges, as those of others do. */
export interface Fill {
  readonly byteLength: number;
  readonly kind: 'none' | 'ends' | 'skewed' | 'runs' | 'dense' | 'full';
  readonly seed: number;
}

const fills: fc.Arbitrary<Fill> = fc.record({
  byteLength: byteLengths,
  kind: fc.constantFrom('none', 'ends', 'skewed', 'skewed', 'runs', 'dense', 'full'),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});

/** The bytes themselves are made where they are needed: nobody reads them in a report. */
export function fill({ byteLength, kind, seed }: Fill): Bytes {
  const bytes = new Uint8Array(byteLength);
  let state = seed;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const bits = byteLength * 8;
  if (bits === 0 || kind === 'none') return bytes;
  if (kind === 'full') return bytes.fill(0xff);
  if (kind === 'dense') return bytes.map(() => random() * 256);
  const near = EDGES.flatMap((edge) => [edge * 8 - 1, edge * 8]).filter((id) => id < bits);
  for (const id of [0, bits - 1, ...near]) if (random() < 0.5) setBit(bytes, id);
  const count = { ends: 0, skewed: 300, runs: 4 }[kind];
  for (let index = 0; index < count; index += 1) {
    const first = Math.floor(random() ** 4 * bits);
    const length = kind === 'runs' ? 1 + Math.floor(random() * 2000) : 1;
    for (let id = first; id < Math.min(bits, first + length); id += 1) setBit(bytes, id);
  }
  return bytes;
}

function setBit(bytes: Bytes, id: number): void {
  bytes[id >> 3]! |= 0x80 >> (id & 7);
}

/** Several sets of which many share parts: sets, sets of sets, and their complements within different lengths. */
export function questionArbitrary(bitmaps: number): fc.Arbitrary<Question> {
  const parts = Array.from({ length: 10 }, (_, index) => {
    const operand = fc.nat({ max: bitmaps + index - 1 });
    return fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          op: fc.constantFrom('and', 'and', 'or', 'or', 'xor', 'andNot'),
          of: fc.array(operand, { minLength: 1, maxLength: 3 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.array(operand, { minLength: 1, maxLength: 7 }), fc.nat())
          .map(([of, k]) => ({ op: 'atLeast' as const, k: 1 + (k % of.length), of })),
      },
      { weight: 1, arbitrary: fc.record({ op: fc.constant('not' as const), of: fc.tuple(operand) }) },
    );
  });
  const drawn = fc.record({
    bitmaps: fc.array(fills, { minLength: bitmaps, maxLength: bitmaps }),
    parts: fc.tuple(...parts) as fc.Arbitrary<Part[]>,
    picks: fc.array(
      fc.tuple(fc.nat({ max: bitmaps + parts.length - 1 }), fc.constantFrom('alone', 'before', 'after')),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
  });
  return drawn.map(({ picks, ...question }) => {
    // What a set is made of is asked for too, before it or after it.
    const roots = picks.flatMap(([root, operands]) => {
      const of = operands === 'alone' ? [] : (question.parts[root - bitmaps]?.of ?? []);
      return operands === 'before' ? [...of, root] : [root, ...of];
    });
    return { ...question, roots };
  });
}

/** The bitmap of a set over the bytes of the bitmaps, as long as its longest operand. */
export function answerOf(bitmaps: readonly Bytes[], { parts }: Question, root: number): Bytes {
  const lengths = bitmaps.map(({ length }) => length);
  for (const { of } of parts) lengths.push(Math.max(...of.map((operand) => lengths[operand]!)));
  const byteLength = lengths[root]!;
  const known = new Map<number, Bytes>();
  const bytesOf = (index: number): Bytes => {
    const bytes = known.get(index) ?? compute(index);
    known.set(index, bytes);
    return bytes;
  };
  const compute = (index: number): Bytes => {
    const bytes = new Uint8Array(byteLength);
    if (index < bitmaps.length) {
      bytes.set(bitmaps[index]!);
      return bytes;
    }
    const part = parts[index - bitmaps.length]!;
    const { op } = part;
    const [first, ...others] = part.of.map(bytesOf);
    if (op === 'atLeast') return bytes.map((_, at) => countedByte([first!, ...others], at, part.k));
    for (let at = 0; at < byteLength; at += 1) {
      let byte = first![at]!;
      if (op === 'not') byte = ~byte;
      for (const other of others) {
        if (op === 'and') byte &= other[at]!;
        else if (op === 'or') byte |= other[at]!;
        else if (op === 'xor') byte ^= other[at]!;
        else byte &= ~other[at]!;
      }
      bytes[at] = byte;
    }
    return bytes;
  };
  return bytesOf(root);
}

/** The bits of one byte that at least `k` of the bitmaps have. */
function countedByte(bitmaps: readonly Bytes[], at: number, k: number): number {
  let byte = 0;
  for (let mask = 1; mask < 256; mask *= 2) {
    if (bitmaps.filter((bytes) => bytes[at]! & mask).length >= k) byte |= mask;
  }
  return byte;
}

export function idsIn(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; byte !== 0 && bit < 8; bit += 1) if (byte & (0x80 >> bit)) ids.push(index * 8 + bit);
  }
  return ids;
}
