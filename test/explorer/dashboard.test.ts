import { describe, expect, it } from 'vitest';
import { chooseDataset } from '../../src/explorer/engine/chosen.js';
import { answerDashboard } from '../../src/explorer/engine/dashboard.js';
import type { DashboardAnswer } from '../../src/explorer/engine/protocol.js';
import { Bitmapist, MemoryStore } from '../../src/index.js';
import type { QuestionDocument } from '../../src/measures.js';

/** Counts how often bitmaps are read. */
class CountingStore extends MemoryStore {
  reads = 0;

  override resident(key: string) {
    this.reads += 1;
    return super.resident(key);
  }
}

async function makeApp() {
  const store = new CountingStore();
  const bitmapist = new Bitmapist({ store });
  await bitmapist.markEvent('signup', [1, 2, 3], { now: '2026-11-02' });
  await bitmapist.markEvent('active', [2, 3], { now: '2026-11-25' });
  await bitmapist.markEvent('active', [3, 4], { now: '2026-11-26' });
  await bitmapist.markUnique('pro', [3]);
  const dataset = { db: 0, prefix: bitmapist.prefix, store, catalog: await bitmapist.catalog() };
  const view = { name: '', bytes: 0, datasets: [], otherKeys: 0, expiredKeys: 0, problem: undefined };
  const segments = [{ name: 'fans', expression: 'signup@{period}' }];
  const chosen = chooseDataset({ datasets: [dataset], view }, { dataset: 0, segments });
  const ask = async (questions: readonly QuestionDocument[]): Promise<readonly DashboardAnswer[]> =>
    (await answerDashboard(chosen, questions)).answers;
  return { store, ask };
}

/** The last counts of each line of each table, or what is wrong. */
function lastCounts(answers: readonly DashboardAnswer[]) {
  return answers.map((answer) =>
    'problem' in answer
      ? answer.problem.message
      : answer.tables.map(({ rows }) => rows.map(({ cells }) => cells.at(-1)?.count)),
  );
}

const ACTIVE = { measure: 'trend', events: ['active'], unit: 'day' };

describe('a dashboard', () => {
  it('answers up to the day that is taken for today, in the order of the questions', async () => {
    const { ask } = await makeApp();
    const signups = { measure: 'trend', events: ['signup', 'active'], unit: 'month' };
    expect(lastCounts(await ask([ACTIVE, signups]))).toEqual([[[2]], [[3, 3]]]);
    expect(await ask([])).toEqual([]);
  });

  it('knows the segments of each question by themselves, and none of the address', async () => {
    const { ask } = await makeApp();
    const fans = { ...ACTIVE, events: ['fans'] };
    const pro = { ...fans, segments: { fans: 'active@{period} & pro@unique' } };
    const free = { ...fans, segments: { fans: 'active@{period} & ~pro@unique' } };
    expect(lastCounts(await ask([pro, fans, free, pro]))).toEqual([[[1]], [[0]], [[1]], [[1]]]);
  });

  it('says what is wrong with a question beside the answers of the others', async () => {
    const { ask } = await makeApp();
    const answers = await ask([
      { measure: 'tend' },
      ACTIVE,
      { ...ACTIVE, from: '2026-11-28', to: '2026-11-02' },
      { ...ACTIVE, events: ['fans'], segments: { fans: 'fans@{period}' } },
    ]);
    expect(lastCounts(answers)).toEqual([
      expect.stringContaining('expected the measure'),
      [[2]],
      expect.stringContaining('expected a first period that is not after the last'),
      expect.any(String),
    ]);
  });

  it('reads a bitmap once, however many questions need it', async () => {
    const { store, ask } = await makeApp();
    store.reads = 0;
    await ask([ACTIVE]);
    const once = store.reads;
    store.reads = 0;
    await ask([ACTIVE, ACTIVE, { ...ACTIVE, unit: 'day', events: ['active'] }]);
    expect(store.reads).toBe(once);
    expect(once).toBeGreaterThan(0);
  });
});
