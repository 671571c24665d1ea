import { Period } from '../../index.js';
import { periodLabel, toCsv } from '../../report.js';
import { type ChosenDataset, periodsBetween } from './chosen.js';
import type { TrendAsk, TrendView } from './protocol.js';

/** How many ids did an event, period by period. */
export async function answerTrend(
  { bitmapist, days, asOf }: ChosenDataset,
  ask: TrendAsk,
): Promise<TrendView> {
  const started = performance.now();
  const first = ask.from ? Period.from('day', ask.from) : days?.first;
  const last = ask.to ? Period.from('day', ask.to) : days?.last;
  const periods = first && last ? periodsBetween(ask.unit, first, last) : [];
  const series: { event: string | undefined; counts: number[] }[] = [];
  for (const event of ask.events) {
    const counts: number[] = [];
    for (const period of periods) counts.push(await bitmapist.events(event, ask.unit, period).count());
    series.push({ event, counts });
  }
  if (ask.any && ask.events.length > 1) {
    const counts: number[] = [];
    for (const period of periods) {
      const [head, ...others] = ask.events.map((event) => bitmapist.events(event, ask.unit, period));
      counts.push(await head!.or(...others).count());
    }
    series.push({ event: undefined, counts });
  }
  const end = periods.at(-1)?.end().epochMilliseconds ?? 0;
  return {
    isUnfinished: end > asOf.end().epochMilliseconds,
    periods: periods.map((period) => ({ period: period.toString(), label: periodLabel(period) })),
    series,
    milliseconds: performance.now() - started,
  };
}

/** The same as CSV. */
export async function printTrend(chosen: ChosenDataset, ask: TrendAsk): Promise<string> {
  const { periods, series } = await answerTrend(chosen, ask);
  const header = ['period', ...series.map(({ event }) => event ?? 'any')];
  const lines = periods.map(({ period }, index) => [period, ...series.map(({ counts }) => counts[index]!)]);
  return toCsv([header, ...lines]);
}
