import { Redis } from 'ioredis';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { IncompleteMarksError, WrongTypeError } from '../src/base/errors.js';
import { Bitmapist, type BitmapistOptions } from '../src/bitmapist.js';
import type { EventSet } from '../src/events/sets.js';
import { MemoryStore } from '../src/store/memory.js';
import { RedisStore } from '../src/store/redis/redis.js';
import type { Store } from '../src/store/types.js';
import { type RedisServer, startRedis } from './support/servers/redis.js';
import { CountingStore } from './support/store/counting.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

const stores: [name: string, open: () => Promise<Store>][] = [
  ['the embedded store', async () => new MemoryStore()],
  [
    'Redis',
    async () => {
      await client.flushall();
      return new RedisStore(client);
    },
  ],
];

const NOW = new Date('2025-12-29T05:06:07Z');

it('says how it was made, so that another of the same events can be', async () => {
  const first = new Bitmapist({ prefix: 'p_', timeZone: 'Asia/Tokyo', clock: () => NOW, trackUnique: true });
  await first.markEvent('active', 7);
  const second = new Bitmapist(first.options);
  expect([second.store, second.prefix, second.timeZone]).toEqual([first.store, 'p_', 'Asia/Tokyo']);
  expect(await second.day('active').count()).toBe(1);
  await second.markEvent('active', 8);
  expect(await first.unique('active').count()).toBe(2);
});

async function keysOf(analytics: Bitmapist): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of analytics.store.keys('')) keys.push(key);
  return keys.sort();
}

