import { describe, expect, it } from 'vitest';
import { bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import { Operands } from '../../src/engine/operands.js';
import { type OperandInfo, type Plan, planReads } from '../../src/engine/plan.js';
import type { Question } from '../../src/engine/question.js';
import { alignLength } from '../../src/engine/slots.js';
import { takeApart } from '../../src/engine/taking.js';
import { countWindows, WindowRun } from '../../src/engine/windows.js';
import { borrowKernel, returnKernel } from '../../src/kernel/pool.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { BitmapReader } from '../../src/store/types.js';
import { HeldStore } from '../support/store/held.js';

const WINDOW = 64;

interface Asked {
  readonly question: Question;
  readonly plan: Plan;
}

/** A question over what a reader has, in windows of 64 bytes. */
async function ask(
  roots: readonly Expression[],
  reader: BitmapReader,
  {
    answer = 'counts',
    infos,
    ...options
  }: Partial<Question> & { answer?: 'counts' | 'bitmaps'; infos?: OperandInfo[] } = {},
): Promise<Asked> {
  const parts = takeApart(roots);
  const readers = new Map(parts.bitmaps.map(({ store }) => [store, reader]));
  const question: Question = {
    parts,
    operands: new Operands(parts.bitmaps, readers, {}),
    kernel: 'auto',
    signal: undefined,
    memoryBytes: undefined,
    windowBytes: WINDOW,
    maxBytes: undefined,
    onProgress: undefined,
    ...options,
  };
  const plan = planReads(parts, infos ?? (await question.operands.describe()), {
    answer,
    memoryBytes: 2 ** 20,
    windowBytes: WINDOW,
  });
  return { question, plan };
}

async function countsOf({ question, plan }: Asked): Promise<number[]> {
  const counters = new Float64Array(plan.program.counters);
  await countWindows(question, plan, counters);
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
    const seen: object[] = [];
    const { question, plan } = await ask([combine('or', [bitmap(store, 'a'), bitmap(store, 'b')])], store, {
      onProgress: (progress) => seen.push(progress),
      infos: [{ byteLength: 150 }, { byteLength: 70 }],
    });
    const counters = Float64Array.of(1000);
    await countWindows(question, plan, counters);
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
      const asked = await ask([a, complement(a)], store, { infos, kernel });
      expect(await countsOf(asked)).toEqual([bits, 640 * 8 - bits]);
    }
  });

  it('cuts complements off where their expression ends, and answers up to the last byte', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(100).fill(1));
    await store.put('b', new Uint8Array(300).fill(1));
    const [a, b] = [bitmap(store, 'a'), bitmap(store, 'b')];
    const asked = await ask([complement(a), combine('xor', [complement(a), b])], store);
    expect(await countsOf(asked)).toEqual([700, 100 * 8 + 200 * 7]);
  });

  it('uses the kernel that was asked for, and gives it back', async () => {
    const store = new MemoryStore();
    await store.put('a', Uint8Array.of(1));
    for (const name of ['wasm', 'js'] as const) {
      const kernel = borrowKernel(name);
      returnKernel(kernel);
      const { question, plan } = await ask([bitmap(store, 'a')], store, { kernel: name });
      const run = new WindowRun(question, plan);
      expect(run.kernel).toBe(kernel);
      expect(await run.next()).toMatchObject({ byteOffset: 0, byteLength: 1 });
      expect(await run.next()).toBe(undefined);
      run.close();
      expect(borrowKernel(name)).toBe(kernel);
      returnKernel(kernel);
    }
  });

  it('does nothing where there is nothing to compute', async () => {
    const store = new MemoryStore();
    const asked = await ask([bitmap(store, 'missing')], store, { kernel: 'js' });
    const kernel = borrowKernel('js');
    returnKernel(kernel);
    expect(await countsOf(asked)).toEqual([]);
    expect(borrowKernel('js')).toBe(kernel);
    returnKernel(kernel);
  });

  it('ends with the reason of its signal between windows, also while nothing is read', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(1000).fill(1));
    const controller = new AbortController();
    let windows = 0;
    const asked = await ask([complement(bitmap(store, 'a'))], store, {
      infos: [{ byteLength: 1000, occupied: [] }],
      signal: controller.signal,
      onProgress: () => {
        windows += 1;
        if (windows === 3) controller.abort(new Error('enough'));
      },
    });
    await expect(countsOf(asked)).rejects.toThrow('enough');
    expect(windows).toBe(3);
  });

  it('keeps a kernel to itself while a read may still write into it', async () => {
    const memory = new MemoryStore();
    await memory.put('a', new Uint8Array(1000).fill(0xff));
    const store = new HeldStore(memory);
    const { question, plan } = await ask([bitmap(store, 'a')], store, { kernel: 'js' });
    const run = new WindowRun(question, plan);
    const letGo = store.hold('read');
    const first = run.next();
    letGo();
    await first;
    const used = run.kernel;
    run.close();
    const others = Array.from({ length: 5 }, () => borrowKernel('js'));
    expect(others.includes(used)).toBe(false);
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
    const { question, plan } = await ask([bitmap(memory, 'a')], failing);
    const run = new WindowRun(question, plan);
    await run.next();
    run.close();
    expect(reads).toBe(2);
    // An unhandled rejection would fail the run.
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('says nothing of a read that fails before its window is asked for, however much later that is', async () => {
    const memory = new MemoryStore();
    await memory.put('a', new Uint8Array(1000).fill(0xff));
    let reads = 0;
    const failing: BitmapReader = {
      byteLengths: (keys) => memory.byteLengths(keys),
      read: async (wanted) => {
        reads += 1;
        if (reads > 1) throw new Error('gone');
        return memory.read(wanted);
      },
    };
    const { question, plan } = await ask([bitmap(memory, 'a')], failing);
    const run = new WindowRun(question, plan);
    await run.next();
    // An unhandled rejection would fail the run.
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(run.next()).rejects.toThrow('gone');
    run.close();
  });

  it('gives its kernel back where it is left early and nothing is read', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(1000).fill(0xff));
    const { question, plan } = await ask([bitmap(store, 'a')], store, { kernel: 'js' });
    const run = new WindowRun(question, plan);
    await run.next();
    run.close();
    expect(borrowKernel('js')).toBe(run.kernel);
    returnKernel(run.kernel);
  });

  it('has room for all ids of a page behind its slots', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array(64).fill(0xff));
    const { question, plan } = await ask([bitmap(store, 'a')], store, { answer: 'bitmaps' });
    const run = new WindowRun(question, plan);
    const { memory, pageOffset } = run;
    expect(memory.length - pageOffset).toBeGreaterThanOrEqual(65_536 * 4);
    expect(pageOffset % 64).toBe(0);
    expect(run.offsetOf(0) + WINDOW).toBeLessThanOrEqual(pageOffset);
    run.close();
  });
});
