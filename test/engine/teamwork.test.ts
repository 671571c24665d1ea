import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPlan } from '../../src/engine/answers.js';
import { bitmap, type Expression } from '../../src/engine/expression.js';
import { type WindowedOptions, withQuestion } from '../../src/engine/question.js';
import { countByTeam } from '../../src/engine/teamwork.js';
import { MemoryStore } from '../../src/store/memory.js';
import { TeamError } from '../../src/threads/error.js';
import { Team } from '../../src/threads/team.js';
import { storeOf, toBytes } from '../support/bitmaps.js';
import { bitmapArbitrary, expressionArbitrary, expressionOf, modelIds } from '../support/model.js';
import { CountingStore } from '../support/store/counting.js';
import { HeldStore } from '../support/store/held.js';
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
