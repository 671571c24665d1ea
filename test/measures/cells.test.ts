import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Bitmapist,
  type Cell,
  type EvaluateOptions,
  MemoryStore,
  type Row,
  type Table,
} from '../../src/index.js';
import {
  type AnyMeasure,
  dashboard,
  type Field,
  formatQuestion,
  measures,
  parseQuestion,
  plainRows,
  type Question,
} from '../../src/measures.js';
import { RedisStore } from '../../src/redis.js';
import { cellValue } from '../../src/report.js';
import type { Store } from '../../src/store/types.js';
import { type Case, caseArbitrary, DEFINITION, EVENTS, SEGMENT } from '../support/measures/marks.js';
import { dayOf, GROUPS, periodAt, periodOf, textOf } from '../support/measures/sets.js';
import { type RedisServer, startRedis } from '../support/servers/redis.js';
import { CountingStore } from '../support/store/counting.js';

/**
 * What holds of every cell of every measure, whatever it is asked: its text finds as many people as it says, its number is one,
 * and its table survives JSON. Arguments are drawn from the fields, so that a measure to come is held to it too.
 */

const MADE = 'made';
const NAMES = [...EVENTS, SEGMENT, MADE, 'nobody'];

interface Asked extends Case {
  readonly args: Readonly<Record<string, unknown>>;
  readonly by: readonly string[] | undefined;
}

/** How ids of the model are told by a store. */
const IDS = {
  'as they are': (id: number) => [id],
  'up to the last one': (id: number) => [2 ** 32 - 1 - id * 50_021],
  'in runs': (id: number) => Array.from({ length: 700 }, (_, place) => id * 611 + place),
};

let server: RedisServer;
let client: Redis;
let opened: RedisStore;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  opened = await RedisStore.open(server.url);
});

afterAll(async () => {
  await opened?.close();
  client?.disconnect();
  await server?.stop();
});

interface Setting {
  readonly runs: number;
  readonly ids: keyof typeof IDS;
  readonly store: () => Store;
  readonly options: EvaluateOptions & { readonly windowBytes?: number };
  readonly prefix?: string;
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  'in memory': { runs: 60, ids: 'up to the last one', store: () => new MemoryStore(), options: {} },
  'in memory, in runs, by the kernel js': {
    runs: 40,
    ids: 'in runs',
    store: () => new MemoryStore(),
    options: { kernel: 'js' },
    prefix: 'other_',
  },
  'read in many windows': {
    runs: 40,
    ids: 'in runs',
    store: () => new CountingStore(new MemoryStore()),
    options: { windowBytes: 64 },
  },
  'read in many windows by the kernel js': {
    runs: 20,
    ids: 'as they are',
    store: () => new CountingStore(new MemoryStore()),
    options: { kernel: 'js', windowBytes: 16, memoryBytes: 1 },
  },
  'in memory, as of one moment': {
    runs: 20,
    ids: 'as they are',
    store: () => new MemoryStore(),
    options: { consistent: true, windowBytes: 16 },
  },
  'in Redis': { runs: 15, ids: 'in runs', store: () => new RedisStore(client), options: { memoryBytes: 1 } },
  'in Redis, over connections of its own': { runs: 15, ids: 'as they are', store: () => opened, options: {} },
};

describe.each(Object.entries(SETTINGS))('%s, on random marks', (_, setting) => {
  it.each(measures.map((measure) => [measure.name, measure] as const))(
    'the cells of %s hold',
    {
      tags: 'long',
    },
    async (_, measure) => {
      let answered = 0;
      const property = fc.asyncProperty(askedOf(measure), async (asked) => {
        const bitmapist = await marked(asked, setting);
        const options = { ...setting.options, now: new Date(asked.clock.now) };
        const question: Question = { measure, args: asked.args, by: asked.by };
        let tables: readonly Table[];
        try {
          [tables] = (await bitmapist.ask(dashboard, { questions: [question] }, options)) as [
            readonly Table[],
          ];
        } catch (error) {
          // What does not go together is refused in a sentence.
          if (!(error instanceof RangeError) || !error.message.startsWith('expected ')) throw error;
          return;
        }
        answered += 1;
        for (const table of tables) {
          await holds(bitmapist, table);
          plainRowsHold(measure, table);
        }
        if (asked.by === undefined) {
          expect(await bitmapist.ask(measure, asked.args, options)).toEqual(tables[0]);
          const again = parseQuestion(JSON.parse(JSON.stringify(formatQuestion(question))));
          expect(await bitmapist.ask(again.measure, again.args, options)).toEqual(tables[0]);
        }
      });
      await fc.assert(property, { numRuns: setting.runs });
      expect(answered).toBeGreaterThan(0);
    },
  );
});

