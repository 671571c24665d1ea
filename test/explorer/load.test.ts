import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LoadedSource, loadSource } from '../../src/explorer/engine/load.js';
import { toProblem } from '../../src/explorer/engine/problem.js';
import type { EventsAsk, LoadProgress } from '../../src/explorer/engine/protocol.js';
import { Bitmapist, MemoryStore } from '../../src/index.js';
import { MemoryPeople } from '../../src/people.js';
import { writeRdb } from '../../src/rdb.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('a source that is made up', () => {
  it('is a year up to today, and says how many of its days are made', async () => {
    vi.setSystemTime('2026-11-23T12:00:00Z');
    const progress: LoadProgress[] = [];
    const ask = { source: { users: 300 }, name: 'app' };
    const { datasets, view } = await loadSource(ask, (each) => progress.push(each));
    const [{ store, prefix, catalog } = expect.fail('no dataset')] = datasets;
    expect(catalog.names).toEqual(['active', 'pro', 'signup']);
    expect([catalog.first, catalog.last].map(String)).toEqual(['2025-11-24', '2026-11-23']);
    const signups = await new Bitmapist({ store, prefix }).query('signup@day-364..day').count();
    expect(signups).toBe(300);
    expect(view).toMatchObject({ name: 'app', bytes: undefined, problem: undefined });
    expect(view.datasets).toMatchObject([{ db: 0, prefix: 'trackist_', events: 3 }]);
    expect(progress.length).toBeGreaterThan(20);
    expect(progress.every(({ done, total }) => total === 365 && done <= 365)).toBe(true);
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).sort((a, b) => a - b));
  });
});

describe('a dump', () => {
  const dumpOf = async (eventPrefix: string, mapPrefix: string): Promise<Uint8Array[]> => {
    const people = new MemoryPeople({ prefix: mapPrefix });
    const bitmapist = new Bitmapist({ people, prefix: eventPrefix });
    await bitmapist.markEvent('visit', ['u_8f3a', 'u_77b0'], { now: '2026-11-23' });
    return readAll(writeRdb(bitmapist.store, { people }));
  };
  const load = (chunks: Uint8Array[], prefix?: string) =>
    loadSource({ source: new Blob(chunks as Uint8Array<ArrayBuffer>[]), name: 'a.rdb', prefix }, () => {});

  it.each([
    ['trackist_', ''],
    ['app_', ''],
    ['app_', 'app_'],
  ])('has the texts of people if their map is in it: events with %j, map with %j', async (...prefixes) => {
    const { datasets, view } = await load(await dumpOf(...prefixes), prefixes[0]);
    const [{ people } = expect.fail('no dataset')] = datasets;
    expect(await people?.textsOf([0, 1, 2])).toEqual(['u_8f3a', 'u_77b0', undefined]);
    expect(view).toMatchObject({ otherKeys: 0, problem: undefined });
  });

  it('says while it is read which events it has found, each once', async () => {
    const store = new MemoryStore();
    const names = Array.from({ length: 3000 }, (_, at) => `event ${at}`);
    for (const name of names) {
      for (const period of ['2026-11', '2026-11-23', 'W2026-48']) {
        await store.put(`trackist_${name}_${period}`, new Uint8Array(60).fill(7));
      }
    }
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    const found: string[][] = [];
    const chunks = await readAll(writeRdb(store));
    const source = new Blob(chunks as Uint8Array<ArrayBuffer>[]);
    await loadSource({ source, name: 'a.rdb' }, ({ events = [] }) => found.push([...events]));
    vi.restoreAllMocks();
    const all = found.flat();
    expect(found.filter(({ length }) => length > 0).length).toBeGreaterThan(1);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(names.slice(0, all.length));
  });

  it('has numbers if the map in it is damaged, and says so', async () => {
    const store = new MemoryStore();
    const bitmapist = new Bitmapist({ store });
    await bitmapist.markEvent('visit', 7, { now: '2026-11-23' });
    await store.put('{bitmapist:people}:t:0', Uint8Array.of(9));
    const { datasets, view } = await load(await readAll(writeRdb(store)));
    expect(datasets[0]!.people).toBeUndefined();
    expect(view.problem?.message).toContain('a map of people');
  });
});

