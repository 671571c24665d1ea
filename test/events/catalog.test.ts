import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/index.js';

async function marked(): Promise<Bitmapist> {
  const bitmapist = new Bitmapist({ trackHourly: true });
  await bitmapist.markEvent('signup', [1, 2], { now: '2026-10-31T10:00' });
  await bitmapist.markEvent('signup', 3, { now: '2026-11-02T10:00' });
  await bitmapist.markEvent('active', [1, 3], { now: '2026-11-20T10:00' });
  await bitmapist.markUnique('pro', 3);
  return bitmapist;
}

describe('the catalogue of a store', () => {
  it('names events with their units, periods and flags', async () => {
    const catalog = await (await marked()).catalog();
    expect(catalog.names).toEqual(['active', 'pro', 'signup']);
    expect(catalog.events.map(({ event, keys }) => [event, keys])).toEqual([
      ['active', { month: 1, week: 1, day: 1, hour: 1, unique: 0 }],
      ['pro', { month: 0, week: 0, day: 0, hour: 0, unique: 1 }],
      ['signup', { month: 2, week: 2, day: 2, hour: 2, unique: 0 }],
    ]);
    expect(catalog.keys).toEqual({ month: 3, week: 3, day: 3, hour: 3, unique: 1 });
    expect([String(catalog.first), String(catalog.last)]).toEqual(['2026-10-31', '2026-11-20']);
    expect(catalog.get('nobody')).toBeUndefined();
    expect(catalog.others).toEqual({ count: 0, examples: [] });
  });

  it('counts how many ever did an event when asked', async () => {
    const catalog = await (await marked()).catalog();
    const counts = catalog.events.map(async (history) => [history.event, await history.everybody().count()]);
    expect(await Promise.all(counts)).toEqual([
      ['active', 2],
      ['pro', 1],
      ['signup', 3],
    ]);
  });

  it('reads no bitmap', async () => {
    const { store } = await marked();
    const only = { ...store, keys: store.keys.bind(store) } as unknown as typeof store;
    expect((await new Bitmapist({ store: only }).catalog()).names).toEqual(['active', 'pro', 'signup']);
  });

  it('counts keys of other kinds under the prefix, and names a few', async () => {
    const bitmapist = await marked();
    await bitmapist.month('signup', '2026-10').or(bitmapist.month('active', '2026-11')).storeResult();
    for (const key of ['trackist_2026', 'trackist_x_2026-02', 'trackist__u', 'elsewhere_a_2026-1']) {
      await bitmapist.store.put(key, Uint8Array.of(1));
    }
    const { count, examples } = (await bitmapist.catalog()).others;
    expect(count).toBe(4);
    expect(examples).toHaveLength(3);
    expect(examples).toContain('trackist_2026');
  });

  it('can be of the events that begin with a text', async () => {
    const bitmapist = await marked();
    await bitmapist.markEvent('sign', 9, { now: '2026-11-02T10:00' });
    expect((await bitmapist.catalog({ prefix: 'sign' })).names).toEqual(['sign', 'signup']);
    // Some keys of `sign` begin with this text, and no name does.
    const none = await bitmapist.catalog({ prefix: 'sign_2026' });
    expect([none.names, none.others.count]).toEqual([[], 0]);
    expect(await bitmapist.eventNames({ prefix: 'p' })).toEqual(['pro']);
  });

  it('ends early by a signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect((await marked()).catalog({ signal })).rejects.toThrow('enough');
  });

  it('notes names that no event and no segment has', async () => {
    const bitmapist = await marked();
    bitmapist.defineSegment('vip', 'active@{period} & pro@unique');
    const catalog = await bitmapist.catalog();
    expect(catalog.noteUnknownNames(['signup', 'vip', 'vipp', 'sigup', 'elsewhere'])).toEqual([
      'no event "vipp" here; did you mean "vip"?',
      'no event "sigup" here; did you mean "signup"?',
      'no event "elsewhere" here',
    ]);
  });
});

describe('a catalogue that is told keys', () => {
  it('says what each stands for', async () => {
    const catalog = await new Bitmapist({ prefix: 'b_' }).catalog();
    expect(catalog.add('b_active_2026-11')).toMatchObject({ event: 'active' });
    expect(catalog.add('b_active_u')).toEqual({ event: 'active', period: 'unique' });
    expect(catalog.add('trackist_active_2026-11')).toBeUndefined();
    catalog.addOther('b_active_2026-12');
    expect(catalog.get('active')!.keys).toMatchObject({ month: 1, unique: 1 });
    expect(catalog.others).toEqual({ count: 2, examples: ['trackist_active_2026-11', 'b_active_2026-12'] });
  });

  it('begins with the first of all events and ends with the last, whatever their units', async () => {
    const catalog = await new Bitmapist({ prefix: '' }).catalog();
    for (const key of ['a_2026-11-20', 'b_2026-11', 'c_W2026-53', 'd_u']) catalog.add(key);
    expect([String(catalog.first), String(catalog.last)]).toEqual(['2026-11', '2026-W53']);
    expect((await new Bitmapist().catalog()).first).toBeUndefined();
  });

  it('keeps no key of a million', { tags: 'long' }, async () => {
    const catalog = await new Bitmapist().catalog();
    const days = Array.from({ length: 1000 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)));
    const suffixes = days.map(
      (day) => `${day.getUTCFullYear()}-${day.getUTCMonth() + 1}-${day.getUTCDate()}`,
    );
    for (let event = 0; event < 1100; event++) {
      for (const suffix of suffixes) catalog.add(`trackist_event${event}_${suffix}`);
    }
    expect(catalog.keys.day).toBe(1_100_000);
    expect(catalog.get('event7')!.keys.day).toBe(1000);
    expect([String(catalog.first), String(catalog.last)]).toEqual(['2024-01-01', '2026-09-26']);
  });
});
