import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';
import { MemoryStore } from '../../src/store/memory.js';
import { createDashboard, type Dashboard } from '../../src/web/index.js';
import { startFromSources } from '../support/threads/worker.js';
import { get } from '../support/web/dashboard.js';

const BITMAP_BYTES = 2 ** 20;
const PLACE = { path: '/analytics', authorize: () => true };
const FIELDS = 'select1=active&select2=active&time_group=days&num_of_rows=20&num_results=20';

let stop: () => void;
let store: MemoryStore;
/** Workers of this process that were started, and have not ended. */
let running: number;

beforeEach(async () => {
  stop = startFromSources();
  running = 0;
  process.on('worker', count);
  store = new MemoryStore();
  for (let day = 1; day <= 21; day += 1) {
    const bytes = Uint8Array.from({ length: BITMAP_BYTES }, (_, at) => at * day);
    await store.put(`trackist_active_2026-11-${day}`, bytes);
  }
});

afterEach(() => {
  process.off('worker', count);
  stop();
});

function count(worker: { once(event: 'exit', listener: () => void): void }): void {
  running += 1;
  worker.once('exit', () => {
    running -= 1;
  });
}

function makeBitmapist(threads: number): Bitmapist {
  return new Bitmapist({ store, threads, clock: () => new Date('2026-11-21T12:00:00Z') });
}

/** With a segment of the dashboard, and one of the question, for which others are made of the given instance. */
async function ask(dashboard: Dashboard): Promise<string> {
  const segment = encodeURIComponent('both=active@{period} & all@{period}');
  const documents = { measure: 'trend', events: ['both'], from: '2026-11-01', to: '2026-11-20' };
  const posted = await get(dashboard, '/api/ask?format=rows', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...documents, segments: { both: 'active@{period} & all@{period}' } }),
  });
  const table = await get(dashboard, `/cohort.csv?${FIELDS}&segment=${segment}`);
  expect([posted.status, table.status]).toEqual([200, 200]);
  return (await posted.text()) + (await table.text());
}

describe('a dashboard of an instance with threads', () => {
  it('counts in one team for all questions, which ends with the instance', { tags: 'long' }, async () => {
    const segments = { all: 'active@{period}' };
    const expected = await ask(createDashboard(makeBitmapist(1), { ...PLACE, segments }));
    expect(running).toBe(0);
    const bitmapist = makeBitmapist(3);
    const dashboards = Array.from({ length: 3 }, () => createDashboard(bitmapist, { ...PLACE, segments }));
    const answers = await Promise.all([...dashboards, ...dashboards].map(ask));
    expect(answers).toEqual(answers.map(() => expected));
    expect(running).toBe(2);
    await bitmapist.close();
    expect(running).toBe(0);
    // It is answered all the same.
    expect(await ask(dashboards[0]!)).toBe(expected);
    expect(running).toBe(0);
  });
});
