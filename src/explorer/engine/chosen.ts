import { Bitmapist, formatQuery, Period, type PeriodUnit } from '../../index.js';
import type { Dataset } from './dataset.js';
import type { LoadedSource } from './load.js';
import type { ChooseAsk, DatasetView } from './protocol.js';

/** The dataset that questions are asked of, and the day that they take for today. */
export interface ChosenDataset {
  readonly dataset: Dataset;
  readonly bitmapist: Bitmapist;
  readonly days: { readonly first: Period; readonly last: Period } | undefined;
  readonly asOf: Period;
  readonly view: DatasetView;
}

export function chooseDataset(source: LoadedSource, ask: ChooseAsk): ChosenDataset {
  const dataset = source.datasets[ask.dataset];
  if (dataset === undefined) {
    throw new RangeError(`expected a dataset below ${source.datasets.length}, got ${ask.dataset}`);
  }
  const days = dataset.days();
  const asOf = ask.asOf ? Period.from('day', ask.asOf) : lastKnownDay(days?.last);
  const now = new Date(asOf.end().epochMilliseconds);
  const { store, prefix, catalog } = dataset;
  return {
    dataset,
    bitmapist: new Bitmapist({ store, prefix, clock: () => now }),
    days,
    asOf,
    view: {
      events: catalog.names,
      firstDay: days?.first.toString(),
      lastDay: days?.last.toString(),
      asOf: asOf.toString(),
      periods: suggestPeriods(dataset, asOf),
      examples: suggestExpressions(dataset, asOf),
      memoryBytes: store.byteSize,
    },
  };
}

/** The periods of a unit that hold the days from `first` to `last`. */
export function periodsBetween(unit: PeriodUnit, first: Period, last: Period): Period[] {
  return Period.range(Period.from(unit, first), Period.from(unit, last));
}

/** The last day with data, but not one to come: a single mark in the year 2099 must not move today. */
function lastKnownDay(last: Period | undefined): Period {
  const today = Period.of('day', new Date());
  return last !== undefined && Period.compare(last, today) < 0 ? last : today;
}

/** A flag is no suggestion if there are none. */
function suggestPeriods({ catalog }: Dataset, asOf: Period): string[] {
  const named = ['month', 'week', 'day', 'year'] as const;
  const units = named.map((unit) => Period.from(unit, asOf).toString());
  const flags = catalog.keys.unique > 0 ? ['unique'] : [];
  return [...units, ...flags, ...named, ...named.map((unit) => `${unit}-1`)];
}

/** Up to three questions about the first events of the data. */
function suggestExpressions({ catalog }: Dataset, asOf: Period): string[] {
  const { events, keys } = catalog;
  const unit = (['month', 'week', 'day'] as const).find((each) => keys[each] > 0);
  if (unit === undefined) return events.slice(0, 1).map(({ event }) => ask(event, 'unique'));
  const period = Period.from(unit, asOf);
  const [first, second] = events.filter((history) => history.first !== undefined).map(({ event }) => event);
  if (first === undefined) return [];
  const examples = [ask(first, period), `${ask(first, period)} & ~${ask(first, period.prev())}`];
  if (second !== undefined) examples.push(`${ask(first, period)} & ${ask(second, period)}`);
  return examples;
}

function ask(event: string, period: Period | 'unique'): string {
  return formatQuery({ op: 'event', event, period });
}
