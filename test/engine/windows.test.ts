import { describe, expect, it } from 'vitest';
import { bitmap, bitmapsOf, combine, complement, type Expression } from '../../src/engine/expression.js';
import { type OperandInfo, planReads } from '../../src/engine/plan.js';
import { alignLength, type ReadablePlan, type RunOptions, runWindows } from '../../src/engine/windows.js';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { BitmapReader } from '../../src/store/types.js';
import { HeldStore } from '../support/store/held.js';

const WINDOW = 64;

/** A plan of windows of 64 bytes over what a store holds. */
async function planOf(
  roots: readonly Expression[],
  store: BitmapReader,
  { answer = 'counts', infos }: { answer?: 'counts' | 'bitmaps'; infos?: OperandInfo[] } = {},
): Promise<ReadablePlan> {
  const operands = bitmapsOf(roots);
  const byteLengths = await store.byteLengths(operands.map(({ key }) => key));
  const plan = planReads(roots, operands, infos ?? byteLengths.map((byteLength) => ({ byteLength })), {
    answer,
    memoryBytes: 2 ** 20,
    windowBytes: WINDOW,
  });
  return { ...plan, sources: operands.map(() => store) };
}

async function countsOf(plan: ReadablePlan, options: RunOptions = {}): Promise<number[]> {
  const counters = new Float64Array(plan.program.counters);
  for await (const _ of runWindows(plan, options, counters));
  return [...counters];
}

describe('running a plan', () => {
  it('rounds lengths up to what kernels take', () => {
    expect([0, 1, 15, 16, 17, 64].map(alignLength)).toEqual([0, 16, 16, 16, 32, 64]);
  });

  it('adds to counters what windows hold, and tells how far it is', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(150).fill(1));
    await store.put('b', new Uint8Array(70).fill(3));
    const plan = await planOf([combine('or', [bitmap(store, 'a'), bitmap(store, 'b')])], store);
    const seen: object[] = [];
    const counters = Float64Array.of(1000);
    for await (const _ of runWindows(plan, { onProgress: (progress) => seen.push(progress) }, counters));
    expect([...counters]).toEqual([1000 + 150 + 70]);
    expect(seen).toEqual([
      { bytes: 128, totalBytes: 220, windows: 1 },
      { bytes: 198, totalBytes: 220, windows: 2 },
      { bytes: 220, totalBytes: 220, windows: 3 },
    ]);
  });

  it('takes no byte of one window for one of another, whatever was read before', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(640).fill(0xff));
    const a = bitmap(store, 'a');
    // Whole, nothing, the middle, nothing for two windows, the beginning, nothing, the end.
    const occupied = [
      { byteOffset: 0, byteLength: 64 },
      { byteOffset: 150, byteLength: 10 },
      { byteOffset: 320, byteLength: 5 },
      { byteOffset: 500, byteLength: 12 },
      { byteOffset: 630, byteLength: 10 },
    ];
    const bits = occupied.reduce((sum, { byteLength }) => sum + byteLength * 8, 0);
    const infos = [{ byteLength: 640, occupied }];
    for (const kernel of ['wasm', 'js'] as const) {
      const plan = await planOf([a, complement(a)], store, { infos });
      expect(await countsOf(plan, { kernel })).toEqual([bits, 640 * 8 - bits]);
    }
  });

  it('cuts complements off where their expression ends, and answers up to the last byte', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(100).fill(1));
    await store.put('b', new Uint8Array(300).fill(1));
    const [a, b] = [bitmap(store, 'a'), bitmap(store, 'b')];
    const plan = await planOf([complement(a), combine('xor', [complement(a), b])], store);
    expect(await countsOf(plan)).toEqual([700, 100 * 8 + 200 * 7]);
  });

  it('uses the kernel that was asked for, and gives it back', async () => {
    const store = new MemoryStore();
    await store.put('a', Uint8Array.of(1));
    const plan = await planOf([bitmap(store, 'a')], store);
    for (const name of ['wasm', 'js'] as const) {
      const kernel = borrowKernel(name);
      returnKernel(kernel);
      for await (const computed of runWindows(plan, { kernel: name })) expect(computed.kernel).toBe(kernel);
      expect(borrowKernel(name)).toBe(kernel);
      returnKernel(kernel);
    }
  });

  it('does nothing where there is nothing to compute', async () => {
    const store = new MemoryStore();
    const plan = await planOf([bitmap(store, 'missing')], store);
    const kernel = borrowKernel('js');
    returnKernel(kernel);
    expect(await countsOf(plan, { kernel: 'js' })).toEqual([]);
    expect(borrowKernel('js')).toBe(kernel);
    returnKernel(kernel);
  });

  it('ends with the reason of its signal between windows, also while nothing is read', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(1000).fill(1));
    const plan = await planOf([complement(bitmap(store, 'a'))], store, {
      infos: [{ byteLength: 1000, occupied: [] }],
    });
    const controller = new AbortController();
    let windows = 0;
    const onProgress = () => {
      windows += 1;
      if (windows === 3) controller.abort(new Error('enough'));
    };
    await expect(countsOf(plan, { signal: controller.signal, onProgress })).rejects.toThrow('enough');
    expect(windows).toBe(3);
  });

  it('keeps a kernel to itself while a read may still write into it', async () => {
    const memory = new MemoryStore();
    await memory.put('a', new Uint8Array(1000).fill(0xff));
    const store = new HeldStore(memory);
    const plan = await planOf([bitmap(store, 'a')], store);
    const windows = runWindows(plan, { kernel: 'js' });
    const letGo = store.hold('read');
    const first = windows.next();
    letGo();
    const used = (await first).value!.kernel;
    await windows.return();
    const others = Array.from({ length: 5 }, () => borrowKernel('js'));
    expect(others).not.toContain(used);
    for (const kernel of others) returnKernel(kernel);
  });

  it('says nothing of a read that fails when nobody wants it any more', async () => {
    const memory = new MemoryStore();
    await memory.put('a', new Uint8Array(1000).fill(0xff));
    let reads = 0;
    const failing: BitmapReader = {
      byteLengths: (keys) => memory.byteLengths(keys),
      read: async (wanted) => {
        reads += 1;
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (reads > 1) throw new Error('gone');
        return memory.read(wanted);
      },
    };
    const windows = runWindows(await planOf([bitmap(memory, 'a')], failing), {});
    await windows.next();
    await windows.return();
    expect(reads).toBe(2);
    // An unhandled rejection would fail the run.
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('has room for all ids of a page behind its slots', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(64).fill(0xff));
    const plan = await planOf([bitmap(store, 'a')], store, { answer: 'bitmaps' });
    for await (const { memory, pageOffset, offsetOf } of runWindows(plan, {})) {
      expect(memory.length - pageOffset).toBeGreaterThanOrEqual(65_536 * 4);
      expect(pageOffset % 64).toBe(0);
      expect(offsetOf(0) + WINDOW).toBeLessThanOrEqual(pageOffset);
    }
  });
});
