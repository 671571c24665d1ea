import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { type Kernel, Opcode, STEP_WIDTH } from '../../src/kernel/types.js';
import { compileKernel, createWasmKernel } from '../../src/kernel/wasm.js';
import { byteLengths, makeBitmap, type Shape, shapes } from '../support/kernel/bitmaps.js';
import { runProgram } from '../support/kernel/model.js';

// Programs that count what many rows have in common with many columns: the WebAssembly kernel takes such steps together.

type Bytes = Uint8Array<ArrayBuffer>;
type Step = readonly [opcode: Opcode, dst: number, a: number, b: number];

const SLOTS = 40;
/** Bytes that the WebAssembly kernel takes in two turns. */
const TWO_BLOCKS = 32_768;
const slot = fc.nat({ max: SLOTS - 1 });

/** Steps with one operand in common, on either side of the AND. */
const rows = fc
  .tuple(slot, fc.array(fc.tuple(slot, fc.boolean()), { minLength: 2, maxLength: 20 }))
  .map(([row, columns]) =>
    columns.map(([column, swapped]): Step => [Opcode.CountAnd, 0, ...order(row, column, swapped)]),
  );
/** Rows as a retention table has them: row i meets columns i, i + 1, … */
const bands = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 13 }), fc.boolean())
  .map(([height, width, swapped]) =>
    Array.from({ length: height * width }, (_, cell): Step => {
      const row = Math.floor(cell / width);
      return [Opcode.CountAnd, 0, ...order(row, 15 + row + (cell % width), swapped)];
    }),
  );
/** Steps between rows, some of which write to what are columns before or after. */
const others = fc
  .tuple(
    fc.constantFrom(Opcode.And, Opcode.Or, Opcode.Xor, Opcode.AndNot, Opcode.Count, Opcode.CountOr),
    slot,
    slot,
    slot,
  )
  .map(([opcode, dst, a, b]): Step[] => [[opcode, opcode < Opcode.Count ? dst : 0, a, b]]);
const tables = fc
  .array(fc.oneof({ weight: 3, arbitrary: rows }, { weight: 1, arbitrary: bands }, others), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.flat());

function order(row: number, column: number, swapped: boolean): readonly [number, number] {
  return swapped ? [column, row] : [row, column];
}

/** Lays bitmaps out and assembles the program; every counting step gets a counter of its own. */
function prepare(kernel: Kernel, bitmaps: readonly Bytes[], steps: readonly Step[]) {
  const byteLength = bitmaps[0]!.length;
  // Slots end with garbage, which no step may count.
  const slotBytes = Math.ceil((byteLength + 64) / 64) * 64;
  const memory = kernel.reserve(slotBytes * bitmaps.length).fill(0xff);
  for (const [index, bitmap] of bitmaps.entries()) memory.set(bitmap, index * slotBytes);
  const program = new Int32Array(steps.length * STEP_WIDTH);
  for (const [index, [opcode, dst, a, b]] of steps.entries()) {
    program.set(
      [opcode, opcode < Opcode.Count ? dst * slotBytes : index, a * slotBytes, b * slotBytes],
      index * STEP_WIDTH,
    );
  }
  return { program, slotBytes, byteLength };
}

function expectModel(kernel: Kernel, bitmaps: readonly Bytes[], steps: readonly Step[]): void {
  const { program, slotBytes, byteLength } = prepare(kernel, bitmaps, steps);
  const counters = new Float64Array(steps.length);
  kernel.run(program, byteLength, counters);
  const expected = new Float64Array(steps.length);
  runProgram(program, [...bitmaps], slotBytes, expected);
  expect([...counters]).toEqual([...expected]);
}

