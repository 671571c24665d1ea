import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { openPlan } from '../../src/engine/answers.js';
import { bitmap, type Expression } from '../../src/engine/expression.js';
import type { Plan } from '../../src/engine/plan.js';
import { type Question, type WindowedOptions, withQuestion } from '../../src/engine/question.js';
import { countByTeam, isWorthATeam } from '../../src/engine/teamwork.js';
import { MemoryStore } from '../../src/store/memory.js';
import { TeamError } from '../../src/threads/error.js';
import { Team } from '../../src/threads/team.js';
import { storeOf, toBytes } from '../support/bitmaps.js';
import { bitmapArbitrary, expressionArbitrary, expressionOf, modelIds } from '../support/model.js';
import { CountingStore } from '../support/store/counting.js';
import { HeldStore } from '../support/store/held.js';
import { FakeWorker } from '../support/threads/fake.js';
import { startWorker } from '../support/threads/worker.js';

const BITMAPS = 5;
const questions = fc.record({
  bitmaps: fc.array(bitmapArbitrary, { minLength: BITMAPS, maxLength: BITMAPS }),
  roots: fc.array(expressionArbitrary(BITMAPS), { minLength: 1, maxLength: 4 }),
});

/** However small a question is: those that are asked go to a team if they are large. */
async function countWith(
  team: Team,
  expressions: readonly Expression[],
  options: WindowedOptions = {},
): Promise<number[]> {
  return withQuestion(
    expressions,
    { windowBytes: 64, ...options, threads: { wanted: team } },
    async (question) => {
      const { plan, beginnings } = await openPlan(question, 'counts');
      const counters = new Float64Array(plan.program.counters);
      await countByTeam(question, plan, counters, beginnings);
      return plan.program.outputs.map((counter) => (counter === undefined ? 0 : counters[counter]!));
    },
  );
}

describe.each(['shared', 'unshared'])('a team of three threads, memory %s', (memory) => {
  let team: Team;

  beforeAll(async () => {
    if (memory === 'unshared') vi.stubGlobal('SharedArrayBuffer', undefined);
    team = new Team({ threads: 3, worker: startWorker });
    await team.start();
  });

  afterAll(async () => {
    vi.unstubAllGlobals();
    await team.close();
  });

  it.each([
    ['in memory', 'memory'],
    ['read', 'read'],
  ])('counts as the set model does what is %s', { tags: 'long' }, async (_, kind) => {
    await fc.assert(
      fc.asyncProperty(questions, async ({ bitmaps, roots }) => {
        const memory = await storeOf(bitmaps);
        const store = kind === 'read' ? new CountingStore(memory) : memory;
        const expressions = roots.map((root) => expressionOf(root, (index) => bitmap(store, String(index))));
        const expected = roots.map((root) => modelIds(root, bitmaps).length);
        expect(await countWith(team, expressions)).toEqual(expected);
      }),
      { numRuns: 100, seed: 20_261 },
    );
  });

  it('shares itself among questions that are asked at the same time', async () => {
    const asked = Array.from({ length: 20 }, async (_, index) => {
      const store = new MemoryStore();
      const ids = Array.from({ length: 500 }, (_, id) => id * (index + 1));
      await store.put('a', toBytes(ids, 8192));
      return countWith(team, [bitmap(store, 'a')]);
    });
    expect((await Promise.all(asked)).flat()).toEqual(Array.from({ length: 20 }, () => 500));
  });

  it('stops at once when the signal aborts, and counts the next question', async () => {
    const store = new HeldStore(await storeOf([{ ids: new Set([1, 700, 1500]), byteLength: 200 }]));
    const expressions = [bitmap(store, '0')];
    const letGo = store.hold('read');
    const abort = new AbortController();
    const asked = countWith(team, expressions, { signal: abort.signal });
    await vi.waitFor(() => expect(store.calls.read).toBeGreaterThan(0));
    abort.abort(new Error('no longer'));
    await expect(asked).rejects.toThrow('no longer');
    letGo();
    expect(await countWith(team, expressions)).toEqual([3]);
  });

  it('rejects with what reading fails with, and counts the next question', async () => {
    const store = await storeOf([{ ids: new Set([1, 700, 1500]), byteLength: 200 }]);
    const broken = new CountingStore(store);
    broken.read = async () => {
      throw new Error('gone');
    };
    await expect(countWith(team, [bitmap(broken, '0')])).rejects.toThrow('gone');
    expect(await countWith(team, [bitmap(new CountingStore(store), '0')])).toEqual([3]);
  });
});

