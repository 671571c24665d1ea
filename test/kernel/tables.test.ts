import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { type Kernel, Opcode } from '../../src/kernel/types.js';
import { byteLengths, makeBitmap, shapes } from '../support/kernel/bitmaps.js';
import { countCommon, runProgram, tableOf } from '../support/kernel/model.js';

type Bytes = Uint8Array<ArrayBuffer>;
type Cell = readonly [row: number, column: number];

/** Slots by their numbers; cells by indexes of rows and columns. */
interface Table {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly cells: readonly Cell[];
}
type Step = readonly [opcode: Opcode, dst: number, a: number, b: number];

const SLOTS = 40;
const slot = fc.nat({ max: SLOTS - 1 });

/** Tables of any cells, some of them twice, whose rows may be columns too. */
const scattered = fc
  .tuple(
    fc.array(slot, { minLength: 1, maxLength: 12 }),
    fc.array(slot, { minLength: 1, maxLength: 20 }),
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 }),
  )
  .map(([rows, columns, drawn]): Table => {
    const cells = drawn.map(([row, column]): Cell => [row % rows.length, column % columns.length]);
    return { rows, columns, cells: inOrder(cells) };
  });
/** Tables as retention has them: row i meets columns i, i + 1, … */
const bands = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 13 }), fc.constantFrom(0, 15))
  .map(([height, width, firstColumn]) => bandOf(height, width, firstColumn));
const steps = fc.tuple(
  fc.constantFrom(Opcode.And, Opcode.Or, Opcode.Xor, Opcode.AndNot, Opcode.Count, Opcode.CountOr),
  slot,
  slot,
  slot,
);
const programs = fc.array(fc.oneof({ weight: 2, arbitrary: scattered }, bands, steps), {
  minLength: 1,
  maxLength: 8,
});