describe.each(['js', 'wasm'] as const)('tables by the %s kernel', (name) => {
  let kernel: Kernel;
  beforeAll(() => {
    kernel = borrowKernel(name);
  });
  afterAll(() => returnKernel(kernel));

  it('equal the model, whatever is sparse, dense, empty or written in between', () => {
    fc.assert(
      fc.property(
        byteLengths,
        fc.array(shapes, { minLength: 3, maxLength: 8 }),
        tables,
        fc.nat(),
        (byteLength, kinds, steps, seed) => {
          const bitmaps = Array.from({ length: SLOTS }, (_, index) => {
            return makeBitmap({ ...kinds[index % kinds.length]!, seed: seed + index }, byteLength);
          });
          expectModel(kernel, bitmaps, steps);
        },
      ),
      { seed: 6, numRuns: 120 },
    );
  });

  it('equal the model where rows are columns too, as of one event that is compared with its own days', () => {
    for (const density of [0.002, 0.02, 0.3]) {
      const bitmaps = Array.from({ length: 30 }, (_, seed) =>
        makeBitmap({ kind: 'uniform', density, seed }, 8208),
      );
      const steps = Array.from({ length: 18 * 13 }, (_, cell): Step => {
        const row = Math.floor(cell / 13);
        return [Opcode.CountAnd, 0, row, row + (cell % 13)];
      });
      expectModel(kernel, bitmaps, steps);
    }
  });

  it('may have more columns than are kept at a time', () => {
    const shape: Shape = { kind: 'uniform', density: 0.01, seed: 0 };
    const bitmaps = Array.from({ length: 700 }, (_, seed) => makeBitmap({ ...shape, seed }, 80));
    const wide = Array.from({ length: 690 }, (_, i): Step => [Opcode.CountAnd, 0, 0, 1 + i]);
    const long = Array.from(
      { length: 1400 },
      (_, i): Step => [Opcode.CountAnd, 0, Math.floor(i / 7), i % 700],
    );
    expectModel(kernel, bitmaps, [...wide, ...long]);
  });

  it('of more columns than a row takes at a time see what is written to any of them in between', () => {
    // A row takes 128 columns, and all groups together have 256.
    const COLUMNS = 300;
    const sparse: Shape = { kind: 'uniform', density: 0.02, seed: 0 };
    const bitmaps = Array.from({ length: COLUMNS + 4 }, (_, seed) => makeBitmap({ ...sparse, seed }, 272));
    for (const columns of [127, 128, 129, 200, 248, 249, 255, 256, 257, COLUMNS]) {
      const row = (a: number): Step[] =>
        Array.from({ length: columns }, (_, column): Step => [Opcode.CountAnd, 0, a, 4 + column]);
      for (const written of [4, 4 + Math.floor(columns / 2), 4 + 127, 4 + columns - 1]) {
        const compute: Step = [Opcode.Or, written, 1, 2];
        expectModel(kernel, bitmaps, [...row(0), compute, ...row(3)]);
        expectModel(kernel, bitmaps, [
          ...row(0),
          ...row(3),
          compute,
          ...row(1).slice(0, columns - 3),
          ...row(0),
        ]);
      }
    }
  });

  it('see what is computed into further columns when there is hardly room for a group more', () => {
    const COLUMNS = 256;
    const FIRST = 4 + COLUMNS;
    const sparse: Shape = { kind: 'uniform', density: 0.05, seed: 0 };
    const bitmaps = Array.from({ length: FIRST + 9 }, (_, seed) => makeBitmap({ ...sparse, seed }, 80));
    for (let columns = 232; columns <= COLUMNS; columns += 1) {
      for (const further of [3, 7, 8, 9]) {
        const row = (a: number, first: number, length: number): Step[] =>
          Array.from({ length }, (_, column): Step => [Opcode.CountAnd, 0, a, first + column]);
        // What was written may not join a group that others are in.
        const compute: Step[] = [
          [Opcode.Or, FIRST, 1, 2],
          [Opcode.AndNot, FIRST + 2, 3, 2],
        ];
        expectModel(kernel, bitmaps, [
          ...row(0, 4, columns),
          ...compute,
          ...row(0, FIRST, further),
          ...row(3, 4, columns),
          ...row(3, FIRST, further),
        ]);
      }
    }
  });

  it('see what was computed for each row, as tables of segments have it', () => {
    const sparse: Shape = { kind: 'uniform', density: 0.01, seed: 0 };
    for (const columns of [40, 140]) {
      const bitmaps = Array.from({ length: columns + 6 }, (_, seed) => makeBitmap({ ...sparse, seed }, 528));
      const steps = Array.from({ length: 12 }, (_, row): Step[] => {
        // Two slots are computed anew for each row, one of which is a column, too.
        const computed: Step[] = [
          [Opcode.And, 4, row % 4, 6 + row],
          [Opcode.Or, 5, 4, 6 + ((row * 7) % columns)],
        ];
        const cells = Array.from(
          { length: columns },
          (_, column): Step => [Opcode.CountAnd, 0, 5, 6 + column],
        );
        return [...computed, ...cells, [Opcode.CountAnd, 0, 5, 4], [Opcode.Xor, 6 + row, 4, 5]];
      });
      expectModel(kernel, bitmaps, steps.flat());
    }
  });

  it('see what a step between two rows wrote to a column', () => {
    const [empty, full] = [new Uint8Array(4112), new Uint8Array(4112).fill(0xff)];
    const row = (a: number): Step[] => [1, 2, 3, 4].map((b) => [Opcode.CountAnd, 0, a, b]);
    const steps: Step[] = [...row(0), [Opcode.Or, 2, 2, 5], ...row(0), [Opcode.Xor, 2, 2, 2], ...row(0)];
    expectModel(kernel, [full, empty, empty, empty, empty, full], steps);
  });

  it('see what was written to a slot before it became a column of a group that is in use', () => {
    const [empty, full] = [new Uint8Array(4112), new Uint8Array(4112).fill(0xff)];
    const row = (columns: number[]): Step[] => columns.map((b) => [Opcode.CountAnd, 0, 0, b]);
    const steps: Step[] = [...row([1, 2, 3]), [Opcode.Or, 4, 4, 5], ...row([1, 2, 3, 4])];
    expectModel(kernel, [full, empty, empty, empty, empty, full], steps);
  });
});

