import { Bitmapist, formatQuery, Period } from '../../index.js';
import type { Dataset } from './dataset.js';
import type { LoadedSource } from './load.js';
import type { Marked } from './marks.js';
import type { ChooseAsk, DatasetView } from './protocol.js';
import { defineSegments } from './segments.js';
import { team } from './team.js';

/** The dataset that questions are asked of, and the day that they take for today. */
export interface ChosenDataset {
  readonly dataset: Dataset;
  readonly bitmapist: Bitmapist;
  readonly marked: Marked;
  /** The last instant of that day. */
  readonly now: Date;
  readonly sparkPeriods: readonly Period[];
  readonly view: DatasetView;
}

interface Days {
  readonly first: Period;
  readonly last: Period;
}

export function chooseDataset({ datasets }: LoadedSource, ask: ChooseAsk): ChosenDataset {
  const dataset = datasets[ask.dataset];
  if (dataset === undefined) {
    throw new RangeError(`expected a dataset below ${datasets.length}, got ${ask.dataset}`);
  }
  const { catalog, store, prefix, people } = dataset;
  const { first, last } = catalog;
  const days = first &&
    last && { first: Period.of('day', first.start()), last: Period.of('day', last.end()) };
  const asOf = ask.asOf ? Period.from('day', ask.asOf) : lastKnownDay(days?.last);
  const now = new Date(asOf.end().epochMilliseconds);
  const bitmapist = new Bitmapist({
    store,
    prefix,
    clock: () => now,
    threads: team,
    ...(people && { people }),
  });
  const segments = defineSegments(bitmapist, catalog.names, ask.segments ?? []);
  const defined = segments.filter(({ problem }) => problem === undefined);
  return {
    dataset,
    bitmapist,
    marked: {
      marks: dataset.marks,
      segments: new Map(defined.map(({ name, expression }) => [name, expression])),
    },
    now,
    sparkPeriods: days === undefined ? [] : chooseSparkPeriods(dataset, days, now.getTime()),
    view: {
      events: catalog.names,
      flags: catalog.names.filter((name) => (catalog.get(name)?.keys.unique ?? 0) > 0),
      segments,
      firstDay: days?.first.toString(),
      lastDay: days?.last.toString(),
      asOf: asOf.toString(),
      periods: suggestPeriods(dataset, asOf),
      examples: suggestExpressions(dataset, asOf),
      sets: suggestSets(dataset, asOf),
      hasHours: catalog.keys.hour > 0,
      memoryBytes: store.byteSize,
    },
  };
}

/** The last day with data, but not one to come: a single mark in the year 2099 must not move today. */
function lastKnownDay(last: Period | undefined): Period {
  const today = Period.of('day', new Date());
  return last !== undefined && Period.compare(last, today) < 0 ? last : today;
}

/** A sparkline has at most this many points. */
const SPARK_POINTS = 120;

/** The same periods for every event: finished ones of the finest unit there is that gives a line of a bearable length. */
function chooseSparkPeriods({ catalog: { keys } }: Dataset, { first, last }: Days, nowMs: number): Period[] {
  const units = (['day', 'week', 'month'] as const).filter((unit) => keys[unit] > 0);
  const spans = units.map((unit) => Period.range(Period.from(unit, first), Period.from(unit, last)));
  const periods = spans.find(({ length }) => length <= SPARK_POINTS) ?? spans.at(-1) ?? [];
  // A period that is not over would look like a collapse.
  const finished = periods.filter((period) => period.end().epochMilliseconds <= nowMs);
  return finished.length > 0 ? finished : periods;
}

/** A flag is no suggestion if there are none. */
function suggestPeriods({ catalog: { keys } }: Dataset, asOf: Period): string[] {
  const named = ['month', 'week', 'day', 'year'] as const;
  const units = named.map((unit) => Period.from(unit, asOf).toString());
  return [...units, ...(keys.unique > 0 ? ['unique'] : []), ...named, ...named.map((unit) => `${unit}-1`)];
}

/** Up to three questions about the first events of the data. */
function suggestExpressions({ catalog }: Dataset, asOf: Period): string[] {
  const unit = coarseUnit(catalog);
  if (unit === undefined) return catalog.names.slice(0, 1).map((event) => ask(event, 'unique'));
  const period = Period.from(unit, asOf);
  const [first, second] = catalog.names.filter((event) => catalog.get(event)?.first !== undefined);
  if (first === undefined) return [];
  const examples = [ask(first, period), `${ask(first, period)} & ~${ask(first, period.prev())}`];
  if (second !== undefined) examples.push(`${ask(first, period)} & ${ask(second, period)}`);
  return examples;
}

/** So many sets are compared at a glance. */
const FEW_SETS = 3;

/** Sets that lie across each other if any do: who did each of the first events lately, who carries a flag alone, who did before. */
function suggestSets({ catalog }: Dataset, asOf: Period): string[] {
  const unit = coarseUnit(catalog);
  const names = new Map(catalog.names.map((name) => [name, catalog.get(name)?.first !== undefined]));
  const flags = catalog.names.filter((name) => !names.get(name)).map((name) => ask(name, 'unique'));
  if (unit === undefined) return flags.slice(0, FEW_SETS);
  const done = catalog.names.filter((name) => names.get(name));
  const period = Period.from(unit, asOf);
  const [now, before] = [period, period.prev()].map((each) => done.map((name) => ask(name, each)));
  return [...now!, ...flags, ...before!].slice(0, FEW_SETS);
}

function coarseUnit({ keys }: Dataset['catalog']): 'month' | 'week' | 'day' | undefined {
  return (['month', 'week', 'day'] as const).find((each) => keys[each] > 0);
}

function ask(event: string, period: Period | 'unique'): string {
  return formatQuery({ op: 'event', event, period });
}