async function holds(bitmapist: Bitmapist, table: Table): Promise<void> {
  expect(JSON.parse(JSON.stringify(table))).toEqual(table);
  expect(new Set(table.columns.map(({ key }) => key)).size).toBe(table.columns.length);
  const known = new Map<string, number>();
  const countOf = async (query: string): Promise<number> => {
    const count = known.get(query) ?? (await bitmapist.query(query).count());
    known.set(query, count);
    return count;
  };
  for (const row of table.rows) {
    expect(row.cells.length).toBe(table.columns.length);
    for (const [at, cell] of row.cells.entries()) {
      const { count, of, state, query } = cell;
      const isPeople = of !== undefined || table.unit === 'people';
      const unit = table.columns[at]!.unit ?? table.unit;
      expect(Number.isFinite(count) && (of === undefined || Number.isFinite(of))).toBe(true);
      // Of a month in which no week has begun, the mean has no meaning.
      if (state === 'empty' && table.measure !== 'ratio') expect(of ?? 0).toBe(0);
      if (state === 'final' || state === 'running')
        expect(cellValue(cell, of === 0 ? 'people' : unit)).toBeTypeOf('number');
      const period = table.columns[at]!.period ?? (table.layout === 'triangle' ? undefined : row.period);
      if (query !== undefined && isPeople && !isNumber(table, at)) {
        expect(await countOf(query), query).toBe(count);
        expect(count).toBeGreaterThanOrEqual(0);
        // More may come back than did in the period before.
        const whole = table.measure === 'retention' ? row.size : of;
        if (whole !== undefined) expect(count).toBeLessThanOrEqual(whole);
      }
      if (period !== undefined && !isOfOthers(table, row))
        expect(stateIsOf(cell, table, period), `${state} of ${period}`).toBe(true);
    }
  }
}

/** Whether the cells of a row are about other periods than those that it, or they, stand for. */
function isOfOthers({ measure }: Table, { key }: Row): boolean {
  return measure === 'retention' || (measure === 'series' && / before( · |$)/.test(key));
}

/** Columns of similar events that are numbers of their own. */
function isNumber({ columns, layout }: Table, at: number): boolean {
  return layout !== 'series' && columns[at]!.key !== 'jaccard' && columns[at]!.unit === 'ratio';
}

/** A future period's is in the future, a period's that is over is not running; but for windows, which go on. */
function stateIsOf({ state }: Cell, { now, timeZone, measure }: Table, period: string): boolean {
  const [group, number] = periodOf(period);
  const current = periodAt(group, Date.parse(now), timeZone);
  if (number > current) return state === 'future';
  if (state === 'future') return false;
  const goesOn = measure === 'frequency' || measure === 'funnel';
  return state === 'empty' || goesOn || state === (number === current ? 'running' : 'final');
}

/** Every number of plain rows is one of the table's, and all of them are there if nothing is to come. */
function plainRowsHold(measure: AnyMeasure, table: Table): void {
  const rows = plainRows(measure, table);
  expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
  const cells = table.rows.flatMap((row) => row.cells);
  const known = new Set<unknown>(table.rows.map(({ size }) => size));
  for (const { count, of } of cells)
    for (const value of [count, of, of && count / of, of && (count / of) * 100]) known.add(value);
  const isLost = cells.some(({ state }) => state === 'future' || state === 'empty');
  const check = (value: unknown, name = ''): void => {
    if (value === null) expect(isLost).toBe(true);
    else if (typeof value === 'object') for (const [name, inner] of Object.entries(value)) check(inner, name);
    else if (typeof value === 'number' && name !== 'k' && name !== 'step') expect(known).toContain(value);
  };
  for (const { sets: _, ...row } of rows) check(row);
}

describe('a breakdown', () => {
  // Which events there are depends on who did them.
  const broken = measures.filter(({ name }) => name !== 'similar');

  it.each(broken.map((measure) => [measure.name, measure] as const))(
    'of %s is about its people alone',
    {
      tags: 'long',
    },
    async (_, measure) => {
      const setting = SETTINGS['in memory']!;
      const isEven = (id: number): boolean => id % 2 === 0;
      let answered = 0;
      const property = fc.asyncProperty(askedOf(measure), async ({ by: _, ...asked }) => {
        const [bitmapist, alone] = [await marked(asked, setting), await marked(asked, setting, isEven)];
        await bitmapist.markUnique(
          'even',
          asked.marks.flatMap(({ id }) => [id, id + (id % 5)].filter(isEven).flatMap(IDS[setting.ids])),
        );
        const options = { now: new Date(asked.clock.now) };
        let table: Table;
        try {
          table = await alone.ask(measure, asked.args, options);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          return;
        }
        answered += 1;
        const questions: Question[] = [{ measure, args: asked.args, by: ['even'] }];
        const [tables] = await bitmapist.ask(dashboard, { questions }, options);
        const numbersOf = ({ rows, summary }: Table) =>
          [...rows, ...(summary === undefined ? [] : [summary])].map(({ size, cells }) => [
            size,
            cells.map(({ count, of, state }) => [count, of, state]),
          ]);
        expect(numbersOf(tables![0]!)).toEqual(numbersOf(table));
      });
      await fc.assert(property, { numRuns: 100 });
      expect(answered).toBeGreaterThan(0);
    },
  );
});