describe('the WebAssembly kernel', () => {
  const kernel = createWasmKernel(compileKernel());
  const steps = Array.from({ length: 12 * 13 }, (_, cell): Step => {
    const row = Math.floor(cell / 13);
    return [Opcode.CountAnd, 0, row, 12 + row + (cell % 13)];
  });

  /** Which ways were taken by a table of 12 × 13 over bitmaps of two blocks, once its counts are those of the model. */
  function passesOver(bitmaps: readonly Bytes[]) {
    const before = kernel.passes;
    expectModel(kernel, bitmaps, steps);
    const after = kernel.passes;
    const taken = {
      empty: after.empty - before.empty,
      sparse: after.sparse - before.sparse,
      dense: after.dense - before.dense,
    };
    expect(taken.empty + taken.sparse + taken.dense).toBeGreaterThanOrEqual(12 * 2 * 2);
    return taken;
  }
  function passesOverShapes(rowShape: Omit<Shape, 'seed'>, columnShape: Omit<Shape, 'seed'>) {
    const shapeOf = (slot: number) => (slot < 12 ? rowShape : columnShape);
    return passesOver(
      Array.from({ length: 36 }, (_, slot) => makeBitmap({ ...shapeOf(slot), seed: slot }, TWO_BLOCKS)),
    );
  }
  const uniform = (density: number) => ({ kind: 'uniform', density }) as const;
  const empty = { kind: 'empty', density: 0 } as const;

  it('counts every pair where rows and columns are dense', () => {
    expect(passesOverShapes(uniform(0.2), uniform(0.2))).toMatchObject({ empty: 0, sparse: 0 });
  });

  it('looks at columns only where a row meets any of them, where either is sparse', () => {
    expect(passesOverShapes(uniform(0.002), uniform(0.002))).toMatchObject({ empty: 0, dense: 0 });
    expect(passesOverShapes(uniform(0.0005), uniform(0.9))).toMatchObject({ empty: 0, dense: 0 });
    expect(passesOverShapes(uniform(0.9), uniform(0.00005))).toMatchObject({ dense: 0 });
  });

  it('does not take a row for what its columns have in common with it, where it is one of them', () => {
    const bitmaps = Array.from({ length: 8 }, (_, seed) =>
      makeBitmap({ ...uniform(0.015), seed }, TWO_BLOCKS),
    );
    const before = kernel.passes;
    const others = [1, 2, 3, 4, 5, 6, 7];
    expectModel(
      kernel,
      bitmaps,
      [0, ...others].flatMap((row) =>
        others.flatMap((b): Step[] => (b === row ? [] : [[Opcode.CountAnd, 0, row, b]])),
      ),
    );
    // Against the union of the columns, rows would be dense.
    expect(kernel.passes.sparse - before.sparse).toBe(2 * 8);
    expect(kernel.passes.dense).toBe(before.dense);
  });

  it('skips what is empty', () => {
    expect(passesOverShapes(uniform(0.2), empty)).toMatchObject({ sparse: 0, dense: 0 });
    expect(passesOverShapes(empty, uniform(0.2))).toMatchObject({ dense: 0 });
  });

  it('goes over to counting every pair where a block is not as sparse as it begins', () => {
    const bitmaps = Array.from({ length: 36 }, (_, seed) => {
      return makeBitmap({ kind: 'uniform', density: 0.3, seed }, TWO_BLOCKS).fill(0, 0, 1000 + seed * 64);
    });
    const { empty, sparse, dense } = passesOver(bitmaps);
    // Every pass over the first of two blocks goes both ways.
    expect({ empty, dense }).toEqual({ empty: 0, dense: 2 * sparse });
  });
});
