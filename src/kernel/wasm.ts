import { plural } from '../base/errors.js';
import { BAND_ROWS, type Band, bandsOf } from './bands.js';
import { kernelText } from './binary.js';
import { checkReservation } from './limits.js';
import { endOfInstruction, HEADER_WIDTH } from './program.js';
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
    const scratch = new Scratch(this.exports);
    const runPart = () => {
      this.exports.run(scratch.numberCount, scratch.resultCount, byteLength);
      scratch.collect(Float64Array, counters);
    };
    for (let at = 0; at < program.length; ) {
      const end = endOfInstruction(program, at);
      if (program[at] !== Opcode.CountTable) {
        if (!scratch.hasRoom(end - at, 1)) runPart();
        scratch.addStep(program, at, end);
      } else {
        for (const band of bandsOf(program, at)) {
          if (!scratch.hasRoom(bandWidth(band), bandResults(band))) runPart();
          scratch.addBand(band);
        }
      }
      at = end;
    }
    runPart();
  }

  countLists(table: Int32Array, layout: ListLayout, counters: Float64Array): void {
    const { lists, stretches, boundsOffset, idsOffset } = layout;
    endOfInstruction(table, 0);
    const scratch = new Scratch(this.exports);
    for (const band of bandsOf(table, 0)) {
      scratch.addBand(band);
      this.exports.countLists(lists, stretches, boundsOffset, idsOffset);
      scratch.collect(Uint32Array, counters);
    }
  }
}

function bandWidth({ members }: Band): number {
  return HEADER_WIDTH + members.length * 3;
}

function bandResults({ members }: Band): number {
  return members.length * BAND_ROWS;
}

/** The instructions that the kernel runs next, and what becomes of their results. */
class Scratch {
  numberCount = 0;
  resultCount = 0;
  readonly #exports: KernelExports;
  readonly #numbers: Int32Array;
  readonly #maxResults: number;
  /** Two numbers per cell: its counter, its result. */
  readonly #cells: number[] = [];

  constructor(exports: KernelExports) {
    this.#exports = exports;
    this.#numbers = new Int32Array(exports.memory.buffer, exports.programOffset(), exports.programNumbers());
    this.#maxResults = exports.maxResults();
  }

  hasRoom(numbers: number, results: number): boolean {
    return (
      this.numberCount + numbers <= this.#numbers.length && this.resultCount + results <= this.#maxResults
    );
  }

  addStep(program: Int32Array, at: number, end: number): void {
    const start = this.numberCount;
    for (let i = at; i < end; i++) this.#numbers[this.numberCount++] = program[i]!;
    if (program[at]! < Opcode.Count) return;
    this.#cells.push(program[at + 1]!, this.resultCount);
    this.#numbers[start + 1] = this.resultCount++;
  }

  addBand(band: Band): void {
    const { members, rows, masks, cells } = band;
    const header = [Opcode.CountTable, members.length, rows, this.resultCount];
    this.#numbers.set([...header, ...members, ...masks], this.numberCount);
    for (let i = 0; i < cells.length; i += 2) {
      this.#cells.push(cells[i]!, this.resultCount + cells[i + 1]!);
    }
    this.numberCount += bandWidth(band);
    this.resultCount += bandResults(band);
  }

  /** Adds results to their counters, and begins anew. */
  collect(Results: Float64ArrayConstructor | Uint32ArrayConstructor, counters: Float64Array): void {
    const results = new Results(this.#exports.memory.buffer, this.#exports.resultsOffset(), this.#maxResults);
    const cells = this.#cells;
    for (let i = 0; i < cells.length; i += 2) counters[cells[i]!]! += results[cells[i + 1]!]!;
    cells.length = 0;
    this.numberCount = 0;
    this.resultCount = 0;
  }
}
