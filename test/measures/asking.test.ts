import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import type { Measure, MeasureScope } from '../../src/measures/measure.js';
import { funnel, series, trend } from '../../src/measures.js';
import { MemoryStore } from '../../src/store/memory.js';
import { CountingStore } from '../support/store/counting.js';

/** Answers with what it is told. */
function telling<T>(
  tell: (scope: MeasureScope) => T,
  looksAt?: Measure<object, T>['looksAt'],
): Measure<object, T> {
  return {
    name: 'telling',
    title: 'Telling',
    help: 'tell',
    fields: [],
    ...(looksAt && { looksAt }),
    ask: (_, scope) => {
      const told = tell(scope);
      return { sets: [], table: () => told };
    },
  };
}

async function marked(): Promise<{ bitmapist: Bitmapist; store: CountingStore }> {
  const store = new CountingStore(new MemoryStore());
  const bitmapist = new Bitmapist({ store, clock: () => '2026-11-22' });
  await bitmapist.markEvent('active', 1, { now: '2026-03-05' });
  await bitmapist.markEvent('active', 1, { now: '2026-11-20' });
  await bitmapist.markEvent('signup', 1, { now: '2026-02-14' });
  await bitmapist.markUnique('pro', 1);
  bitmapist.defineSegment('payers', 'active@{period} & pro@unique');
  store.reset();
  return { bitmapist, store };
}

describe('asking a measure', () => {
  it('refuses what the types forbid, in a sentence', async () => {
    const { bitmapist } = await marked();
    const ask = (measure: unknown, args: unknown) => bitmapist.ask(measure as typeof series, args as never);
    await expect(ask('series', {})).rejects.toThrow("expected a measure of 'bitmapist-wasm/measures', got");
    await expect(ask(undefined, {})).rejects.toThrow("expected a measure of 'bitmapist-wasm/measures', got");
    await expect(ask(series, undefined)).rejects.toThrow(
      'expected the arguments of a measure, got undefined',
    );
    await expect(ask(series, {})).rejects.toThrow('expected expressions to be a list, got undefined');
    await expect(ask(funnel, { steps: 'a,b' })).rejects.toThrow('expected steps to be a list, got "a,b"');
    await expect(ask(trend, {})).rejects.toThrow(TypeError);
  });

  it('lists no keys unless the measure says whose', async () => {
    const { bitmapist, store } = await marked();
    expect(
      await bitmapist.ask(
        telling((scope) => scope.firstPeriod('active')),
        {},
      ),
    ).toBe(undefined);
    expect(store.calls.keys).toBe(0);
  });

  it('tells when events began, in one listing', async () => {
    const { bitmapist, store } = await marked();
    const firsts = telling(
      (scope) => ['active', 'signup', 'pro', 'sigup'].map((name) => String(scope.firstPeriod(name))),
      () => ['active', 'signup', 'pro', 'sigup'],
    );
    expect(await bitmapist.ask(firsts, {})).toEqual(['2026-03-05', '2026-02-14', 'undefined', 'undefined']);
    expect(store.calls.keys).toBe(1);
  });

  it('tells of a segment when the first of its events began', async () => {
    const { bitmapist } = await marked();
    bitmapist.defineSegment('both', () => bitmapist.month('signup', '2026-02').or(bitmapist.unique('pro')));
    const firsts = telling(
      (scope) => ['payers', 'both'].map((name) => [scope.isSegment(name), String(scope.firstPeriod(name))]),
      () => ['payers', 'both'],
    );
    expect(await bitmapist.ask(firsts, {})).toEqual([
      [true, '2026-03-05'],
      [true, '2026-02-14'],
    ]);
  });

  it('tells all names to a measure that looks at all', async () => {
    const { bitmapist } = await marked();
    const names = telling(
      (scope) => scope.names,
      () => 'all',
    );
    expect(await bitmapist.ask(names, {})).toEqual(['active', 'pro', 'signup']);
  });

  it('takes the moment it is asked with for now, in expression texts too', async () => {
    const { bitmapist } = await marked();
    const counted: Measure<object, number> = {
      ...telling(() => 0),
      ask: (_, scope) => ({ sets: [scope.query('active@day-2')], table: ({ sets }) => sets[0]! }),
    };
    expect(await bitmapist.ask(counted, {})).toBe(1);
    expect(await bitmapist.ask(counted, {}, { now: '2026-11-23' })).toBe(0);
  });
});
