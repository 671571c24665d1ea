import type { ChosenDataset } from './chosen.js';
import type { EventStatistics } from './protocol.js';

/** How many ids events have, ever and over time: counted in one question. */
export async function answerStatistics(
  { dataset: { catalog }, bitmapist, sparkPeriods }: ChosenDataset,
  events: readonly string[],
): Promise<EventStatistics[]> {
  const histories = events.flatMap((event) => catalog.get(event) ?? []);
  const counts = await bitmapist.counts(
    histories.flatMap((history) => [
      history.everybody(),
      ...sparkPeriods.map((period) => bitmapist.events(history.event, period.unit, period)),
    ]),
  );
  const width = 1 + sparkPeriods.length;
  return histories.map(({ event, first, last, keys }, index) => {
    const [ids, ...spark] = counts.slice(index * width, (index + 1) * width);
    return {
      event,
      ids: ids!,
      first: first?.toString(),
      last: last?.toString(),
      hasFlag: keys.unique > 0,
      spark,
    };
  });
}
