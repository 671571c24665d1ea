import type { Period } from '../../index.js';
import { type ChosenDataset, periodsBetween } from './chosen.js';
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
    const history = dataset.catalog.get(event);
    if (history === undefined) continue;
    const spark: number[] = [];
    for (const period of periods) spark.push(await bitmapist.events(event, period.unit, period).count());
    answers.push({
      event,
      ids: await history.everybody().count(),
      first: history.first?.toString(),
      last: history.last?.toString(),
      hasFlag: history.keys.unique > 0,
      spark,
    });
  }
  return answers;
}

/** The same periods for every event: finished ones of the finest unit there is that gives a line of a bearable length. */
function sparkPeriods({ dataset, days, asOf }: ChosenDataset): Period[] {
  if (days === undefined) return [];
  const today = asOf.end().epochMilliseconds;
  const { keys } = dataset.catalog;
  const units = (['day', 'week', 'month'] as const).filter((unit) => keys[unit] > 0);
  for (const unit of units) {
    const periods = periodsBetween(unit, days.first, days.last);
    if (periods.length > SPARK_POINTS && unit !== units.at(-1)) continue;
    // A period that is not over would look like a collapse.
    const finished = periods.filter((period) => period.end().epochMilliseconds <= today);
    return finished.length > 0 ? finished : periods;
  }
  return [];
}