describe('a question', () => {
  const MIB = 2 ** 20;

  /** With two bitmaps of this length, which are counted together so often. */
  function isWorthIt(uses: number, byteLength: number, bitmaps: readonly (Bitmap | undefined)[]): boolean {
    const steps = Array.from({ length: uses }, (_, dst) => ({ op: 0, dst, slots: [0, 1], number: 0 }));
    const reads = bitmaps.map(() => [{ byteOffset: 0, byteLength }]);
    const plan = { program: { steps }, complementEndByte: 0, reads };
    return isWorthATeam({ operands: { bitmaps } } as unknown as Question, plan as unknown as Plan);
  }

  it('is worth a team if every byte is used often enough, and there are many of them', () => {
    const kept = [new Bitmap(), new Bitmap()];
    expect(isWorthIt(3, 64 * MIB, kept)).toBe(false);
    expect(isWorthIt(4, 64 * MIB, kept)).toBe(true);
    expect(isWorthIt(4, 7 * MIB, kept)).toBe(false);
    expect(isWorthIt(4, 8 * MIB, kept)).toBe(true);
  });

  it('is worth a team less often if its bitmaps have to be read', () => {
    expect(isWorthIt(8, 64 * MIB, [new Bitmap(), undefined])).toBe(false);
    expect(isWorthIt(9, 64 * MIB, [new Bitmap(), undefined])).toBe(true);
    expect(isWorthIt(13, 64 * MIB, [undefined, undefined])).toBe(false);
    expect(isWorthIt(14, 64 * MIB, [undefined, undefined])).toBe(true);
  });
});

describe('a team that is closed', () => {
  it('rejects the question it counts for, and leaves later ones to the thread that asks', async () => {
    const team = new Team({ threads: 2, worker: startWorker });
    await team.start();
    const store = new HeldStore(await storeOf([{ ids: new Set([1, 700, 1500]), byteLength: 200 }]));
    const letGo = store.hold('read');
    const asked = countWith(team, [bitmap(store, '0')]);
    await vi.waitFor(() => expect(store.calls.read).toBeGreaterThan(0));
    await Promise.all([expect(asked).rejects.toThrow(TeamError), team.close()]);
    letGo();
    expect(await countWith(team, [bitmap(store, '0')])).toEqual([3]);
  });
});

describe('a question whose worker', () => {
  const ANSWER = [3];

  /** A team of workers on this thread, and a question for it. */
  async function prepare() {
    const workers: FakeWorker[] = [];
    const worker = () => {
      workers.push(new FakeWorker());
      return workers.at(-1)!;
    };
    const team = new Team({ threads: 2, worker });
    await team.start();
    const store = await storeOf([{ ids: new Set([1, 700, 1500]), byteLength: 200 }]);
    const ask = (options?: WindowedOptions) => countWith(team, [bitmap(store, '0')], options);
    return { team, workers, ask };
  }

  /** Its worker has windows and gives none back. */
  async function stuck(options?: WindowedOptions) {
    const prepared = await prepare();
    const [worker] = prepared.workers as [FakeWorker];
    worker.held = [];
    const asked = prepared.ask(options);
    asked.catch(() => {});
    await vi.waitFor(() => expect(worker.held).toHaveLength(2));
    return { ...prepared, worker, asked };
  }

  it('answers late is answered when all windows are counted', async () => {
    const { worker, asked } = await stuck();
    worker.letGo();
    expect(await asked).toEqual(ANSWER);
  });

  it('ends is rejected, and the next one gets a new worker', async () => {
    const { workers, worker, asked, ask } = await stuck();
    worker.end('out of memory');
    await expect(asked).rejects.toThrow(
      new TeamError('expected a worker that counts, got one that ended: out of memory'),
    );
    expect(worker.isTerminated).toBe(true);
    expect(await ask()).toEqual(ANSWER);
    expect(workers).toHaveLength(2);
    await vi.waitFor(() => expect(workers[1]!.orders).toContain('start'));
    expect(await ask()).toEqual(ANSWER);
    expect(workers[1]!.orders).toContain('run');
  });

  it('is counting when the signal aborts is rejected at once, and the worker is used again once it is done', async () => {
    const abort = new AbortController();
    const { workers, worker, asked, ask } = await stuck({ signal: abort.signal });
    abort.abort(new Error('no longer'));
    await expect(asked).rejects.toThrow('no longer');
    const runs = () => worker.orders.filter((order) => order === 'run').length;
    const before = runs();
    expect(await ask()).toEqual(ANSWER);
    expect(runs()).toBe(before);
    worker.letGo();
    await vi.waitFor(async () => {
      expect(await ask()).toEqual(ANSWER);
      expect(runs()).toBeGreaterThan(before);
    });
    expect(workers).toHaveLength(1);
  });

  it('is counting when the team is closed is rejected', async () => {
    const { team, worker, asked, ask } = await stuck();
    await team.close();
    await expect(asked).rejects.toThrow(TeamError);
    expect(worker.isTerminated).toBe(true);
    expect(await ask()).toEqual(ANSWER);
  });

  it('cannot compute is rejected with what it says', async () => {
    const { ask, workers } = await prepare();
    const [worker] = workers as [FakeWorker];
    const { postMessage } = worker;
    worker.postMessage = (order) =>
      postMessage.call(worker, order.order === 'run' ? { ...order, numbers: Int32Array.of(99) } : order);
    await expect(ask()).rejects.toThrow('got one that ended: expected an opcode, got 99');
    expect(await ask()).toEqual(ANSWER);
  });
});
