import { plural } from '../base/errors.js';
import { kernelText } from './binary.js';
import { checkReservation, countSteps } from './limits.js';
import { type Kernel, type ListLayout, Opcode, STEP_WIDTH } from './types.js';

/** What `assembly/index.ts` exports. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly emptyPasses: WebAssembly.Global;
  readonly sparsePasses: WebAssembly.Global;
  readonly densePasses: WebAssembly.Global;
  readonly emptyStretches: WebAssembly.Global;
  readonly wordStretches: WebAssembly.Global;
  readonly byteStretches: WebAssembly.Global;
  readonly mixedStretches: WebAssembly.Global;
  readonly denseStretches: WebAssembly.Global;
  slotsOffset(): number;
  stepsOffset(): number;
  resultsOffset(): number;
  maxSteps(): number;
  and(dst: number, a: number, b: number, byteLength: number): void;
  or(dst: number, a: number, b: number, byteLength: number): void;
  xor(dst: number, a: number, b: number, byteLength: number): void;
  andNot(dst: number, a: number, b: number, byteLength: number): void;
  not(dst: number, a: number, byteLength: number): void;
  count(a: number, byteLength: number): number;
  countAnd(a: number, b: number, byteLength: number): number;
  run(stepCount: number, byteLength: number): void;
  widen(dst: number, a: number, count: number, firstId: number): void;
  unpack(dst: number, a: number, count: number): void;
  countLists(
    stepCount: number,
    lists: number,
    stretches: number,
    boundsOffset: number,
    idsOffset: number,
  ): void;
  ids(dst: number, a: number, byteLength: number, firstId: number): number;
}

const PAGE_BYTES = 65_536;

/**
 * Compiles the kernel, synchronously: about a millisecond for so few bytes. Throws where WebAssembly (with SIMD) is missing
 * or forbidden, as by a content security policy.
 */
export function compileKernel(): WebAssembly.Module {
  return new WebAssembly.Module(decodeBytes(kernelText));
}

/** The WebAssembly kernel, in a memory of its own. */
export function createWasmKernel(compiled: WebAssembly.Module): WasmKernel {
  const instance = new WebAssembly.Instance(compiled);
  return new WasmKernel(instance.exports as unknown as KernelExports);
}

/** The other way round from `assembly/embed.js`. */
function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let base = -35;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // `}` and `~`, and `!` for the backslash.
    if (code > 124) base = code === 125 ? 55 : 145;
    else {
      bytes[length++] = (code === 33 ? 92 : code) + base;
      base = -35;
    }
  }
  return bytes.slice(0, length);
}

/** How often rows of a program met columns in which way (see assembly/pass.ts), since the kernel was created. */
export interface PassCounts {
  readonly empty: number;
  readonly sparse: number;
  readonly dense: number;
}

/** How many stretches of slots had their ids written in which way (see assembly/ids.ts), since the kernel was created. */
export interface StretchCounts {
  readonly empty: number;
  readonly words: number;
  readonly bytes: number;
  readonly mixed: number;
  readonly dense: number;
}

export class WasmKernel implements Kernel {
  readonly name = 'wasm';
  private readonly exports: KernelExports;
  private readonly slotsOffset: number;
  private readonly stepsOffset: number;
  private readonly resultsOffset: number;
  private readonly maxSteps: number;

  constructor(exports: KernelExports) {
    this.exports = exports;
    this.slotsOffset = exports.slotsOffset();
    this.stepsOffset = exports.stepsOffset();
    this.resultsOffset = exports.resultsOffset();
    this.maxSteps = exports.maxSteps();
  }

  reserve(byteLength: number): Uint8Array<ArrayBuffer> {
    const { memory } = this.exports;
    const neededBytes = this.slotsOffset + checkReservation(byteLength);
    const missingBytes = neededBytes - memory.buffer.byteLength;
    if (missingBytes > 0) {
      try {
        memory.grow(Math.ceil(missingBytes / PAGE_BYTES));
      } catch (cause) {
        throw new RangeError(
          `expected room for ${byteLength} ${plural(byteLength, 'byte')} of slots, got less from the engine`,
          {
            cause,
          },
        );
      }
    }
    return new Uint8Array(memory.buffer, this.slotsOffset, byteLength);
  }

  get passes(): PassCounts {
    const { emptyPasses, sparsePasses, densePasses } = this.exports;
    return { empty: emptyPasses.value, sparse: sparsePasses.value, dense: densePasses.value };
  }

  get stretches(): StretchCounts {
    const { emptyStretches, wordStretches, byteStretches, mixedStretches, denseStretches } = this.exports;
    return {
      empty: emptyStretches.value,
      words: wordStretches.value,
      bytes: byteStretches.value,
      mixed: mixedStretches.value,
      dense: denseStretches.value,
    };
  }

  and(dst: number, a: number, b: number, byteLength: number): void {
    this.exports.and(dst, a, b, byteLength);
  }
  or(dst: number, a: number, b: number, byteLength: number): void {
    this.exports.or(dst, a, b, byteLength);
  }
  xor(dst: number, a: number, b: number, byteLength: number): void {
    this.exports.xor(dst, a, b, byteLength);
  }
  andNot(dst: number, a: number, b: number, byteLength: number): void {
    this.exports.andNot(dst, a, b, byteLength);
  }
  not(dst: number, a: number, byteLength: number): void {
    this.exports.not(dst, a, byteLength);
  }
  count(a: number, byteLength: number): number {
    return this.exports.count(a, byteLength);
  }
  countAnd(a: number, b: number, byteLength: number): number {
    return this.exports.countAnd(a, b, byteLength);
  }
  ids(dst: number, a: number, byteLength: number, firstId: number): number {
    return this.exports.ids(dst, a, byteLength, firstId) >>> 0;
  }

  widen(dst: number, a: number, count: number, firstId: number): void {
    this.exports.widen(dst, a, count, firstId);
  }

  unpack(dst: number, a: number, count: number): void {
    this.exports.unpack(dst, a, count);
  }

  /** Steps touch the same bytes of every slot only, so a program may run in parts, one after the other. */
  run(program: Int32Array, byteLength: number, counters: Float64Array): void {
    this.runInParts(program, counters, (stepCount) => this.exports.run(stepCount, byteLength));
  }

  countLists(program: Int32Array, layout: ListLayout, counters: Float64Array): void {
    const { lists, stretches, boundsOffset, idsOffset } = layout;
    this.runInParts(program, counters, (stepCount) =>
      this.exports.countLists(stepCount, lists, stretches, boundsOffset, idsOffset),
    );
  }

  /** Puts as many steps as fit into the scratch, runs them, collects what they counted, and goes on behind them. */
  private runInParts(
    program: Int32Array,
    counters: Float64Array,
    runSteps: (stepCount: number) => void,
  ): void {
    const { buffer } = this.exports.memory;
    const stepCount = countSteps(program);
    for (let first = 0; first < stepCount; first += this.maxSteps) {
      const part = program.subarray(first * STEP_WIDTH, (first + this.maxSteps) * STEP_WIDTH);
      const partSteps = part.length / STEP_WIDTH;
      new Int32Array(buffer, this.stepsOffset, part.length).set(part);
      runSteps(partSteps);
      const results = new Float64Array(buffer, this.resultsOffset, partSteps);
      for (let step = 0; step < partSteps; step++) {
        if (part[step * STEP_WIDTH]! >= Opcode.Count) {
          counters[part[step * STEP_WIDTH + 1]!]! += results[step]!;
        }
      }
    }
  }
}
