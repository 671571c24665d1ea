import fc from 'fast-check';
import { type Clock, type Mark, periodAt, type TimeGroup, textOf } from './sets.js';

/** Marks of a few people around the edges of a calendar, so that sets intersect, and when they are asked about. */
export interface Case {
  readonly marks: readonly Mark[];
  readonly clock: Clock;
  readonly timeGroup: TimeGroup;
  /** Text of a period not far from the marks. */
  readonly startDate: string;
  readonly numResults: number;
}

export const EVENTS = ['a', 'b', 'c'] as const;

/** A segment of whoever did one of two events. */
export const SEGMENT = 'ab';
export const DEFINITION = 'a@{period} | b@{period}';

/** To the plain sets, a segment is an event that happens whenever its events do. */
export function withSegment(marks: readonly Mark[]): Mark[] {
  return marks.flatMap((mark) => (mark.event === 'c' ? [mark] : [mark, { ...mark, event: SEGMENT }]));
}

const HOUR = 3_600_000;

/** About how long a period is: marks lie that far apart, give or take some hours. */
const HOURS: Readonly<Record<TimeGroup, number>> = {
  hours: 1,
  days: 24,
  weeks: 168,
  months: 730.5,
  quarters: 2191.5,
  years: 8766,
};

const EDGES = [
  '2025-01-01T00:00:00Z', // a year's edge in the middle of the week 2025-W01
  '2021-01-03T23:00:00Z', // the last hour of 2020-W53
  '2024-02-29T12:00:00Z',
  '2026-03-08T07:00:00Z', // New York skips an hour
  '2026-10-25T01:00:00Z', // Berlin has an hour twice
  '2026-04-04T14:00:00Z', // Lord Howe has half an hour twice
  '2011-12-30T10:00:00Z', // Samoa skips a day
].map((text) => Date.parse(text));

const ZONES = [
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const;

/** Some ids are far from the others, in another container of a bitmap. */
const ids = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(127, 128, 70_000) },
);

export function caseArbitrary(groups: readonly TimeGroup[]): fc.Arbitrary<Case> {
  return fc
    .record({
      timeGroup: fc.constantFrom(...groups),
      edge: fc.constantFrom(...EDGES),
      timeZone: fc.constantFrom(...ZONES),
      // Periods from the edge, and hours from there.
      marks: fc.array(fc.tuple(fc.constantFrom('a', 'a', 'b', 'b', 'c'), ids, steps(-6, 6), steps(-3, 3)), {
        maxLength: 40,
      }),
      now: fc.tuple(steps(-2, 8), steps(-3, 3)),
      start: steps(-5, 2),
      numResults: fc.integer({ min: 1, max: 6 }),
    })
    .map(({ timeGroup, edge, timeZone, marks, now, start, numResults }) => {
      const at = (periods: number, hours = 0): number => edge + (periods * HOURS[timeGroup] + hours) * HOUR;
      return {
        marks: marks.map(([event, id, periods, hours]) => ({ event, id, at: at(periods, hours) })),
        clock: { timeZone, now: at(...now) },
        timeGroup,
        startDate: textOf(timeGroup, periodAt(timeGroup, at(start), timeZone)),
        numResults,
      };
    });
}

function steps(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min, max });
}
