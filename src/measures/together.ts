import type { Ask, Counts } from './measure.js';

/** Several asks as one: what they need in common is counted once. */
export function together<Answer>(asks: readonly Ask<Answer>[]): Ask<Answer[]> {
  const starts = startsOf(asks.map(({ sets }) => sets.length));
  const pairStarts = startsOf(asks.map(({ pairs = [] }) => pairs.length));
  return {
    sets: asks.flatMap(({ sets }) => sets),
    pairs: asks.flatMap(({ pairs = [] }, at) =>
      pairs.map(([a, b]) => [a + starts[at]!, b + starts[at]!] as const),
    ),
    table: ({ sets, pairs }: Counts) =>
      asks.map((ask, at) =>
        ask.table({
          sets: sets.slice(starts[at], starts[at + 1]),
          pairs: pairs.slice(pairStarts[at], pairStarts[at + 1]),
        }),
      ),
  };
}

/** Where each begins, one after the other, and where the last ends. */
function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push(starts.at(-1)! + length);
  return starts;
}