async function marked(
  { marks, clock }: Case,
  { ids, store, prefix }: Setting,
  isOf: (id: number) => boolean = () => true,
): Promise<Bitmapist> {
  const made = store();
  if (made instanceof RedisStore) await client.flushall();
  const bitmapist = new Bitmapist({
    store: made,
    timeZone: clock.timeZone,
    trackHourly: true,
    clock: () => new Date(clock.now),
    ...(prefix !== undefined && { prefix }),
  });
  bitmapist.defineSegment(SEGMENT, DEFINITION);
  bitmapist.defineSegment(MADE, (period) =>
    period === 'unique'
      ? bitmapist.unique('c')
      : bitmapist.events('b', period.unit, period).andNot(bitmapist.unique('c')),
  );
  const batch = bitmapist.batch();
  for (const { event, id, at } of marks) {
    // Not everybody who did an event carries its flag, and some carry it who did not.
    const carrier = id + (id % 5);
    if (isOf(id)) batch.markEvent(event, IDS[ids](id), { now: new Date(at) });
    if (id % 3 > 0 && isOf(carrier)) batch.markUnique(event, IDS[ids](carrier));
  }
  await batch.send();
  return bitmapist;
}

function askedOf({ fields }: AnyMeasure): fc.Arbitrary<Asked> {
  return fc
    .record({
      case: caseArbitrary(GROUPS),
      args: fc.tuple(...fields.map(argumentOf)),
      by: fc.option(fc.subarray(['b', SEGMENT, 'a@unique & ~c@unique', '~b@2026'], { minLength: 1 }), {
        nil: undefined,
        freq: 2,
      }),
    })
    .map(({ case: asked, args, by }) => {
      const made = fields.map(({ name }, at) => [name, args[at]?.(asked)] as const);
      return { ...asked, by, args: Object.fromEntries(made.filter(([, value]) => value !== undefined)) };
    });
}

type Make = (asked: Case) => unknown;

/** Small numbers, names that are known, and dates about the marks. */
function argumentOf(field: Field): fc.Arbitrary<Make> {
  const { kind, optional = false, choices = {}, least = 0, most = 1, dateless = false } = field;
  const always = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Make> =>
    values.map((value) => () => value);
  const few = { minLength: least, maxLength: Math.min(most, least + 3) };
  const dates = fc.tuple(fc.integer({ min: -6, max: 3 }), fc.constantFrom('own', 'years', 'days')).map(
    ([later, group]): Make =>
      ({ startDate, timeGroup }) => {
        const number = periodOf(startDate)[1] + later;
        if (group === 'own' || timeGroup === 'hours') return textOf(timeGroup, number);
        // A longer period stands for its beginning, and a day for the period that it is in.
        const day = dayOf(timeGroup, number);
        return group === 'days' ? textOf('days', day) : textOf('days', day).slice(0, 4);
      },
  );
  const given = (): fc.Arbitrary<Make> => {
    switch (kind) {
      case 'event':
        return always(fc.constantFrom(...(dateless ? [...Object.keys(choices), 'b', SEGMENT] : NAMES)));
      case 'events':
        return always(fc.shuffledSubarray(NAMES, few));
      case 'unit':
        // Some are asked for one, others for several; cohorts know no hours and quarters.
        return fc.constant(
          ({ timeGroup }) =>
            [timeGroup, timeGroup.slice(0, -1)].find((unit) => Object.hasOwn(choices, unit)) ?? 'days',
        );
      case 'choice':
        return always(fc.constantFrom(...Object.keys(choices)));
      case 'number':
        return always(fc.integer({ min: least, max: Math.min(most, least + 5) }));
      case 'numbers':
        return always(fc.array(fc.integer({ min: least, max: least + 2 }), { minLength: 1, maxLength: 4 }));
      case 'flag':
        return always(fc.boolean());
      case 'date':
        return dates;
      case 'expression':
        return always(fc.constantFrom('a@2026 | b@unique', 'a@unique | c@unique'));
      case 'expressions':
        return fc
          .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.nat({ max: 4 }), fc.nat({ max: 5 })), few)
          .map((texts) => (asked) => [
            ...new Set(texts.map(([name, kind, later]) => textAbout(asked, name, kind, later, field))),
          ]);
    }
  };
  return optional ? fc.option(given(), { nil: () => undefined, freq: 3 }) : given();
}

function textAbout(
  { startDate }: Case,
  name: string,
  kind: number,
  later: number,
  { name: field }: Field,
): string {
  const [group, first] = periodOf(startDate);
  const period = field === 'expressions' ? '{period}' : textOf(group, first + later);
  return [
    `${name}@${period}`,
    `${name}@unique & a@${period}`,
    `a@${period} & ~${name}@${period}`,
    `b@${startDate} | ${name}@${period}`,
    `atLeast(2, a@${period}, ${name}@${period}, c@unique)`,
  ][kind]!;
}
