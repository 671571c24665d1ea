import { plural } from '../base/errors.js';
import { checkReservation, endOfInstruction, firstCellOf } from './checks.js';
import { type KernelExports, Scratch } from './scratch.js';
import { type Kernel, Opcode } from './types.js';

const PAGE_BYTES = 65_536;

/** A kernel whose memory can be handed to another thread, if it is shared. */
export interface WasmKernel extends Kernel {
  readonly memory: WebAssembly.Memory;
  /** Of the first slot in it. */
  readonly slotsOffset: number;
}

/** The WebAssembly kernel, in a memory of its own. */
export function createWasmKernel(compiled: WebAssembly.Module): WasmKernel {
  const exports = new WebAssembly.Instance(compiled).exports as unknown as KernelExports;
  const { memory } = exports;
  const slotsOffset = exports.slotsOffset();
  const scratch = new Scratch(exports);
  return {
    name: 'wasm',
    memory,
    slotsOffset,
    reserve: (byteLength) => reserveSlots(memory, slotsOffset, byteLength),
    /** Instructions touch the same bytes of every slot only, so a program may run in parts, one after the other. */
    run(program, byteLength, counters, byteOffset = 0) {
      const runLaidOut = () => {
        exports.run(scratch.numberCount, scratch.resultCount, byteOffset, byteLength);
        scratch.collect(Float64Array, counters);
      };
      // Window after window runs the same program: laying a table out costs as much as counting some kilobytes of it.
      if (scratch.laidOut === program) return runLaidOut();
      const runPart = () => {
        runLaidOut();
        scratch.begin();
        isWhole = false;
      };
      let isWhole = true;
      scratch.begin();
      for (let at = 0; at < program.length; ) {
        const end = endOfInstruction(program, at);
        if (program[at] === Opcode.CountTable) {
          for (let cell = firstCellOf(program, at); cell < end; ) {
            if (!scratch.hasRoomForBand) runPart();
            cell = scratch.addBand(program, at, cell, end);
          }
        } else {
          if (!scratch.hasRoom(end - at, 1)) runPart();
          scratch.addStep(program, at, end);
        }
        at = end;
      }
      runLaidOut();
      if (isWhole) scratch.laidOut = program;
    },
    countLists(table, { lists, stretches, boundsOffset, idsOffset }, counters) {
      const end = endOfInstruction(table, 0);
      scratch.begin();
      for (let cell = firstCellOf(table, 0); cell < end; ) {
        cell = scratch.addBand(table, 0, cell, end);
        exports.countLists(lists, stretches, boundsOffset, idsOffset);
        scratch.collect(Uint32Array, counters);
        scratch.begin();
      }
    },
    ids: (dst, a, byteLength, firstId) => exports.ids(dst, a, byteLength, firstId) >>> 0,
    containerIds: exports.containerIds,
    unpack: exports.unpack,
    unpackRuns: exports.unpackRuns,
    countOverlaps: exports.countOverlaps,
  };
}

/** Makes room for slots in a memory, whichever thread asks; see `Kernel.reserve`. */
export function reserveSlots(
  memory: WebAssembly.Memory,
  slotsOffset: number,
  byteLength: number,
): Uint8Array<ArrayBuffer> {
  const missingBytes = slotsOffset + checkReservation(byteLength) - memory.buffer.byteLength;
  try {
    if (missingBytes > 0) memory.grow(Math.ceil(missingBytes / PAGE_BYTES));
  } catch (cause) {
    const room = `${byteLength} ${plural(byteLength, 'byte')}`;
    throw new RangeError(`expected room for ${room} of slots, got less from the engine`, { cause });
  }
  return new Uint8Array(memory.buffer, slotsOffset, byteLength);
}
