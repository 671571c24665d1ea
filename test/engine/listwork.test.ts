import { describe, expect, it } from 'vitest';
import { countSets } from '../../src/engine/answers.js';
import { bitmap } from '../../src/engine/expression.js';
import { MemoryStore } from '../../src/store/memory.js';
import { TeamError } from '../../src/threads/error.js';
import { Team } from '../../src/threads/team.js';
import { FakeWorker } from '../support/threads/fake.js';
import { startWorker } from '../support/threads/worker.js';

const BITMAPS = 24;
const UNIVERSE = 2 ** 23;

/** Sparse bitmaps, some ids of which are common, and all pairs of them. */
async function makeQuestion() {
  const store = new MemoryStore();
  let state = 7;
  for (let index = 0; index < BITMAPS; index += 1) {
    const bytes = new Uint8Array(UNIVERSE / 8);
    for (let count = 0; count < 15_000; count += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const id = state % (count % 3 === 0 ? 70_000 : UNIVERSE);
      bytes[id >> 3]! |= 0x80 >> (id & 7);
    }
    await store.put(String(index), bytes);
  }
  const sets = Array.from({ length: BITMAPS }, (_, index) => bitmap(store, String(index)));
  const pairs = sets.flatMap((_, a) => sets.slice(0, a).map((_, b) => [a, b] as const));
  return { sets, pairs };
}

describe('lists that are shared out', () => {
  it('are counted as they are by one thread', { tags: 'long' }, async () => {
    await using team = new Team({ threads: 3, worker: startWorker });
    await team.start();
    const question = await makeQuestion();
    const expected = await countSets(question);
    const threads = { wanted: team };
    for (let time = 0; time < 3; time += 1) expect(await countSets(question, { threads })).toEqual(expected);
    expect(await Promise.all([1, 2, 3].map(() => countSets(question, { threads })))).toEqual([
      expected,
      expected,
      expected,
    ]);
  });

  it('end with their worker, their signal and their team', { tags: 'long' }, async () => {
    const workers: FakeWorker[] = [];
    const worker = () => {
      workers.push(new FakeWorker());
      return workers.at(-1)!;
    };
    const team = new Team({ threads: 2, worker });
    const question = await makeQuestion();
    const expected = await countSets(question);
    const threads = { wanted: team };
    const ask = async (signal?: AbortSignal) => {
      await team.start();
      const last = workers.at(-1)!;
      last.held = [];
      const asked = countSets(question, { threads, signal });
      asked.catch(() => {});
      await expect.poll(() => last.held!.length).toBeGreaterThan(1);
      return { last, asked };
    };
    const answered = await ask();
    answered.last.letGo();
    expect(await answered.asked).toEqual(expected);

    const killed = await ask();
    killed.last.end('out of memory');
    await expect(killed.asked).rejects.toThrow(TeamError);

    const abort = new AbortController();
    const aborted = await ask(abort.signal);
    abort.abort(new Error('no longer'));
    await expect(aborted.asked).rejects.toThrow('no longer');
    aborted.last.letGo();
    expect(workers).toHaveLength(2);

    const closed = await ask();
    await team.close();
    await expect(closed.asked).rejects.toThrow(TeamError);
    expect(await countSets(question, { threads })).toEqual(expected);
  });
});
