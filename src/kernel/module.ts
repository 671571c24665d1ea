import { kernelText } from './binary.js';

/**
 * Compiles the kernel, synchronously: about a millisecond for so few bytes. Throws if WebAssembly (with SIMD) is missing or
 * forbidden, as by a content security policy.
 */
export function compileKernel(): WebAssembly.Module {
  return new WebAssembly.Module(kernelBytes());
}

/** What is compiled: the other way round from `assembly/embed.js`. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(kernelText.length);
  let length = 0;
  let base = -35;
  for (let index = 0; index < kernelText.length; index++) {
    const code = kernelText.charCodeAt(index);
    // `}` and `~`, and `!` for the backslash.
    if (code > 124) base = code === 125 ? 55 : 145;
    else {
      bytes[length++] = (code === 33 ? 92 : code) + base;
      base = -35;
    }
  }
  return bytes.slice(0, length);
}
