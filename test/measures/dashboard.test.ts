import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { dashboard, parseQuestion } from '../../src/measures.js';
import { MemoryStore } from '../../src/store/memory.js';
import { CountingStore } from '../support/store/counting.js';

const RANGE = { from: '2026-11-01', to: '2026-11-04' };
const DOCUMENTS = [
  { measure: 'trend', events: ['active', 'signup'], ...RANGE },
  {
    measure: 'cohort',
    select1: 'signup',
    select2: 'active',
    startDate: '2026-11-01',
    numResults: 3,
    numOfRows: 1,
  },
  { measure: 'trend', events: ['active'], any: true, by: ['pro', 'active@2026-11-02'], ...RANGE },
];

async function marked(): Promise<{ store: CountingStore; bitmapist: Bitmapist }> {
  const store = new CountingStore(new MemoryStore());
  const bitmapist = new Bitmapist({ store, clock: () => '2026-12-01' });
  await bitmapist.markEvent('signup', [1, 2, 3], { now: '2026-11-01' });
  await bitmapist.markEvent('active', [1, 2], { now: '2026-11-02' });
  await bitmapist.markEvent('active', [2, 3], { now: '2026-11-03' });
  await bitmapist.markUnique('pro', [2]);
  store.reset();
  return { store, bitmapist };
}

describe('a dashboard', () => {
  it('has the tables that its questions have alone', async () => {
    const { bitmapist } = await marked();
    const questions = DOCUMENTS.map(parseQuestion);
    const answers = await bitmapist.ask(dashboard, { questions });
    for (const [at, { measure, args, by }] of questions.entries()) {
      if (by === undefined) expect(answers[at]).toEqual([await bitmapist.ask(measure, args)]);
    }
    expect(answers).toHaveLength(3);
  });

  it('reads every key that any of them needs once', async () => {
    const { bitmapist, store } = await marked();
    await bitmapist.ask(dashboard, { questions: DOCUMENTS.map(parseQuestion) });
    expect(store.keysRead.length).toBeGreaterThan(3);
    expect(store.keysRead.map((key) => store.readsOf(key))).toEqual(store.keysRead.map(() => 1));
  });

  it('is empty without questions', async () => {
    expect(await (await marked()).bitmapist.ask(dashboard, { questions: [] })).toEqual([]);
  });
});
