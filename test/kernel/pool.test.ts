import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../src/kernel/module.js';
import { borrowKernel, KernelPool, returnKernel } from '../../src/kernel/pool.js';
import { type Kernel, Opcode } from '../../src/kernel/types.js';
import { countBy } from '../support/kernel/model.js';

function count(kernel: Kernel): number {
  return countBy(kernel, [Opcode.Count, 0, 0, 0], 64);
}

describe('borrowing a kernel', () => {
  it('gives WebAssembly by default, and each kind by name', () => {
    for (const [choice, name] of [
      ['auto', 'wasm'],
      ['wasm', 'wasm'],
      ['js', 'js'],
    ] as const) {
      const kernel = borrowKernel(choice);
      expect(kernel.name).toBe(name);
      returnKernel(kernel);
    }
  });

  it('gives every borrower a memory of its own', () => {
    const pool = new KernelPool();
    const kernels = [pool.borrow('wasm'), pool.borrow('wasm'), pool.borrow('js'), pool.borrow('js')];
    for (const [index, kernel] of kernels.entries()) kernel.reserve(64).fill(2 ** index - 1);
    expect(kernels.map((kernel) => count(kernel))).toEqual([0, 64, 128, 192]);
  });

  it('reuses what was given back', () => {
    const pool = new KernelPool();
    const wasm = pool.borrow('auto');
    const js = pool.borrow('js');
    pool.return(wasm);
    pool.return(js);
    expect(pool.borrow('wasm')).toBe(wasm);
    expect(pool.borrow('js')).toBe(js);
    expect(pool.borrow('wasm')).not.toBe(wasm);
  });

  it('compiles once for many kernels', () => {
    let compiled = 0;
    const pool = new KernelPool(() => {
      compiled++;
      return compileKernel();
    });
    expect(compiled).toBe(0);
    expect(new Set([pool.borrow('wasm'), pool.borrow('auto'), pool.borrow('wasm')]).size).toBe(3);
    expect(compiled).toBe(1);
  });

  it('keeps only a few idle kernels', () => {
    const pool = new KernelPool();
    const kernels = Array.from({ length: 8 }, () => pool.borrow('wasm'));
    for (const kernel of kernels) pool.return(kernel);
    const again = Array.from({ length: 8 }, () => pool.borrow('wasm'));
    const reused = again.filter((kernel) => kernels.includes(kernel)).length;
    expect(reused).toBeGreaterThan(0);
    expect(reused).toBeLessThanOrEqual(4);
  });

  it.each(['wasm', 'js'] as const)('drops a %s kernel whose memory has grown large', (choice) => {
    const pool = new KernelPool();
    const large = pool.borrow(choice);
    large.reserve(65 * 2 ** 20);
    pool.return(large);
    expect(pool.borrow(choice)).not.toBe(large);
  });

  it('refuses to take back what is not borrowed', () => {
    const pool = new KernelPool();
    const kernel = pool.borrow('js');
    pool.return(kernel);
    expect(() => pool.return(kernel)).toThrow('expected a borrowed kernel');
    expect(() => returnKernel(pool.borrow('js'))).toThrow('expected a borrowed kernel');
  });
});

describe('where WebAssembly cannot be compiled', () => {
  function forbid(): { pool: KernelPool; attempts: () => number } {
    let attempts = 0;
    const pool = new KernelPool(() => {
      attempts++;
      throw new WebAssembly.CompileError('blocked by content security policy');
    });
    return { pool, attempts: () => attempts };
  }

  it('auto computes in JavaScript, without trying again', () => {
    const { pool, attempts } = forbid();
    const kernels: Kernel[] = [pool.borrow('auto'), pool.borrow('auto')];
    expect(kernels.map(({ name }) => name)).toEqual(['js', 'js']);
    expect(attempts()).toBe(1);
    kernels[0]!.reserve(64).fill(1);
    expect(count(kernels[0]!)).toBe(64);
  });

  it('auto reuses the JavaScript kernels that come back', () => {
    const { pool } = forbid();
    const kernel = pool.borrow('auto');
    pool.return(kernel);
    expect(pool.borrow('auto')).toBe(kernel);
  });

  it('wasm by name says why, every time', () => {
    const { pool, attempts } = forbid();
    expect(() => pool.borrow('wasm')).toThrow('content security policy');
    expect(() => pool.borrow('wasm')).toThrow('content security policy');
    expect(attempts()).toBe(1);
    expect(pool.borrow('js').name).toBe('js');
  });

  it('auto computes in JavaScript where there is no WebAssembly at all', () => {
    const pool = new KernelPool(() => {
      const missing = undefined as unknown as typeof WebAssembly;
      return new missing.Module(new Uint8Array(8));
    });
    expect(pool.borrow('auto').name).toBe('js');
  });
});
