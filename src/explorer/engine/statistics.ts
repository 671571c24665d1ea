import { type Bitmapist, Period, type PeriodUnit } from '../../index.js';
import { type ChosenDataset, periodsBetween } from './chosen.js';
import type { EventSpan } from './dataset.js';
import type { EventStatistics } from './protocol.js';

/** A sparkline has at most this many points. */
const SPARK_POINTS = 120;

/** How many ids events have, ever and over time. */
export async function answerStatistics(
  chosen: ChosenDataset,
  events: readonly string[],
): Promise<EventStatistics[]> {
  const { dataset, bitmapist } = chosen;
  const periods = sparkPeriods(chosen);
  const answers: EventStatistics[] = [];
  for (const event of events) {
    const span = dataset.events.get(event);
    if (span === undefined) continue;
    const spark: number[] = [];
    for (const period of periods) spark.push(await bitmapist.events(event, period.unit, period).count());
    answers.push({
      event,
      ids: await countEver(bitmapist, event, span, dataset.units),
      first: span.first?.toString(),
      last: span.last?.toString(),
      hasFlag: span.hasFlag,
      spark,
    });
  }
  return answers;
}

/** The same periods for every event: finished ones of the finest unit there is that gives a line of a bearable length. */
function sparkPeriods({ dataset, days, asOf }: ChosenDataset): Period[] {
  if (days === undefined) return [];
  const today = asOf.end().epochMilliseconds;
  const units = (['day', 'week', 'month'] as const).filter((unit) => dataset.units.has(unit));
  for (const unit of units) {
    const periods = periodsBetween(unit, days.first, days.last);
    if (periods.length > SPARK_POINTS && unit !== units.at(-1)) continue;
    // A period that is not over would look like a collapse.
    const finished = periods.filter((period) => period.end().epochMilliseconds <= today);
    return finished.length > 0 ? finished : periods;
  }
  return [];
}

/** Ids of all periods together, of the unit with the fewest keys. */
async function countEver(
  bitmapist: Bitmapist,
  event: string,
  { first, last }: EventSpan,
  units: ReadonlySet<PeriodUnit>,
): Promise<number> {
  if (first === undefined || last === undefined) return bitmapist.unique(event).count();
  const unit = (['month', 'week', 'day', 'hour'] as const).find((each) => units.has(each))!;
  const periods = periodsBetween(unit, Period.of('day', first.start()), Period.of('day', last.end()));
  const [head, ...others] = periods.map((period) => bitmapist.events(event, unit, period));
  return head!.or(...others).count();
}
