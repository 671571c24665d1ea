import { compileKernel, kernelBytes } from '../kernel/module.js';

/** A kernel whose memory another thread can see: the same binary, but for what it says of its memory. */

/** Pages of 64 KiB that such a memory can grow to, which has to be said beforehand: 1 GiB. */
const MAX_PAGES = 2 ** 14;
/** The most bytes of slots that fit in there, with room for what the kernel has in front of them. */
export const MAX_SHARED_BYTES = MAX_PAGES * 2 ** 16 - 2 ** 20;

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
/** A maximum is given, and the memory is shared. */
const SHARED = 3;

/** What workers run. */
export interface WorkerKernel {
  readonly module: WebAssembly.Module;
  readonly isShared: boolean;
}

let compiled: WorkerKernel | undefined;

/** Compiled once for all workers. Throws if there is no WebAssembly. */
export function compileWorkerKernel(): WorkerKernel {
  // Pages have shared memory if they are isolated from those of other origins.
  const isShared = typeof SharedArrayBuffer !== 'undefined';
  if (compiled?.isShared !== isShared) {
    const module = isShared ? new WebAssembly.Module(shareMemory(kernelBytes())) : compileKernel();
    compiled = { module, isShared };
  }
  return compiled;
}

/** The same module with a shared memory. */
export function shareMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = HEADER_BYTES;
  while (bytes[at] !== MEMORY_SECTION) {
    const [length, end] = readNumber(bytes, at + 1);
    at = end + length;
  }
  const [length, start] = readNumber(bytes, at + 1);
  // How many memories, which is one, flags, pages.
  const [pages] = readNumber(bytes, start + 2);
  const body = [1, SHARED, ...numberBytes(pages), ...numberBytes(MAX_PAGES)];
  const section = [MEMORY_SECTION, ...numberBytes(body.length), ...body];
  return Uint8Array.from([...bytes.subarray(0, at), ...section, ...bytes.subarray(start + length)]);
}

/** A number of LEB128, and where it ends. */
function readNumber(bytes: Uint8Array, start: number): [number: number, end: number] {
  let number = 0;
  for (let at = start; ; at += 1) {
    const byte = bytes[at]!;
    number |= (byte & 0x7f) << ((at - start) * 7);
    if (byte < 0x80) return [number, at + 1];
  }
}

function numberBytes(number: number): number[] {
  const bytes: number[] = [];
  for (let rest = number; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}
