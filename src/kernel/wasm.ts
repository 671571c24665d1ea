import { plural } from '../base/errors.js';
import { kernelText } from './binary.js';
import { checkReservation } from './limits.js';
import { endOfInstruction, firstCellOf } from './program.js';
import { Scratch } from './scratch.js';
import { type Kernel, type ListLayout, Opcode } from './types.js';

/** What `assembly/index.ts` exports. */
interface KernelExports {
  readonly memory: WebAssembly.Memory;
  slotsOffset(): number;
  programOffset(): number;
  programNumbers(): number;
  resultsOffset(): number;
  maxResults(): number;
  run(numberCount: number, resultCount: number, byteLength: number): void;
  widen(dst: number, a: number, count: number, firstId: number): void;
  unpack(dst: number, a: number, count: number): void;
  countLists(lists: number, stretches: number, boundsOffset: number, idsOffset: number): void;
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
export function createWasmKernel(compiled: WebAssembly.Module): Kernel {
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

class WasmKernel implements Kernel {
  readonly name = 'wasm';
  private readonly exports: KernelExports;
  private readonly slotsOffset: number;

  constructor(exports: KernelExports) {
    this.exports = exports;
    this.slotsOffset = exports.slotsOffset();
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

  ids(dst: number, a: number, byteLength: number, firstId: number): number {
    return this.exports.ids(dst, a, byteLength, firstId) >>> 0;
  }

  widen(dst: number, a: number, count: number, firstId: number): void {
    this.exports.widen(dst, a, count, firstId);
  }

  unpack(dst: number, a: number, count: number): void {
    this.exports.unpack(dst, a, count);
  }

  /** Instructions touch the same bytes of every slot only, so a program may run in parts, one after the other. */
  run(program: Int32Array, byteLength: number, counters: Float64Array): void {
    const scratch = this.emptyScratch();
    const runPart = () => {
      this.exports.run(scratch.numberCount, scratch.resultCount, byteLength);
      scratch.collect(this.resultsAs(Float64Array), counters);
    };
    for (let at = 0; at < program.length; ) {
      const end = endOfInstruction(program, at);
      if (program[at] === Opcode.CountTable) {
        for (let cell = firstCellOf(program, at); cell < end; ) {
          if (!scratch.hasRoomForBand) runPart();
          cell = scratch.addBand(program, at, cell, end);
        }
      } else {
        if (!scratch.hasRoomForStep(end - at)) runPart();
        scratch.addStep(program, at, end);
      }
      at = end;
    }
    runPart();
  }

  countLists(table: Int32Array, layout: ListLayout, counters: Float64Array): void {
    const { lists, stretches, boundsOffset, idsOffset } = layout;
    const scratch = this.emptyScratch();
    const end = endOfInstruction(table, 0);
    for (let cell = firstCellOf(table, 0); cell < end; ) {
      cell = scratch.addBand(table, 0, cell, end);
      this.exports.countLists(lists, stretches, boundsOffset, idsOffset);
      scratch.collect(this.resultsAs(Uint32Array), counters);
    }
  }

  private emptyScratch(): Scratch {
    const { memory, programOffset, programNumbers, maxResults } = this.exports;
    return new Scratch(new Int32Array(memory.buffer, programOffset(), programNumbers()), maxResults());
  }

  private resultsAs<Results>(
    Results: new (buffer: ArrayBuffer, offset: number, length: number) => Results,
  ): Results {
    const { memory, resultsOffset, maxResults } = this.exports;
    return new Results(memory.buffer, resultsOffset(), maxResults());
  }
}
