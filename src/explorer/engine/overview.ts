import { type EventHistory, type EventSet, formatQuery, Period } from '../../index.js';
import type { ChosenDataset } from './chosen.js';
import type { ActiveView, Change, EventChange, OverviewAsk, OverviewView, SpanView } from './protocol.js';

/** What is shown first: who is active, and which events are strong or grow. All of it is counted in one question. */

/** "Anybody" is an OR over events, with some ten bitmaps each, so that there have to be bounds. */
export const MAX_EVENTS = 200;
/** Weeks have the same weekdays; of the longest of these that fits into the data twice, events are compared. */
const SPAN_DAYS = [28, 7, 1];
/** An event of fewer people than this share of the strongest one's grows by chance. */
const LEAST_SHARE = 0.01;

const UNITS = ['day', 'week', 'month'] as const;
type Unit = (typeof UNITS)[number];

/** From a period to another, both included. */
type Span = readonly [first: Period, last: Period];
/** A span, and the one that it is compared with. */
type Spans = readonly [now: Span, before: Span];

interface Days {
  readonly asOf: Period;
  readonly first: Period;
}

export async function answerOverview(
  { dataset: { catalog }, bitmapist, view }: ChosenDataset,
  { most }: OverviewAsk,
): Promise<OverviewView> {
  const asOf = Period.parse(view.asOf);
  const days = { asOf, first: view.firstDay === undefined ? asOf : Period.parse(view.firstDay) };
  const { keys } = catalog;
  const units = UNITS.filter((unit) => keys[unit] > 0);
  // A span of days is read from the fewest keys that hold it, of all units.
  const hasAll = units.length === UNITS.length;
  const active = units.map((unit) => ({ unit, spans: hasAll ? upTo(unit, asOf) : whole(unit, asOf, 0) }));
  const compared = hasAll
    ? chooseDays(days)
    : whole(units.includes('week') ? 'week' : (units[0] ?? 'day'), asOf, 1);
  const likely = likelyStrongest(catalog.events, [compared, ...active.map(({ spans }) => spans)]);
  const counted = likely.slice(0, MAX_EVENTS);
  const textOf = (event: string, [first, last]: Span): string =>
    formatQuery({ op: 'event', event, period: first.equals(last) ? first : { from: first, to: last } });
  const sets = counted.map(
    ({ event }) =>
      (span: Span): EventSet =>
        bitmapist.query(textOf(event, span)),
  );
  const anyOf = (span: Span): EventSet[] => {
    const [one, ...others] = sets.map((setIn) => setIn(span));
    return one === undefined ? [] : [one.or(...others)];
  };
  const asked = [
    ...active.flatMap(({ spans }) => spans.map(anyOf)),
    ...sets.flatMap((setIn) => compared.map((span) => [setIn(span)])),
  ];
  const counts = await bitmapist.counts(asked.flat());
  const changeAt = (index: number, [, [first]]: Spans): Change => ({
    people: counts[index * 2] ?? 0,
    // What was not recorded is no zero.
    before:
      first.start().epochMilliseconds < days.first.start().epochMilliseconds
        ? undefined
        : (counts[index * 2 + 1] ?? 0),
  });
  const changes = counted.map(({ event }, index) => ({
    event,
    ...changeAt(active.length + index, compared),
  }));
  const strongest = changes.filter(({ people }) => people > 0).sort((a, b) => b.people - a.people);
  return {
    active: active.map(
      ({ unit, spans }, index): ActiveView => ({
        unit,
        ...changeAt(index, spans),
        ...viewSpans(spans),
        query: counted.map(({ event }) => textOf(event, spans[0])).join(' | '),
      }),
    ),
    ...viewSpans(compared),
    strongest: strongest.slice(0, most),
    growing: growing(strongest).slice(0, most),
    countedEvents: counted.length,
    leftOutEvents: likely.length - counted.length,
  };
}

/** A period up to today, and as many days of the one before; of a day, the same weekday of the week before. */
function upTo(unit: Unit, asOf: Period): Spans {
  if (unit === 'day') return [spanOf(asOf), spanOf(asOf.delta(-7))];
  const period = Period.from(unit, asOf);
  const [first, firstBefore] = [period, period.prev()].map((each) => Period.from('day', each.start()));
  const lastBefore = Period.from('day', period.prev().end());
  const isOver = Period.from('day', period.end()).equals(asOf);
  const samePoint = firstBefore!.delta(Period.count(first!, asOf) - 1);
  // Months differ in length: a whole one is compared with a whole one, and day 31 with the last there is.
  const isWithin = !isOver && Period.compare(samePoint, lastBefore) < 0;
  return [
    [first!, asOf],
    [firstBefore!, isWithin ? samePoint : lastBefore],
  ];
}

/** If some units have no keys, there are whole periods: `back` before today's, and the one before that. */
function whole(unit: Unit, asOf: Period, back: number): Spans {
  const period = Period.from(unit, asOf).delta(-back);
  return [spanOf(period), spanOf(period.prev())];
}

function chooseDays({ asOf, first }: Days): Spans {
  const known = Math.max(1, Period.count(first, asOf));
  const length = SPAN_DAYS.find((days) => days * 2 <= known) ?? SPAN_DAYS[0]!;
  return [
    [asOf.delta(1 - length), asOf],
    [asOf.delta(1 - 2 * length), asOf.delta(-length)],
  ];
}

function spanOf(period: Period): Span {
  return [period, period];
}

/** Events that have something in any of the spans, those of the most periods first: keys tell, nothing is counted yet. */
function likelyStrongest(events: readonly EventHistory[], spans: readonly Spans[]): readonly EventHistory[] {
  const fromMs = Math.min(...spans.map(([, [first]]) => first.start().epochMilliseconds));
  return events
    .filter(({ last }) => last !== undefined && last.end().epochMilliseconds >= fromMs)
    .map((history) => ({ history, periods: periodsOf(history) }))
    .sort((a, b) => b.periods - a.periods)
    .map(({ history }) => history);
}

function periodsOf({ keys: { day, week, month } }: EventHistory): number {
  return day || week || month;
}

/** Those that have more people than before, by how many times as many; an event that is new comes first. */
function growing(strongest: readonly EventChange[]): EventChange[] {
  const least = (strongest[0]?.people ?? 0) * LEAST_SHARE;
  return strongest
    .filter(({ people, before }) => before !== undefined && people > before && people >= least)
    .map((change) => ({ change, ratio: change.people / change.before! }))
    .sort((a, b) => (a.ratio === b.ratio ? b.change.people - a.change.people : b.ratio - a.ratio))
    .map(({ change }) => change);
}

function viewSpans([now, before]: Spans): { readonly span: SpanView; readonly spanBefore: SpanView } {
  const view = ([first, last]: Span): SpanView => ({ first: first.toString(), last: last.toString() });
  return { span: view(now), spanBefore: view(before) };
}