async function readAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('a file of events', () => {
  const load = (content: string, events: EventsAsk = {}, name = 'a.csv') =>
    loadSource({ source: new Blob([content]), name, events }, () => {});
  const loadOne = (at: string, events?: EventsAsk) => load(`user,timestamp,event\n7,${at},visit\n`, events);

  it('has days, weeks and months, and hours and flags if asked for', async () => {
    const keysOf = async (events: EventsAsk) =>
      (await loadOne('2026-11-23T10:00:00Z', events)).datasets[0]!.catalog.keys;
    expect(await keysOf({})).toEqual({ month: 1, week: 1, day: 1, hour: 0, unique: 0 });
    const all = { month: 1, week: 1, day: 1, hour: 1, unique: 1 };
    expect(await keysOf({ hourly: true, unique: true })).toEqual(all);
  });

  it('is refused if hours are asked for and a row has none', async () => {
    expect((await loadOne('2026-11-23')).datasets).toHaveLength(1);
    await expect(loadOne('2026-11-23', { hourly: true })).rejects.toThrow('line 2');
  });

  it('says which columns were taken, and takes others if told to', async () => {
    const content = 'user_id,created_at,what,shop\n7,2026-11-23,visit,1\n8,2026-11-23,visit,1\n';
    const columns = { event: 'what' };
    const { view } = await load(content, { columns });
    expect(view.reading).toEqual({
      columns: [
        { name: 'user_id', samples: ['7', '8'] },
        { name: 'created_at', samples: ['2026-11-23', '2026-11-23'] },
        { name: 'what', samples: ['visit', 'visit'] },
        { name: 'shop', samples: ['1', '1'] },
      ],
      taken: { user: 'user_id', time: 'created_at', event: 'what' },
      candidates: {},
      people: false,
      notes: [expect.stringContaining('user_id')],
      skipped: 0,
      reasons: [],
    });
    const asked = await load(content, { columns: { user: 'shop' }, event: 'bought' });
    expect(await countIn(asked, 'bought@2026')).toBe(1);
  });

  it('is a question if several columns may be meant, or none', async () => {
    const content = 'user_id,customer_id,created_at,what\n7,1,2026-11-23,visit\n';
    const problem = await load(content).catch(toProblem);
    expect(problem).toMatchObject({
      message: 'Which column says who? It may be one of these: user_id, customer_id.',
      isRow: false,
      reading: { taken: { time: 'created_at' }, candidates: { user: ['user_id', 'customer_id'] } },
    });
    expect(await load(content, { columns: { user: 'user_id' } }).catch(toProblem)).toMatchObject({
      message: 'Which column says what? None does by its name.',
    });
    expect(await load(content, { columns: { user: 'nobody' } }).catch(toProblem)).toMatchObject({
      message: expect.stringContaining('expected a column "nobody" of users'),
    });
  });

  it('knows people by texts if most of the first are texts, or if told to', async () => {
    const texts = 'user,timestamp,event\nu_1,2026-11-23,visit\nu_2,2026-11-23,visit\n7,2026-11-23,visit\n';
    const loaded = await load(texts);
    expect(loaded.view.reading?.people).toBe(true);
    const [{ people } = expect.fail('no dataset')] = loaded.datasets;
    expect(await people?.numbersOf(['u_1', '7', 'u_3'])).toEqual([0, 2, undefined]);
    expect((await loadOne('2026-11-23')).datasets[0]!.people).toBeUndefined();
    expect((await loadOne('2026-11-23', { people: true })).datasets[0]!.people).toBeDefined();
    await expect(load(texts, { people: false })).rejects.toThrow('line 2: expected a user id');
  });

  it('ends at a row that is broken, or leaves it out and says why', async () => {
    const broken = Array.from({ length: 7 }, (_, index) => `${index},yesterday,visit\n`).join('');
    const content = `user,timestamp,event\n8,2026-11-23,visit\n${broken}9,2026-11-23,visit\n`;
    const part = await load(content);
    expect(part.view.problem).toMatchObject({ message: expect.stringContaining('line 3: '), isRow: true });
    expect(part.view.problem?.reading?.taken).toEqual({ user: 'user', time: 'timestamp', event: 'event' });
    const whole = await load(content, { skipBroken: true });
    expect(whole.view.problem).toBeUndefined();
    expect(await countIn(whole, 'visit@2026')).toBe(2);
    expect(whole.view.reading).toMatchObject({ skipped: 7 });
    expect(whole.view.reading?.reasons.map((reason) => reason.slice(0, 7))).toEqual([
      'line 3:',
      'line 4:',
      'line 5:',
      'line 6:',
      'line 7:',
    ]);
  });

  it('is refused if it has no event', async () => {
    await expect(load('user,timestamp,event\n')).rejects.toThrow('expected events, got none');
    const broken = load('user,timestamp,event\n1,yesterday,visit\n', { skipBroken: true });
    await expect(broken).rejects.toThrow('expected events, got none but 1 broken row');
    await expect(load('')).rejects.toThrow('got an empty file');
  });

  it('comes as JSON Lines, of which an export has columns of its own', async () => {
    const row = { event: 'visit', properties: { distinct_id: 'u_1', time: 1_795_351_507 } };
    const content = `${JSON.stringify(row)}\n`;
    const plain = await load(content, {}, 'a.jsonl');
    const preset = await load(content, { preset: 'mixpanel' }, 'a.ndjson');
    for (const loaded of [plain, preset]) {
      expect(await countIn(loaded, 'visit@2026-11')).toBe(1);
      expect(loaded.view.reading).toMatchObject({ taken: { user: 'properties.distinct_id' }, people: true });
    }
  });
});

async function countIn({ datasets }: LoadedSource, expression: string): Promise<number> {
  const [{ store, prefix } = expect.fail('no dataset')] = datasets;
  return new Bitmapist({ store, prefix }).query(expression).count();
}
