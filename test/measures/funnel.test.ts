import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { parseFields } from '../../src/measures/arguments.js';
import { type FunnelArguments, funnel } from '../../src/measures/funnel.js';
import { plainRows } from '../../src/measures/rows.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { Table } from '../../src/tables/table.js';
import { mark } from '../support/measures/marked.js';
import { caseArbitrary } from '../support/measures/marks.js';
import { scopeOf } from '../support/measures/scope.js';
import { GROUPS, People, funnel as plainFunnel } from '../support/measures/sets.js';
import { CountingStore } from '../support/store/counting.js';

/** Who did what on which day of March 2026. */
const MARKS: Readonly<Record<string, Readonly<Record<number, readonly number[]>>>> = {
  a: { 1: [1, 2, 3, 4], 2: [1, 5], 3: [6] },
  b: { 1: [1], 2: [2, 5], 3: [3], 4: [1, 6] },
  c: { 1: [1], 2: [2], 3: [1, 5], 4: [3], 5: [6] },
};

const DAYS = { timeGroup: 'days', startDate: '2026-03-01', numResults: 3 } as const;

async function marked(store = new CountingStore(new MemoryStore())) {
  const bitmapist = new Bitmapist({ store, clock: () => '2026-03-17T12:00:00Z' });
  for (const [event, days] of Object.entries(MARKS)) {
    for (const [day, ids] of Object.entries(days)) {
      await bitmapist.markEvent(event, [...ids], { now: `2026-03-0${day}` });
    }
  }
  store.reset();
  return { bitmapist, store };
}

async function tableOf(args: Partial<FunnelArguments>, now?: string): Promise<Table> {
  const { bitmapist } = await marked();
  return bitmapist.ask(funnel, { steps: ['a', 'b', 'c'], ...DAYS, ...args }, { now });
}

function numbersOf({ rows }: Table): unknown[] {
  return rows.map(({ key, size, cells }) => [key, size, cells.map(({ count }) => count)]);
}