function inOrder(cells: readonly Cell[]): Cell[] {
  return [...cells].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function bandOf(height: number, width: number, firstColumn: number): Table {
  return {
    rows: Array.from({ length: height }, (_, row) => row),
    columns: Array.from({ length: height + width - 1 }, (_, column) => firstColumn + column),
    cells: Array.from({ length: height * width }, (_, cell): Cell => {
      const row = Math.floor(cell / width);
      return [row, row + (cell % width)];
    }),
  };
}

/** A table in which every row meets every column. */
function fullOf(rows: readonly number[], columns: readonly number[]): Table {
  return { rows, columns, cells: rows.flatMap((_, row) => columns.map((_, column): Cell => [row, column])) };
}

function upTo(end: number, start = 0): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

/** Lays bitmaps out, assembles the program and compares; every cell, and every step that counts, has a counter of its own. */
function expectModel(kernel: Kernel, bitmaps: readonly Bytes[], parts: readonly (Table | Step)[]): void {
  const byteLength = bitmaps[0]!.length;
  // Slots end with garbage, which nothing may count.
  const slotBytes = Math.ceil((byteLength + 64) / 64) * 64;
  const memory = kernel.reserve(slotBytes * bitmaps.length).fill(0xff);
  for (const [index, bitmap] of bitmaps.entries()) memory.set(bitmap, index * slotBytes);
  let counterCount = 0;
  const offsetOf = (index: number) => index * slotBytes;
  const numbers = parts.flatMap((part) => {
    if ('rows' in part) {
      const cells = part.cells.map(([row, column]) => [row, column, counterCount++] as const);
      return tableOf(part.rows.map(offsetOf), part.columns.map(offsetOf), cells);
    }
    const [opcode, dst, a, b] = part;
    return [opcode, opcode < Opcode.Count ? offsetOf(dst) : counterCount++, offsetOf(a), offsetOf(b)];
  });
  const program = Int32Array.from(numbers);
  const counters = new Float64Array(counterCount).fill(7);
  kernel.run(program, byteLength, counters);
  const expected = new Float64Array(counterCount).fill(7);
  runProgram(program, [...bitmaps], slotBytes, expected);
  // Compared as text first: a matcher over thousands of numbers takes long.
  if (counters.join() !== expected.join()) expect([...counters]).toEqual([...expected]);
}

describe.each(['js', 'wasm'] as const)('tables by the %s kernel', (name) => {
  let kernel: Kernel;
  beforeAll(() => {
    kernel = borrowKernel(name);
  });
  afterAll(() => returnKernel(kernel));

  it('equal the model, whatever is sparse, dense, empty or written in between', { tags: 'long' }, () => {
    fc.assert(
      fc.property(
        byteLengths,
        fc.array(shapes, { minLength: 3, maxLength: 8 }),
        programs,
        fc.nat(),
        (byteLength, kinds, parts, seed) => {
          const bitmaps = Array.from({ length: SLOTS }, (_, index) => {
            return makeBitmap({ ...kinds[index % kinds.length]!, seed: seed + index }, byteLength);
          });
          expectModel(kernel, bitmaps, parts);
        },
      ),
      { seed: 6, numRuns: 150 },
    );
  });

  it('equal the model if rows are columns too, as of one event that is compared with its own days', () => {
    for (const density of [0.002, 0.02, 0.3]) {
      const bitmaps = sparse(30, 8208, density);
      expectModel(kernel, bitmaps, [bandOf(18, 13, 0)]);
      expectModel(kernel, bitmaps, [fullOf(upTo(30), upTo(30))]);
    }
  });

  it('may be a single cell, row or column, or have no cells at all', () => {
    const bitmaps = sparse(30, 528, 0.1);
    for (const table of [
      fullOf([3], [4]),
      fullOf([3], [3]),
      fullOf([3], upTo(30)),
      fullOf(upTo(30), [3]),
      { rows: [1, 2], columns: [3], cells: [] },
      { rows: [], columns: [], cells: [] },
    ]) {
      expectModel(kernel, bitmaps, [table]);
    }
  });

  it('may name a slot or a pair more than once', () => {
    const bitmaps = sparse(6, 528, 0.1);
    const cells: Cell[] = [0, 1, 2].flatMap((row) =>
      [0, 0, 1, 2, 2, 3, 4].map((column): Cell => [row, column]),
    );
    expectModel(kernel, bitmaps, [{ rows: [1, 2, 1], columns: [2, 3, 4, 3, 1], cells }]);
  });

  it('may have rows and columns that no cell is of', () => {
    const bitmaps = sparse(SLOTS, 528, 0.1);
    const cells: Cell[] = [
      [2, 1],
      [2, 7],
      [9, 16],
    ];
    expectModel(kernel, bitmaps, [{ rows: upTo(10), columns: upTo(30, 10), cells }]);
  });

  it.each([1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 191, 192, 193, 300])(
    'may have %d rows, or columns, or both',
    (count) => {
      const bitmaps = sparse(count + 20, 80, 0.05);
      const [few, many] = [upTo(20, 7), upTo(count + 20, 20)];
      expectModel(kernel, bitmaps, [fullOf(few, many)]);
      expectModel(kernel, bitmaps, [fullOf(many, few)]);
      expectModel(kernel, bitmaps, [bandOf(count, 13, 0)]);
    },
  );

  it('may have 10,000 rows and 130,000 cells', () => {
    const [one, other] = sparse(2, 16, 0.3);
    const slotBytes = 64;
    const memory = kernel.reserve(10_012 * slotBytes).fill(0);
    for (let index = 0; index < 10_012; index++)
      memory.set(index % 3 === 0 ? one! : other!, index * slotBytes);
    const { rows, columns, cells } = bandOf(10_000, 13, 0);
    const offsetOf = (index: number) => index * slotBytes;
    const program = tableOf(
      rows.map(offsetOf),
      columns.map(offsetOf),
      cells.map(([row, column], counter) => [row, column, counter] as const),
    );
    const counters = new Float64Array(cells.length);
    kernel.run(Int32Array.from(program), 16, counters);
    const common = countCommon(one!, other!);
    const ones = [countCommon(one!, one!), countCommon(other!, other!)];
    const expected = cells.map(([row, column]) => {
      if ((row % 3 === 0) !== (column % 3 === 0)) return common;
      return row % 3 === 0 ? ones[0] : ones[1];
    });
    expect(counters.join()).toBe(expected.join());
  });

  it('see what a step between two of them wrote to a row or a column', () => {
    const [empty, full] = [new Uint8Array(4112), new Uint8Array(4112).fill(0xff)];
    const table = fullOf([0, 5], [1, 2, 3, 4]);
    for (const written of [0, 2, 5]) {
      expectModel(
        kernel,
        [full, empty, empty, empty, empty, full],
        [table, [Opcode.Xor, written, written, 0], table, [Opcode.Or, written, 5, 5], table],
      );
    }
  });

  it('see what was computed for each row, as tables of segments have it', () => {
    for (const columns of [40, 140]) {
      const bitmaps = sparse(columns + 6, 528, 0.01);
      const parts = upTo(12).flatMap((row): (Table | Step)[] => [
        // Two slots are computed anew for each row, one of which is a column, too.
        [Opcode.And, 4, row % 4, 6 + row],
        [Opcode.Or, 5, 4, 6 + ((row * 7) % columns)],
        fullOf([5], [4, ...upTo(columns + 6, 6)]),
        [Opcode.Xor, 6 + row, 4, 5],
      ]);
      expectModel(kernel, bitmaps, parts);
    }
  });

  /** Bitmaps of two blocks and a little more, with one bit in each of `words` words of 8 bytes from a byte on, every `step` words. */
  function withWords(words: number, from: number, step: number, bit = 0x80): Bytes {
    const bitmap = new Uint8Array(2 * 16_384 + 48);
    for (let word = 0; word < words; word++) bitmap[from + word * step * 8] = bit;
    return bitmap;
  }

  it.each([0, 1, 8, 9, 10, 23, 24, 25, 63, 64])(
    'are counted if rows meet columns in %d of the first 64 words',
    (words) => {
      // A row of 3, or of 8, cells of a group is counted with each column if it meets them in more than 9, or 24, words.
      const row = withWords(2048, 0, 1);
      for (const columns of [3, 8]) {
        for (const from of [0, 16_384]) {
          const bitmaps = upTo(columns).map((column) =>
            column === 1 ? withWords(words, from, 1) : withWords(0, 0, 1),
          );
          bitmaps[2] = withWords(40, 1024, 3);
          expectModel(kernel, [row, ...bitmaps], [fullOf([0, 1], upTo(columns + 1, 1))]);
        }
      }
    },
  );

  it.each([0, 1, 287, 288, 289, 767, 768, 769, 1900])(
    'are counted if rows meet columns in %d words beyond the first ones',
    (words) => {
      // 256 chunks of 8 words: a row of 3, or of 8, cells goes over to each column after 288, or 768, words.
      const row = withWords(2048, 0, 1);
      for (const columns of [3, 8]) {
        const bitmaps = upTo(columns).map(() => withWords(words, 512, 1));
        bitmaps[1] = withWords(words, 512, 1, 0x40);
        expectModel(kernel, [row, ...bitmaps], [fullOf([0, 1], upTo(columns + 1, 1))]);
      }
    },
  );

  it.each([1, 2, 3])('are counted if they have %d cells', (cells) => {
    const bitmaps = sparse(6, 20_000, 0.001);
    expectModel(kernel, bitmaps, [fullOf([0], upTo(1 + cells, 1)), fullOf(upTo(cells), [5])]);
  });

  it.each([48, 64, 496, 512, 528, 16_368, 16_384, 16_400, 32_752, 32_768, 32_784])(
    'are counted over %d bytes',
    (byteLength) => {
      for (const density of [0.001, 0.3]) {
        const bitmaps = sparse(16, byteLength, density);
        for (const bitmap of bitmaps) bitmap[byteLength - 1]! |= 1;
        expectModel(kernel, bitmaps, [bandOf(6, 4, 6), bandOf(10, 6, 0)]);
      }
    },
  );

  it('are counted wherever bitmaps are dense, sparse, empty, or one and then the other', {
    tags: 'long',
  }, () => {
    const densities = [0, 0.00005, 0.0005, 0.002, 0.2, 0.9];
    const kinds = densities.map((density) => sparse(36, 20_000, density));
    // From some byte on, that is: blocks begin as sparse, and end as dense.
    const late = kinds.map((bitmaps) =>
      bitmaps.map((bitmap, index) => bitmap.slice().fill(0, 0, 1000 + index * 64)),
    );
    for (const rows of [...kinds, ...late]) {
      for (const columns of [...kinds, ...late]) {
        expectModel(kernel, [...rows.slice(0, 12), ...columns.slice(12)], [bandOf(12, 13, 12)]);
      }
    }
  });
});

function sparse(count: number, byteLength: number, density: number): Bytes[] {
  const kind = density === 0 ? 'empty' : 'uniform';
  return upTo(count).map((seed) => makeBitmap({ kind, density, seed }, byteLength));
}
