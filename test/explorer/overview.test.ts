import { describe, expect, it } from 'vitest';
import { chooseDataset } from '../../src/explorer/engine/chosen.js';
import { answerOverview, MAX_EVENTS } from '../../src/explorer/engine/overview.js';
import type { OverviewView } from '../../src/explorer/engine/protocol.js';
import { Bitmapist, type MemoryStore, Period, parseQuery } from '../../src/index.js';

interface Mark {
  readonly event: string;
  readonly id: number;
  readonly day: Period;
}

/** What the page of these marks says first. */
async function overviewOf(bitmapist: Bitmapist, asOf?: string): Promise<OverviewView> {
  const { store, prefix } = bitmapist;
  const dataset = {
    db: 0,
    prefix,
    store: store as MemoryStore,
    catalog: await bitmapist.catalog(),
  };
  const view = { name: '', bytes: 0, datasets: [], otherKeys: 0, expiredKeys: 0, problem: undefined };
  return answerOverview(chooseDataset({ datasets: [dataset], view }, { dataset: 0, asOf }), { most: 5 });
}

async function markAll(marks: readonly Mark[]): Promise<Bitmapist> {
  const bitmapist = new Bitmapist();
  await bitmapist.markEvents(marks.map(({ event, id, day }) => ({ event, id, at: day.toString() })));
  return bitmapist;
}

function peopleOf(
  marks: readonly Mark[],
  { first, last }: { first: string; last: string },
  event?: string,
): number {
  const within = marks.filter(({ day }) => day.toString() >= first && day.toString() <= last);
  return new Set(within.filter((mark) => event === undefined || mark.event === event).map(({ id }) => id))
    .size;
}

/** Some 2,000 marks of five events, the same ones every time. */
function someMarks(first: Period, days: number): Mark[] {
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: 2000 }, () => ({
    event: ['active', 'signup', 'paid plan', 'a&b', 'gone'][random(5)]!,
    id: random(400),
    day: first.delta(random(days)),
  }));
}

describe('the overview', () => {
  it.each(['2026-03-31', '2026-03-29', '2026-03-02', '2026-02-28', '2026-01-01'])(
    'counts as sets of people do, up to %s',
    async (asOf) => {
      const marks = someMarks(Period.parse('2025-10-06'), 190);
      const bitmapist = await markAll(marks);
      const answer = await overviewOf(bitmapist, asOf);
      expect(answer.active.map(({ unit }) => unit)).toEqual(['day', 'week', 'month']);
      for (const { people, before, span, spanBefore, query } of answer.active) {
        expect(span.last).toBe(asOf);
        expect([people, before]).toEqual([peopleOf(marks, span), peopleOf(marks, spanBefore)]);
        expect(await bitmapist.query(query).count()).toBe(people);
      }
      for (const { event, people, before } of [...answer.strongest, ...answer.growing]) {
        const expected = [answer.span, answer.spanBefore].map((span) => peopleOf(marks, span, event));
        expect([event, people, before]).toEqual([event, ...expected]);
      }
      const people = answer.strongest.map((each) => each.people);
      expect(people.length).toBe(5);
      expect(people).toEqual(people.toSorted((a, b) => b - a));
      const ratios = answer.growing.map((each) => each.people / each.before!);
      expect(ratios.every((ratio) => ratio > 1)).toBe(true);
      expect(ratios).toEqual(ratios.toSorted((a, b) => b - a));
    },
  );

  it.each([
    ['2026-11-26', '2026-11-19..2026-11-19', '2026-11-16..2026-11-19', '2026-10-01..2026-10-26'],
    ['2026-03-30', '2026-03-23..2026-03-23', '2026-03-23..2026-03-23', '2026-02-01..2026-02-28'],
    ['2026-02-28', '2026-02-21..2026-02-21', '2026-02-16..2026-02-21', '2026-01-01..2026-01-31'],
    ['2026-03-01', '2026-02-22..2026-02-22', '2026-02-16..2026-02-22', '2026-02-01..2026-02-01'],
  ])('compares %s with the same point of what came before', async (asOf, ...expected) => {
    const bitmapist = await markAll(someMarks(Period.parse('2025-10-06'), 420));
    const { active } = await overviewOf(bitmapist, asOf);
    expect(active.map(({ spanBefore: { first, last } }) => `${first}..${last}`)).toEqual(expected);
  });

  it('compares nothing with days of which there is no data', async () => {
    const marks = someMarks(Period.parse('2026-11-10'), 17);
    const { active, span, spanBefore, strongest } = await overviewOf(await markAll(marks), '2026-11-26');
    expect(active.map(({ before }) => before !== undefined)).toEqual([true, true, false]);
    expect([span.first, spanBefore.first]).toEqual(['2026-11-20', '2026-11-13']);
    expect(strongest.every(({ before }) => before !== undefined)).toBe(true);
  });

  it('does with whole periods if there are no days, or no weeks', async () => {
    const bitmapist = new Bitmapist();
    for (const [id, now] of [
      [1, '2026-10-01'],
      [2, '2026-11-18'],
      [3, '2026-11-26'],
    ] as const) {
      await bitmapist.markEvent('active', id, { now });
      await bitmapist.day('active', now).delete();
    }
    const { active, strongest, span } = await overviewOf(bitmapist, '2026-11-26');
    expect(active.map(({ unit, people, before }) => [unit, people, before])).toEqual([
      ['week', 1, 1],
      ['month', 2, 1],
    ]);
    expect(span).toEqual({ first: '2026-W47', last: '2026-W47' });
    expect(strongest).toEqual([{ event: 'active', people: 1, before: 0 }]);
    const daily = await markAll(
      [1, 2].map((id) => ({ event: 'active', id, day: Period.parse('2026-11-26') })),
    );
    await daily.week('active', '2026-11-26').delete();
    const answer = await overviewOf(daily, '2026-11-26');
    expect(answer.active.map(({ unit, people }) => [unit, people])).toEqual([
      ['day', 2],
      ['month', 2],
    ]);
    expect(answer.span).toEqual({ first: '2026-11-25', last: '2026-11-25' });
  });

  it('has nobody if there are flags alone', async () => {
    const bitmapist = new Bitmapist();
    await bitmapist.markUnique('pro', 1);
    const { active, strongest, growing } = await overviewOf(bitmapist);
    expect({ active, strongest, growing }).toEqual({ active: [], strongest: [], growing: [] });
  });

  it('looks at so many events, those of the most days, and says how many it leaves out', async () => {
    const today = Period.parse('2026-11-26');
    const often = Array.from({ length: MAX_EVENTS }, (_, id) => ({ event: `often ${id}`, id, day: today }));
    const marks = [
      { event: 'a rare one', id: 1_000_000, day: today },
      { event: 'of last year', id: 7, day: today.delta(-365) },
      ...often,
      ...often.map((mark) => ({ ...mark, day: today.delta(-1) })),
    ];
    const { active, countedEvents, leftOutEvents } = await overviewOf(await markAll(marks), String(today));
    expect([countedEvents, leftOutEvents]).toEqual([MAX_EVENTS, 1]);
    expect(active[0]!.people).toBe(MAX_EVENTS);
    expect(parseQuery(active[0]!.query)).toMatchObject({ op: 'or' });
  });
});