describe('a funnel', () => {
  it('has a row of all entries and one for each, and says who is counted', async () => {
    const { rows, ...table } = await tableOf({ window: 1, numResults: 1 });
    expect(table).toEqual({
      measure: 'funnel',
      title: 'a → b → c',
      subtitle:
        'of those who took the first step who reached the others, within 1 day of the first, in any order within a day',
      layout: 'steps',
      unit: 'percent',
      rowHead: 'Entered',
      columnHead: 'Step',
      columns: ['a', 'b', 'c'].map((label, step) => ({ key: `${step + 1}`, label })),
      notes: [],
      now: '2026-03-17T12:00:00Z',
      timeZone: 'UTC',
    });
    const cells = [
      { count: 4, of: 4, state: 'final', query: 'a@2026-03-01' },
      { count: 2, of: 4, state: 'final', query: 'a@2026-03-01 & b@2026-03-01..2026-03-02' },
      {
        count: 2,
        of: 4,
        state: 'final',
        query: 'a@2026-03-01 & (b@2026-03-01 & c@2026-03-01..2026-03-02 | b@2026-03-02 & c@2026-03-02)',
      },
    ];
    expect(rows).toEqual([
      { key: 'all', label: 'All', size: 4, cells },
      { key: '2026-03-01', label: '2026-03-01', period: '2026-03-01', size: 4, cells },
    ]);
  });

  it('counts a step in the period of the one before, or only in a later one', async () => {
    expect(numbersOf(await tableOf({ window: 2 }))).toEqual([
      ['all', 6, [6, 5, 4]],
      ['2026-03-01', 4, [4, 3, 2]],
      ['2026-03-02', 2, [2, 2, 1]],
      ['2026-03-03', 1, [1, 1, 1]],
    ]);
    expect(numbersOf(await tableOf({ window: 2, same: 'later' }))).toEqual([
      ['all', 6, [6, 4, 1]],
      ['2026-03-01', 4, [4, 2, 0]],
      ['2026-03-02', 2, [2, 1, 0]],
      ['2026-03-03', 1, [1, 1, 1]],
    ]);
    expect(numbersOf(await tableOf({ window: 0 }))[0]).toEqual(['all', 6, [6, 2, 1]]);
  });

  it('tells after how many periods a step is reached, of several entries the fastest', async () => {
    const table = await tableOf({ window: 3, show: 'times' });
    expect(table).toMatchObject({ layout: 'bars', unit: 'people', columnHead: 'days after the first step' });
    expect(table.columns.map(({ key, label }) => [key, label])).toEqual([
      ['0', 'Day 0'],
      ['1', 'Day 1'],
      ['2', 'Day 2'],
      ['3', 'Day 3'],
    ]);
    expect(numbersOf(table)).toEqual([
      ['2', 5, [2, 2, 1, 0]],
      ['3', 5, [1, 2, 1, 1]],
    ]);
    const later = await tableOf({ window: 3, show: 'times', same: 'later' });
    expect(numbersOf(later)[1]).toEqual(['3', 2, [0, 0, 1, 1]]);
    expect(later.rows[1]!.cells[1]!.query).toBeUndefined();
  });

  it('is not final before the window of an entry is over', async () => {
    const statesOf = ({ rows }: Table) => rows.map(({ cells }) => cells.map(({ state }) => state));
    const [running, final, future, empty] = ['running', 'final', 'future', 'empty'];
    expect(statesOf(await tableOf({ window: 1, steps: ['a', 'b'] }, '2026-03-02'))).toEqual([
      [running, running],
      [final, running],
      [running, running],
      [future, future],
    ]);
    expect(statesOf(await tableOf({ window: 1, steps: ['a', 'b'] }, '2026-03-03'))[1]).toEqual([
      final,
      final,
    ]);
    expect(statesOf(await tableOf({ steps: ['a', 'b'], startDate: '2026-04-01', numResults: 1 }))).toEqual([
      [future, future],
      [future, future],
    ]);
    expect(statesOf(await tableOf({ steps: ['c', 'x'], startDate: '2026-02-01', numResults: 1 }))[0]).toEqual(
      [empty, empty],
    );
    expect(statesOf(await tableOf({ window: 3, steps: ['a', 'b'], show: 'times' }, '2026-03-04'))).toEqual([
      [final, running, running, running],
    ]);
  });

  it('leaves out texts that would be long, and is made of segments too', async () => {
    const { bitmapist } = await marked();
    bitmapist.defineSegment('both', 'b@{period} & c@{period}');
    const args = { ...DAYS, window: 3 };
    const table = await bitmapist.ask(funnel, { steps: ['a', 'both'], ...args });
    expect(numbersOf(table)[0]).toEqual(['all', 6, [6, 2]]);
    expect(table.rows[1]!.cells[1]!.query).toBe(
      'a@2026-03-01 & (both@2026-03-01 | both@2026-03-02 | both@2026-03-03 | both@2026-03-04)',
    );
    const long = await bitmapist.ask(funnel, { steps: ['a', 'b', 'c', 'a x', 'both'], ...args, window: 300 });
    expect(long.rows[1]!.cells.map(({ query }) => query !== undefined)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('reads every key once', async () => {
    const { bitmapist, store } = await marked();
    await bitmapist.ask(funnel, { steps: ['a', 'b', 'c'], ...DAYS, window: 2 });
    const keys = ['a', 'b', 'c'].flatMap((event) =>
      Object.keys(MARKS[event]!).map((day) => `trackist_${event}_2026-3-${day}`),
    );
    expect(store.keysRead.sort()).toEqual(keys.sort());
    expect(keys.map((key) => store.readsOf(key))).toEqual(keys.map(() => 1));
  });

  it('tells rows of all entries, whatever else is shown', async () => {
    const table = await tableOf({ window: 2, show: 'counts' });
    expect(funnel.rows?.args).toEqual({ show: 'counts' });
    expect(plainRows(funnel, table)).toEqual([
      { step: 1, event: 'a', count: 6 },
      { step: 2, event: 'b', count: 5 },
      { step: 3, event: 'c', count: 4 },
    ]);
  });

  it.each([
    [{ steps: ['a'] }, 'expected 2 to 20 steps of a funnel, got 1'],
    [
      { steps: ['a', 'b', 'a'] },
      'expected every step of a funnel once, got "a" again: a bitmap knows whether somebody did an event in a period, not how often',
    ],
    [
      { same: 'later', window: 1 },
      'expected a window of at least 2 for 3 steps, each in a later period than the one before, got 1; bitmaps know no order within a period, but steps may share one if that is allowed',
    ],
    [{ window: -1 }, 'expected window to be a whole number from 0 to 1000, got -1'],
    [{ same: 'never' }, 'expected "allow" or "later" for steps in the same period, got "never"'],
    [{ show: 'nothing' }, 'expected "counts" or "times" to show, got "nothing"'],
    [
      { numResults: 10_000 },
      'expected a funnel of at most 100000 sets, got 160000: numResults × (window + 1) × steps after the first, 10000 × 8 × 2',
    ],
  ] as [Partial<FunnelArguments>, string][])('refuses %o', (args, message) => {
    expect(() => funnel.ask({ steps: ['a', 'b', 'c'], ...DAYS, ...args }, scopeOf())).toThrow(
      new RangeError(message),
    );
  });

  it('takes a step that is given twice for two, so that it is refused', () => {
    expect(parseFields(funnel, { steps: ['a', 'b', 'a'] }).steps).toEqual(['a', 'b', 'a']);
  });

  it('says what plain sets say of every entry, and each text finds whom its cell counts', {
    tags: 'long',
  }, async () => {
    const asked = fc.record({
      asked: caseArbitrary(GROUPS),
      steps: fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 2 }),
      window: fc.integer({ min: 0, max: 4 }),
      same: fc.constantFrom('allow', 'later'),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ asked: { marks, clock, ...range }, steps, window: given, same }) => {
        const window = same === 'later' ? Math.max(given, steps.length - 1) : given;
        const bitmapist = await mark(marks, clock.timeZone);
        const people = new People(marks, clock);
        const args = { ...range, steps, window, same } as const;
        const now = new Date(clock.now);
        const table = await bitmapist.ask(funnel, args, { now });
        const model = plainFunnel(people, { measure: 'funnel', ...args });
        expect(table.rows.slice(1).map(({ cells }) => cells.map(({ count }) => count))).toEqual(
          model.entries.map(({ reached }) => reached.map((byDelay) => byDelay.at(-1))),
        );
        const times = await bitmapist.ask(funnel, { ...args, numResults: 1, show: 'times' }, { now });
        expect(times.rows.map(({ cells }) => cells.map(({ count }) => count))).toEqual(
          model.entries[0]!.reached.slice(1).map((byDelay) =>
            byDelay.map((count, delay) => count - (byDelay[delay - 1] ?? 0)),
          ),
        );
        const all = await bitmapist.ask(funnel, { ...args, show: 'times' }, { now });
        for (const { cells } of [...table.rows, ...all.rows]) {
          for (const { count, query } of cells) {
            expect(query === undefined ? 0 : await bitmapist.query(query).count(), query).toBe(count);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
