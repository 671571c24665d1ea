/** How fast WebAssembly can load at all: a loop that reads two bitmaps and does next to nothing with them. */
import asc from 'assemblyscript/asc';

const SOURCE = `
export function loadBoth(a: usize, b: usize, byteLength: usize): i32 {
  let bits = i32x4.splat(0);
  for (let i: usize = 0; i < byteLength; i += 64) {
    bits = v128.or(bits, v128.or(v128.load(a + i), v128.load(a + i, 16)));
    bits = v128.or(bits, v128.or(v128.load(a + i, 32), v128.load(a + i, 48)));
    bits = v128.or(bits, v128.or(v128.load(b + i), v128.load(b + i, 16)));
    bits = v128.or(bits, v128.or(v128.load(b + i, 32), v128.load(b + i, 48)));
  }
  return v128.any_true(bits) as i32;
}`;

/** Loads two bitmaps of equal length, a multiple of 64 bytes. */
export async function compileLoads(a: Uint8Array, b: Uint8Array): Promise<() => number> {
  const { binary, stderr } = await asc.compileString(SOURCE, {
    optimizeLevel: 3,
    runtime: 'stub',
    enable: ['simd'],
    initialMemory: Math.ceil((a.length + b.length) / 65_536) + 1,
  });
  if (!binary) throw new Error(`expected the load loop to compile, got ${stderr}`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(binary)));
  const { memory, loadBoth } = exports as {
    memory: WebAssembly.Memory;
    loadBoth: (a: number, b: number, byteLength: number) => number;
  };
  const offset = 65_536;
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(a, offset);
  bytes.set(b, offset + a.length);
  return () => loadBoth(offset, offset + a.length, a.length);
}
