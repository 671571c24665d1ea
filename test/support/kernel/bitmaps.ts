/** Random bitmaps of every kind that a kernel may take another path for. */
import fc from 'fast-check';

type Bytes = Uint8Array<ArrayBuffer>;

/** Byte lengths around the edges of vectors, of unrolled loops and of the blocks that programs are run in. */
export const byteLengths = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(0, 16, 32, 48, 64, 80, 112, 128, 144, 240, 256, 272, 480, 496, 512, 528),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(2032, 2048, 2064, 4080, 4096, 4112, 8176, 8192, 8208, 12304, 16368, 16400),
  },
  // A block of programs is 16,384 bytes long.
  { weight: 1, arbitrary: fc.constantFrom(16_384, 20_000, 32_752, 32_784) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 40 }).map((vectors) => vectors * 16) },
);

/** How the bits of a bitmap lie. */
export interface Shape {
  readonly kind: 'empty' | 'full' | 'uniform' | 'clustered' | 'skewed' | 'lone';
  readonly density: number;
  readonly seed: number;
}

export const shapes: fc.Arbitrary<Shape> = fc.record({
  kind: fc.constantFrom('empty', 'full', 'uniform', 'clustered', 'skewed', 'lone'),
  density: fc.constantFrom(0.0005, 0.002, 0.01, 0.05, 0.2, 0.5, 0.9, 0.999),
  seed: fc.nat(),
});

export function makeBitmap(shape: Shape, byteLength: number): Bytes {
  const bytes = new Uint8Array(byteLength);
  const random = seededRandom(shape.seed);
  if (shape.kind === 'full') return bytes.fill(0xff);
  if (shape.kind === 'empty' || byteLength === 0) return bytes;
  if (shape.kind === 'lone') return setBitAt(bytes, Math.floor(random() * byteLength * 8));
  if (shape.kind === 'clustered') return fillCluster(bytes, random);
  // Gaps between set bits rather than a draw for every bit, which would take most of the suite's time.
  for (let bit = -1; ; ) {
    bit += 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - shape.density));
    if (bit >= byteLength * 8) return bytes;
    // Skewed: small ids are likelier, as users who came early are the ones still there.
    const likelihood = shape.kind === 'skewed' ? (1 - bit / (byteLength * 8)) ** 3 : 1;
    if (random() < likelihood) setBitAt(bytes, bit);
  }
}

/** A stretch of bytes at 0..255, zeros around. */
function fillCluster(bytes: Bytes, random: () => number): Bytes {
  const start = Math.floor(random() * bytes.length);
  const end = Math.min(bytes.length, start + 1 + Math.floor(random() * 300));
  for (let i = start; i < end; i++) bytes[i] = Math.floor(random() * 256);
  return bytes;
}

function setBitAt(bytes: Bytes, bit: number): Bytes {
  bytes[Math.floor(bit / 8)]! |= 2 ** (7 - (bit % 8));
  return bytes;
}

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
