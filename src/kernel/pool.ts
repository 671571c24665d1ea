import { createJsKernel } from './js.js';
import { compileKernel } from './module.js';
import type { Kernel } from './types.js';
import { createWasmKernel } from './wasm.js';

/** Which kernel to compute with; `auto` is `wasm`, or `js` if WebAssembly is missing or forbidden. */
export type KernelChoice = 'auto' | 'wasm' | 'js';

/** Idle kernels kept of each kind: as many as evaluations commonly overlap. */
const MAX_IDLE = 4;

/** A kernel whose memory has grown beyond this is dropped when it comes back: such a memory never shrinks. */
const MAX_IDLE_BYTES = 64 * 1024 * 1024;

/** Kernels for reuse. A WebAssembly memory reserves gigabytes of address space, so a new one per question is expensive. */
export class KernelPool {
  readonly #compile: () => WebAssembly.Module;
  readonly #idle: Kernel[] = [];
  readonly #borrowed = new WeakSet<Kernel>();
  #compiled: WebAssembly.Module | Error | undefined;

  /** `compile` is called at first need and once; it throws if WebAssembly is missing or forbidden. */
  constructor(compile: () => WebAssembly.Module = compileKernel) {
    this.#compile = compile;
  }

  /** A kernel for the caller alone, until returned; what its memory holds is unspecified. */
  borrow(choice: KernelChoice): Kernel {
    const kernel = choice === 'js' ? this.#takeJs() : this.#takeWasm(choice);
    this.#borrowed.add(kernel);
    return kernel;
  }

  /** Takes a borrowed kernel back; views of its memory are not to be used any more. */
  return(kernel: Kernel): void {
    if (!this.#borrowed.delete(kernel)) throw new Error('expected a borrowed kernel, got one that is not');
    const idleAlike = this.#idle.filter(({ name }) => name === kernel.name);
    const memoryBytes = kernel.reserve(0).buffer.byteLength;
    if (idleAlike.length < MAX_IDLE && memoryBytes <= MAX_IDLE_BYTES) this.#idle.push(kernel);
  }

  #takeJs(): Kernel {
    return this.#takeIdle('js') ?? createJsKernel();
  }

  #takeWasm(choice: 'auto' | 'wasm'): Kernel {
    try {
      return this.#takeIdle('wasm') ?? createWasmKernel(this.#compileOnce());
    } catch (failure) {
      // Beside compiling, an instance can fail for want of address space; that one passes, so it is not remembered.
      if (choice === 'wasm') throw failure;
      return this.#takeJs();
    }
  }

  #compileOnce(): WebAssembly.Module {
    try {
      this.#compiled ??= this.#compile();
    } catch (failure) {
      this.#compiled = failure as Error;
    }
    if (this.#compiled instanceof Error) throw this.#compiled;
    return this.#compiled;
  }

  #takeIdle(name: Kernel['name']): Kernel | undefined {
    const index = this.#idle.findLastIndex((kernel) => kernel.name === name);
    return index < 0 ? undefined : this.#idle.splice(index, 1)[0];
  }
}

const kernels = new KernelPool();

/** Borrows a kernel; give it back with `returnKernel`. Choosing `wasm` throws if it cannot run, `auto` falls back to `js`. */
export function borrowKernel(choice: KernelChoice): Kernel {
  return kernels.borrow(choice);
}

/** Gives a kernel back for reuse. */
export function returnKernel(kernel: Kernel): void {
  kernels.return(kernel);
}