describe.each(stores)('Bitmapist on %s', (_name, openStore) => {
  const open = async (options: BitmapistOptions = {}): Promise<Bitmapist> =>
    new Bitmapist({ store: await openStore(), clock: () => NOW, ...options });

  it('marks month, week and day, as the reference names them', async () => {
    const analytics = await open();
    await analytics.markEvent('a', 1);
    expect(await keysOf(analytics)).toEqual([
      'trackist_a_2025-12',
      'trackist_a_2025-12-29',
      'trackist_a_W2026-1',
    ]);
  });

  it('marks hour and unique flag where tracked, by instance or by call', async () => {
    const all = [
      'trackist_a_2025-12',
      'trackist_a_2025-12-29',
      'trackist_a_2025-12-29-5',
      'trackist_a_W2026-1',
      'trackist_a_u',
    ];
    const tracking = await open({ trackHourly: true, trackUnique: true });
    await tracking.markEvent('a', 1);
    expect(await keysOf(tracking)).toEqual(all);
    const plain = await open();
    await plain.markEvent('a', 1, { trackHourly: true, trackUnique: true });
    expect(await keysOf(plain)).toEqual(all);
    const both = await open({ trackHourly: true, trackUnique: true });
    await both.markEvent('a', 1, { trackHourly: false, trackUnique: false });
    expect(await keysOf(both)).toHaveLength(3);
  });

  it('answers what was asked: who, how many, and whether anybody', async () => {
    const analytics = await open();
    await analytics.markEvent('active', [123, 5, 9]);
    await analytics.markEvent('song:played', 123, { now: '2025-11-03' });
    const month = analytics.month('active');
    expect(await month.count()).toBe(3);
    expect(await month.has(123)).toBe(true);
    expect(await month.has(124)).toBe(false);
    expect(await month.hasEventsMarked()).toBe(true);
    expect([...(await month.ids())]).toEqual([5, 9, 123]);
    const iterated: number[] = [];
    for await (const id of month) iterated.push(id);
    expect(iterated).toEqual([5, 9, 123]);
    expect(await analytics.week('active', '2026-W01').count()).toBe(3);
    expect(await analytics.day('active', '2025-12-29').count()).toBe(3);
    expect(await analytics.hour('active').count()).toBe(0);
    expect(await analytics.year('active', '2025').count()).toBe(3);
    for (const quarter of [
      analytics.quarter('active', '2025-12'),
      analytics.events('active', 'quarter', '2025-Q4'),
    ]) {
      expect(String(quarter.period)).toBe('2025-Q4');
      expect(await quarter.ids()).toEqual(await analytics.month('active', '2025-12').ids());
    }
    expect(await analytics.year('song:played').or(month).count()).toBe(3);
    expect(await analytics.month('song:played').hasEventsMarked()).toBe(false);
  });

  it('takes marks back, also where another mark of the month remains', async () => {
    const analytics = await open({ trackUnique: true });
    await analytics.markEvent('a', 1, { now: '2024-01-01' });
    await analytics.markEvent('a', 1, { now: '2024-01-02' });
    await analytics.unmarkEvent('a', 1, { now: '2024-01-02', trackUnique: false });
    expect(await analytics.month('a', '2024-01').count()).toBe(0);
    expect(await analytics.day('a', '2024-01-01').count()).toBe(1);
    expect(await analytics.unique('a').count()).toBe(1);
    await analytics.unmarkUnique('a', 1);
    expect(await analytics.unique('a').count()).toBe(0);
  });

  it('combines periods and flags with and, or, xor, andNot and not', async () => {
    const analytics = await open();
    await analytics.markEvent('active', [1, 2, 3, 20]);
    await analytics.markUnique('premium', [2, 3, 4]);
    const active = analytics.day('active');
    const premium = analytics.unique('premium');
    const ids = async (set: { ids(): Promise<Uint32Array> }): Promise<number[]> => [...(await set.ids())];
    expect(await ids(active.and(premium))).toEqual([2, 3]);
    expect(await ids(active.or(premium))).toEqual([1, 2, 3, 4, 20]);
    expect(await ids(active.xor(premium))).toEqual([1, 4, 20]);
    expect(await ids(active.andNot(premium))).toEqual([1, 20]);
    expect(await ids(premium.not().and(active))).toEqual([1, 20]);
    expect(await ids(premium.not())).toEqual([0, 1, 5, 6, 7]);
    expect(await ids(active.and(premium, analytics.unique('nobody')))).toEqual([]);
    expect(await ids(analytics.query('(active@day ^ premium@unique) & ~premium@unique'))).toEqual([1, 20]);
  });

  it('loads a set once, for many questions, complements included', async () => {
    const analytics = await open();
    await analytics.markEvent('a', [1, 200]);
    await analytics.markUnique('b', [1]);
    const loaded = await analytics.day('a').and(analytics.unique('b')).load();
    await analytics.markUnique('b', [200]);
    expect([...(await loaded.ids())]).toEqual([1]);
    expect(await loaded.not().count()).toBe(26 * 8 - 1);
    expect(await loaded.and(analytics.unique('b')).count()).toBe(1);
  });

  it('walks to neighbouring periods and knows their bounds', async () => {
    const analytics = await open();
    await analytics.markEvent('a', 7, { now: '2025-11-30' });
    const month = analytics.month('a');
    expect(await month.prev().has(7)).toBe(true);
    expect(month.delta(-12).period.toString()).toBe('2024-12');
    expect(month.prev().next().equals(month)).toBe(true);
    expect(month.equals(analytics.week('a'))).toBe(false);
    expect(month.periodStart()).toEqual(new Date('2025-12-01T00:00:00Z'));
    expect(month.periodEnd()).toEqual(new Date('2025-12-31T23:59:59.999Z'));
    const flag = analytics.unique('a');
    expect([flag.next(), flag.prev(), flag.delta(3)]).toEqual([flag, flag, flag]);
  });

  it('deletes one set and nothing else', async () => {
    const analytics = await open();
    await analytics.markEvent('a', 1, { now: '2024-01-01' });
    await analytics.day('a', '2024-01-01').delete();
    expect(await keysOf(analytics)).toEqual(['trackist_a_2024-1', 'trackist_a_W2024-1']);
    await analytics.year('a', '2024').delete();
    expect(await keysOf(analytics)).toEqual(['trackist_a_W2024-1']);
  });

  it('names events by a literal prefix, and lists no stored results', async () => {
    const analytics = await open();
    for (const event of ['a_b', 'active', 'bitop', 'bitop_x', 'song*play', 'x:y'])
      await analytics.markEvent(event, 1);
    await analytics.markUnique('flag', 1);
    await analytics.day('active').and(analytics.day('x:y')).storeResult();
    expect(await analytics.eventNames()).toEqual([
      'a_b',
      'active',
      'bitop',
      'bitop_x',
      'flag',
      'song*play',
      'x:y',
    ]);
    expect(await analytics.eventNames({ prefix: 'a', batchSize: 2 })).toEqual(['a_b', 'active']);
    expect(await analytics.eventNames({ prefix: '*' })).toEqual([]);
    expect(await analytics.eventNames({ prefix: 'active_2025' })).toEqual([]);
  });

  it('stores results under the names of the reference, and deletes exactly those', async () => {
    const analytics = await open();
    const other = new Bitmapist({ store: analytics.store, clock: () => NOW });
    for (const event of ['a', 'b', 'bitop_x']) await analytics.markEvent(event, [1, 2]);
    const both = await analytics.day('a').and(analytics.day('b').not()).storeResult();
    expect(both.key).toBe(
      'trackist_bitop_AND_trackist_a_2025-12-29-trackist_bitop_NOT_trackist_b_2025-12-29',
    );
    expect(await both.count()).toBe(0);
    const year = await other.year('a').storeResult({ ttlSeconds: 60 });
    expect(year.key).toMatch(/^trackist_bitop_OR_trackist_a_2025-1-trackist_a_2025-2-.*-trackist_a_2025-12$/);
    expect(await year.count()).toBe(2);
    expect(await analytics.deleteRuntimeBitopKeys()).toBe(1);
    expect(await year.count()).toBe(2);
    expect(await analytics.deleteTemporaryBitopKeys()).toBe(1);
    expect(await keysOf(analytics)).toHaveLength(9);
    expect(await analytics.day('bitop_x').count()).toBe(2);
    await expect(analytics.day('a').storeResult()).rejects.toThrow('expected a combination of sets to store');
  });

  it('stores no result under a name that says something else', async () => {
    const analytics = await open();
    const elsewhere = new Bitmapist({ clock: () => NOW });
    await analytics.markEvent('a', [1, 2]);
    const before = await keysOf(analytics);
    const a = analytics.day('a');
    // Both would be called `a and a`, and every pair of loaded sets alike.
    for (const set of [a.and(elsewhere.day('a')), a.or(await a.load()), (await a.load()).not()]) {
      await expect(set.storeResult()).rejects.toThrow(
        'expected sets of the store that keeps the result, got "',
      );
    }
    expect(await keysOf(analytics)).toEqual(before);
  });

  it('remembers the results it stored where deleting everything fails', async () => {
    const analytics = await open();
    await analytics.markEvent('a', 1);
    await analytics.day('a').not().storeResult();
    await expect(analytics.deleteAllEvents({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(await analytics.deleteRuntimeBitopKeys()).toBe(1);
  });

  it('hands the signal on to the store when a result is stored, and when it is deleted', async () => {
    const analytics = await open();
    await analytics.markEvent('a', 1);
    const { signal } = new AbortController();
    const put = vi.spyOn(analytics.store, 'put');
    const stored = await analytics.day('a').not().storeResult({ signal });
    expect(put.mock.lastCall![2]!.signal).toBe(signal);
    const aborted = { signal: AbortSignal.abort(new Error('not now')) };
    await expect(stored.delete(aborted)).rejects.toThrow('not now');
    await expect(analytics.deleteRuntimeBitopKeys(aborted)).rejects.toThrow('not now');
    expect(await stored.count()).toBe(7);
    expect(await analytics.deleteRuntimeBitopKeys()).toBe(1);
  });

  it('answers a cohort as its own options say, and as those of the instance say otherwise', async () => {
    const analytics = await open({ evaluate: { maxBytes: 0 } });
    await analytics.markEvent('a', 1);
    const options = { select1: 'a', select2: 'a', timeGroup: 'days', numResults: 1, numOfRows: 0 } as const;
    await expect(analytics.cohort(options)).rejects.toThrow('expected to read at most 0 bytes');
    const { rows } = await analytics.cohort({ ...options, maxBytes: 100 });
    expect(rows.map(({ size }) => size)).toEqual([1]);
  });

  it('marks no event that would be taken for a stored result', async () => {
    const analytics = await open();
    const events = [
      'bitop',
      'bitop_AND',
      'bitop_AND_',
      'bitop_AND_x',
      'bitop_ANDtrackist_x',
      'bitop_trackist_x',
    ];
    for (const event of events) await analytics.markEvent(event, 1);
    for (const event of ['bitop_AND_trackist', 'bitop_NOT_trackist_x']) {
      const refusal = `got "${event}", as stored results are called`;
      await expect(analytics.markEvent(event, 1)).rejects.toThrow(refusal);
      await expect(analytics.markUnique(event, 1)).rejects.toThrow(refusal);
    }
    expect(await analytics.deleteTemporaryBitopKeys()).toBe(0);
    expect(await analytics.eventNames()).toEqual([...events].sort());
  });

  it('deletes everything under its prefix and nothing beside it', async () => {
    const analytics = await open();
    const renamed = new Bitmapist({ store: analytics.store, prefix: 'bitmapist_', clock: () => NOW });
    await analytics.markEvent('a', 1);
    await renamed.markEvent('a', 1);
    expect(await analytics.deleteAllEvents()).toBe(3);
    expect(await keysOf(analytics)).toEqual([
      'bitmapist_a_2025-12',
      'bitmapist_a_2025-12-29',
      'bitmapist_a_W2026-1',
    ]);
    expect(await renamed.day('a').count()).toBe(1);
  });

  it('sends a batch of marks together, and keeps it where it could not be sent', async () => {
    const analytics = await open();
    const batch = analytics.batch().markEvent('a', [1, 2]).markUnique('b', 3).unmarkUnique('b', 3);
    expect(await keysOf(analytics)).toEqual([]);
    await expect(batch.send({ signal: AbortSignal.abort(new Error('not now')) })).rejects.toThrow('not now');
    await batch.send();
    expect(await analytics.day('a').count()).toBe(2);
    expect(await analytics.unique('b').count()).toBe(0);
    await batch.send();
  });

  it('keeps what is added to a batch while it is sent in vain', async () => {
    const analytics = await open();
    const batch = analytics.batch().markEvent('a', 1);
    const sending = batch.send({ signal: AbortSignal.abort(new Error('not now')) });
    batch.markEvent('b', [2, 3]);
    await expect(sending).rejects.toThrow('not now');
    await batch.send();
    expect(await analytics.day('a').ids()).toEqual(Uint32Array.of(1));
    expect(await analytics.day('b').ids()).toEqual(Uint32Array.of(2, 3));
  });

  it('marks many rows at once, of any source', async () => {
    const analytics = await open({ trackUnique: true });
    async function* rows() {
      yield { event: 'a', id: 1, at: '2024-01-01T10:00:00Z' };
      yield [
        { event: 'a', id: 2, at: new Date('2024-01-02T10:00:00Z') },
        { event: 'b', id: 2, at: Temporal.Instant.from('2024-02-02T10:00:00Z') },
      ];
    }
    const progress: number[] = [];
    const result = await analytics.markEvents(rows(), { onProgress: ({ rows }) => progress.push(rows) });
    expect(result).toEqual({ rows: 3, events: 2, ids: 2 });
    expect(progress).toEqual([3]);
    expect(await analytics.month('a', '2024-01').count()).toBe(2);
    expect(await analytics.unique('b').count()).toBe(1);
  });

  it('marks an array of rows in batches too, however long it is', async () => {
    const analytics = await open();
    const rows = Array.from({ length: 600_000 }, (_, index) => ({
      event: 'a',
      id: index % 1000,
      at: '2024-01-01',
    }));
    const progress: number[] = [];
    await analytics.markEvents([rows], { onProgress: ({ rows }) => progress.push(rows) });
    expect(progress).toEqual([250_000, 500_000, 600_000]);
  });

  it('says once why it ended between two batches of rows', async () => {
    const analytics = await open();
    const rows = Array.from({ length: 500_000 }, (_, id) => ({
      event: 'a',
      id: id % 1000,
      at: '2024-01-01',
    }));
    const enough = new AbortController();
    const failure = await analytics
      .markEvents([rows], { signal: enough.signal, onProgress: () => enough.abort(new Error('enough')) })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(IncompleteMarksError);
    expect((failure as Error).cause).toBe(enough.signal.reason);
    expect((failure as Error).message).toBe(
      'expected to mark every row, got an error after 250000 rows were written: enough',
    );
  });

  it('writes the rows before a broken one, and says how many', async () => {
    const analytics = await open();
    const failure = await analytics
      .markEvents([
        { event: 'a', id: 1, at: '2024-01-01' },
        { event: 'a', id: -1, at: '2024-01-01' },
      ])
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(IncompleteMarksError);
    expect((failure as IncompleteMarksError).rowsWritten).toBe(1);
    expect((failure as Error).message).toContain('expected an id in [0, 2^32), got -1');
    expect(await analytics.month('a', '2024-01').count()).toBe(1);
  });

  it.each([null, undefined, 'signup', 5])('refuses %j as a row, and as rows', async (bad) => {
    const analytics = await open();
    const row = bad as never;
    await expect(analytics.markEvents(row)).rejects.toThrow(/^expected rows to mark, got /);
    await expect(analytics.markEvents([row])).rejects.toThrow('expected a row with event, id and at, got ');
    expect(await keysOf(analytics)).toEqual([]);
  });

  it('ends marking many rows when its signal fires, also while the rows are slow or silent', async () => {
    const analytics = await open();
    async function* slow() {
      for (;;) {
        yield { event: 'a', id: 1, at: '2024-01-01' };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    async function* silent() {
      yield { event: 'a', id: 1, at: '2024-01-01' };
      await new Promise(() => {});
    }
    for (const rows of [slow(), silent()]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('enough')), 20);
      const failure = await analytics.markEvents(rows, { signal: controller.signal }).catch((error) => error);
      expect(failure).toBeInstanceOf(IncompleteMarksError);
      expect(failure).toMatchObject({ rowsWritten: 0, cause: { message: 'enough' } });
    }
    expect(await keysOf(analytics)).toEqual([]);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 32, '5', 5n, null, undefined, [3, -1], Number.POSITIVE_INFINITY])(
    'refuses %s as an id and writes nothing',
    async (id) => {
      const analytics = await open();
      const bad = id as number;
      await expect(analytics.markEvent('a', bad)).rejects.toThrow(/^expected an id/);
      await expect(analytics.unmarkEvent('a', bad)).rejects.toThrow(/^expected an id/);
      await expect(analytics.markUnique('a', bad)).rejects.toThrow(/^expected an id/);
      if (!Array.isArray(id)) await expect(analytics.day('a').has(bad)).rejects.toThrow(/^expected an id/);
      expect(await keysOf(analytics)).toEqual([]);
    },
  );

  it('says how to convert an id that is text, wherever one is given', async () => {
    const analytics = await open();
    const hint = 'expected an id that is a number in [0, 2^32), got "123"; convert it with Number("123")';
    const text = '123' as unknown as number;
    await expect(analytics.markEvent('a', text)).rejects.toThrow(new TypeError(hint));
    await expect(analytics.markUnique('a', [1, text])).rejects.toThrow(new TypeError(hint));
    await expect(analytics.day('a').has(text)).rejects.toThrow(new TypeError(hint));
    const marked = analytics.markEvents([{ event: 'a', id: text, at: '2024-01-01' }]);
    await expect(marked).rejects.toMatchObject({ rowsWritten: 0, cause: { message: hint } });
    // No number would come of these.
    for (const other of ['', '1.5', '-1', '4294967296', 'x1', ' 1']) {
      await expect(analytics.markEvent('a', other as unknown as number)).rejects.toThrow(
        new TypeError(
          `expected an id that is a number in [0, 2^32), got ${JSON.stringify(other)}; text needs the option people`,
        ),
      );
    }
    expect(await keysOf(analytics)).toEqual([]);
  });

  it('refuses names and moments that are none, and writes nothing', async () => {
    const analytics = await open();
    await expect(analytics.markEvent('', 1)).rejects.toThrow('expected an event name, got an empty string');
    await expect(analytics.markEvent(5 as unknown as string, 1)).rejects.toThrow(TypeError);
    await expect(analytics.markEvent('a', 1, { now: 'soon' })).rejects.toThrow('expected an ISO 8601 date');
    await expect(analytics.markEvent('a', 1, { now: new Date(Number.NaN) })).rejects.toThrow(
      'expected a valid date',
    );
    await expect(analytics.markEvent('a', 1, { now: '2024-01-01', trackHourly: true })).rejects.toThrow(
      'expected a moment with a time of day to track hours, got the date 2024-01-01',
    );
    expect(await keysOf(analytics)).toEqual([]);
    expect(() => analytics.month('a', '2024')).toThrow('expected a date within one month, got the year 2024');
    expect(() => new Bitmapist({ timeZone: 'Nowhere' })).toThrow('expected an IANA time zone');
    await expect(
      analytics.cohort({ select1: 'a', select2: 'a', timeGroup: 'quarters' as 'days' }),
    ).rejects.toThrow('expected days, weeks, months or years as time group, got "quarters"');
  });

  it('counts days, weeks and months in a time zone', async () => {
    const analytics = await open({ timeZone: 'Asia/Tokyo', trackHourly: true });
    await analytics.markEvent('a', 1, { now: new Date('2024-12-31T16:30:00Z') });
    await analytics.markEvents([{ event: 'b', id: 1, at: new Date('2024-12-31T16:30:00Z') }]);
    for (const event of ['a', 'b']) {
      expect(await analytics.hour(event, '2025-01-01T01').count()).toBe(1);
      expect(await analytics.month(event, '2025-01').count()).toBe(1);
    }
    expect(analytics.day('a', '2025-01-01').periodStart()).toEqual(new Date('2024-12-31T15:00:00Z'));
  });

  it('lets segments stand wherever an event name can', async () => {
    const analytics = await open();
    await analytics.markEvent('active', [1, 2, 3]);
    await analytics.markEvent('web', [1]);
    await analytics.markEvent('ios', [2]);
    analytics.defineSegment('mobile or web', 'active@{period} & (web@{period} | ios@{period})');
    analytics.defineSegment('neither', (period) =>
      period === 'unique'
        ? analytics.unique('active')
        : analytics
            .events('active', period.unit, period)
            .andNot(analytics.events('mobile or web', period.unit, period)),
    );
    expect(analytics.segmentNames).toEqual(['mobile or web', 'neither']);
    expect(await analytics.month('mobile or web').count()).toBe(2);
    expect(await analytics.query('neither@week').count()).toBe(1);
    const table = await analytics.cohort({
      select1: 'active',
      select2: 'mobile or web',
      numResults: 1,
      numOfRows: 0,
    });
    expect(table.rows[0]?.cells[0]?.count).toBe(2);
    for (const marking of [
      analytics.markEvent('neither', 1),
      analytics.markUnique('neither', 1),
      analytics
        .markEvents([{ event: 'neither', id: 1, at: NOW }])
        .catch(({ cause }) => Promise.reject(cause)),
    ]) {
      await expect(marking).rejects.toThrow('got the segment "neither"');
    }
    await expect(analytics.day('neither').delete()).rejects.toThrow('got the segment "neither"');
    analytics.defineSegment('none', (() => undefined) as unknown as () => EventSet);
    expect(() => analytics.day('none')).toThrow(
      'expected a set of events from the segment "none", got undefined',
    );
    analytics.defineSegment('one', 'two@{period}');
    analytics.defineSegment('two', 'one@{period}');
    expect(() => analytics.day('one')).toThrow('got one → two → one');
    expect(() => analytics.query('active@{period}')).toThrow('which only a segment can fill');
  });

  it('refuses marks of an event whose name a segment has taken since it was marked', async () => {
    const analytics = new Bitmapist();
    await analytics.markEvent('both', 1, { now: '2026-11-22' });
    analytics.defineSegment('both', 'web@{period} & phone@{period}');
    const again = analytics.markEvent('both', 2, { now: '2026-11-22' });
    await expect(again).rejects.toThrow('expected the name of an event to mark, got the segment "both"');
  });

  it('makes a segment once however often it is named, and refuses what they multiply to', async () => {
    const analytics = await open();
    await analytics.markUnique('e9999', [1, 2, 3]);
    let calls = 0;
    const flags = Array.from({ length: 10_000 }, (_, index) => `e${index}@{period}`).join('|');
    analytics.defineSegment('any', flags);
    analytics.defineSegment('called', (period) => {
      calls += 1;
      return analytics.events('any', 'day', period === 'unique' ? undefined : period);
    });
    const repeated = (name: string, sign: string) => Array(9999).fill(name).join(sign);
    const odd = analytics.query(repeated('any@unique', '^'));
    expect(await odd.count()).toBe(3);
    expect(await odd.has(2)).toBe(true);
    expect(await analytics.query(repeated('called@day', '&')).count()).toBe(0);
    expect(calls).toBe(1);
    // Each period has bitmaps of its own; nothing is made once they are too many.
    const message = 'expected at most 10000 bitmaps in an expression, got 20000';
    const days = Array.from({ length: 9999 }, (_, back) => `any@day-${back}`);
    expect(() => analytics.query(days.join('|'))).toThrow(new RangeError(message));
    expect(() => analytics.query('any@day | e@day')).toThrow('got 10001');
  });

  it('refuses segments that refer to others too deep or too often', async () => {
    const analytics = await open();
    await analytics.markUnique('s', 1);
    analytics.defineSegment('deep0', 's@{period}');
    analytics.defineSegment('wide0', 's@{period}');
    for (let level = 1; level <= 16; level += 1) {
      analytics.defineSegment(`deep${level}`, `deep${level - 1}@{period} & s@{period}`);
      const inner = () => analytics.unique(`wide${level - 1}`);
      analytics.defineSegment(`wide${level}`, () => inner().or(inner()));
    }
    expect(await analytics.unique('deep15').count()).toBe(1);
    expect(() => analytics.unique('deep16')).toThrow(
      'expected a segment of at most 10000 others, at most 16 in each other, got more in "deep16"',
    );
    expect(await analytics.unique('wide12').count()).toBe(1);
    expect(() => analytics.unique('wide13')).toThrow(RangeError);
    expect(await analytics.unique('wide12').count()).toBe(1);
  });

  it('compares and counts sets that double sixty times, and stores none under a name without end', async () => {
    const analytics = await open();
    await analytics.markUnique('s', [1, 2]);
    const doubled = (times: number) => {
      let set: EventSet = analytics.unique('s');
      for (let time = 0; time < times; time += 1) set = set.or(set);
      return set;
    };
    expect(doubled(60).equals(doubled(60))).toBe(true);
    expect(doubled(60).equals(doubled(59))).toBe(false);
    expect(await doubled(60).count()).toBe(2);
    await expect(doubled(60).storeResult()).rejects.toThrow(
      'expected operands whose keys have at most 1000000 characters together, got 1',
    );
    expect(
      await doubled(10)
        .storeResult()
        .then((stored) => stored.count()),
    ).toBe(2);
  });

  it('counts several sets, of several instances, in one question', async () => {
    const analytics = await open();
    const store = new CountingStore(new MemoryStore());
    const other = new Bitmapist({ store, clock: () => NOW });
    await analytics.markEvent('a', [1, 2]);
    await other.markEvent('b', [2, 3, 4]);
    store.reset();
    const [a, b] = [analytics.day('a'), other.day('b')];
    expect(await analytics.counts([a, b, a.and(b), b.andNot(a), b])).toEqual([2, 3, 1, 2, 3]);
    expect(store.calls).toMatchObject({ byteLengths: 1, read: 1 });
    expect(await analytics.counts([])).toEqual([]);
    await expect(analytics.counts([a, 'b' as unknown as never])).rejects.toThrow(
      'expected a set of events, got b',
    );
    await expect(analytics.counts([a, b], { maxBytes: 1 })).rejects.toThrow(
      'expected to read at most 1 byte',
    );
  });

  it('knows who is in at least, or exactly, so many sets', async () => {
    const analytics = await open();
    await analytics.markEvent('a', [1, 2, 3]);
    await analytics.markEvent('b', [2, 3]);
    await analytics.markEvent('c', [3, 9]);
    const sets = ['a', 'b', 'c'].map((event) => analytics.day(event));
    expect([...(await analytics.atLeast(2, sets).ids())]).toEqual([2, 3]);
    expect([...(await analytics.exactly(2, sets).ids())]).toEqual([2]);
    expect([...(await analytics.exactly(1, sets).ids())]).toEqual([1, 9]);
    expect(await analytics.atLeast(3, sets).count()).toBe(1);
    expect(await analytics.atLeast(1, [...sets, ...sets]).count()).toBe(4);
    expect(await analytics.atLeast(2, [sets[0]!, sets[0]!, sets[1]!]).count()).toBe(3);
    expect(await analytics.atLeast(2, sets).has(9)).toBe(false);
    const stored = await analytics.atLeast(2, sets).storeResult();
    expect([...(await stored.ids())]).toEqual([2, 3]);
    expect(await analytics.deleteTemporaryBitopKeys()).toBe(1);
    expect(() => analytics.atLeast(4, sets)).toThrow('expected a whole number of sets from 1 to 3');
    expect(() => analytics.exactly(1, [3 as unknown as never])).toThrow('expected a set of events, got 3');
  });

  it('mixes sets of several instances', async () => {
    const analytics = await open();
    const other = new Bitmapist({ clock: () => NOW });
    await analytics.markEvent('a', [1, 2]);
    await other.markEvent('b', [2, 3]);
    expect([...(await analytics.day('a').and(other.day('b')).ids())]).toEqual([2]);
    expect(() => analytics.day('a').and('b' as unknown as never)).toThrow('expected a set of events, got b');
  });
});

describe('a cohort of 31 × 13 days', () => {
  it('reads every distinct bitmap once per window and writes nothing', async () => {
    const store = new CountingStore(new MemoryStore());
    const analytics = new Bitmapist({ store, clock: () => NOW });
    const rows = Array.from({ length: 43 }, (_, day) => ({
      event: 'active',
      id: 8000 * 64 - day,
      at: new Date(NOW.getTime() - day * 86_400_000),
    }));
    await analytics.markEvents(rows.flatMap((row) => [row, { ...row, id: row.id % 100 }]));
    store.reset();
    const table = await analytics.cohort({
      select1: 'active',
      select2: 'active',
      startDate: '2025-11-17',
      numResults: 31,
      numOfRows: 12,
      // Windows of 16 KiB, the smallest.
      memoryBytes: 1,
    });
    expect(table.rows).toHaveLength(31);
    expect(table.rows.every(({ size }) => size === 2)).toBe(true);
    const windows = 4;
    expect(store.keysRead).toHaveLength(43);
    for (const key of store.keysRead) expect(store.readsOf(key)).toBe(windows);
    expect(store.calls).toEqual({ byteLengths: 1, read: windows, write: 0, put: 0, keys: 0, delete: 0 });
  });
});

describe('on Redis alone', () => {
  it('sends the bits of one mark in one transaction', async () => {
    await client.flushall();
    const monitor = await client.duplicate().monitor();
    const commands: string[] = [];
    monitor.on('monitor', (_time: string, [command]: string[]) => commands.push(command!.toLowerCase()));
    await new Bitmapist({ store: new RedisStore(client) }).markEvent('a', 1, {
      trackHourly: true,
      trackUnique: true,
    });
    await client.ping('done');
    while (!commands.includes('ping')) await new Promise((resolve) => setTimeout(resolve, 5));
    monitor.disconnect();
    expect(commands).toEqual(['multi', 'setbit', 'setbit', 'setbit', 'setbit', 'setbit', 'exec', 'ping']);
  });

  it('deletes in batches, in the background of the server, and never asks for all keys at once', async () => {
    await client.flushall();
    const analytics = new Bitmapist({ store: new RedisStore(client) });
    const keys = Array.from({ length: 2500 }, (_, index) => `trackist_event:${index}_u`);
    await client.mset(Object.fromEntries(keys.map((key) => [key, 'x'])));
    await client.config('RESETSTAT');
    expect(await analytics.deleteAllEvents({ batchSize: 100 })).toBe(2500);
    const statistics = (await client.info('commandstats')).matchAll(/^cmdstat_(\w+):calls=(\d+)/gm);
    const calls = new Map(Array.from(statistics, ([, name, count]) => [name, Number(count)]));
    for (const command of ['keys', 'del', 'flushdb', 'flushall', 'eval'])
      expect(calls.has(command)).toBe(false);
    expect(calls.get('scan')).toBeGreaterThanOrEqual(20);
    expect(calls.get('unlink')).toBeGreaterThanOrEqual(2);
    expect(calls.get('unlink')).toBeLessThanOrEqual(25);
  });

  it('forgets stored results after their time to live', async () => {
    await client.flushall();
    const analytics = new Bitmapist({ store: new RedisStore(client) });
    await analytics.markEvent('a', 1);
    const stored = await analytics.day('a').or(analytics.month('a')).storeResult({ ttlSeconds: 90 });
    expect(await client.ttl(stored.key)).toBeGreaterThan(80);
    const kept = await analytics.day('a').xor(analytics.month('a')).storeResult();
    expect(await client.ttl(kept.key)).toBeGreaterThan(3500);
    await stored.delete();
    expect(await client.exists(stored.key)).toBe(0);
  });

  it('names the key that holds no bitmap, and says what was written', async () => {
    await client.flushall();
    await client.lpush('trackist_a_2025-12', 'x');
    const analytics = new Bitmapist({ store: new RedisStore(client), clock: () => NOW });
    await expect(analytics.month('a').count()).rejects.toThrow(WrongTypeError);
    await expect(analytics.month('a').or(analytics.day('a')).count()).rejects.toThrow('"trackist_a_2025-12"');
    await expect(analytics.markEvent('a', 1)).rejects.toMatchObject({
      name: 'PartialWriteError',
      failedKeys: ['trackist_a_2025-12'],
    });
  });
});
