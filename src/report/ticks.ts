import { max, pairs, range } from 'd3-array';
import type { Period, PeriodUnit } from '../time/period.js';
import { CHARACTER } from './picture.js';

/** A label of an axis: which of the columns or rows it belongs to, and what stands below it, if that changes there. */
export interface Tick {
  readonly index: number;
  readonly label: string;
  readonly under: string;
}

/**
 * Labels of an axis of periods: at Mondays, first days of months or years, or hours that divide a day; as many as have room
 * beside each other.
 * @param step pixels from one period to the next
 */
export function periodTicks(periods: readonly Period[], step: number): Tick[] {
  const [first] = periods;
  if (first === undefined) return [];
  const rhythms = RHYTHMS[first.unit];
  for (const [isTick, labelOf] of rhythms) {
    const found = periods.flatMap((period, index) =>
      isTick(period) ? [{ index, ...split(labelOf(period)) }] : [],
    );
    const isEnough = found.length > 1 || periods.length === found.length;
    if (isEnough && fits(found, step)) return withoutRepeats(found);
  }
  const [, labelOf] = rhythms[0]!;
  const labels = periods.map((period) => split(labelOf(period)));
  const shown = labelTicks(
    labels.map(({ label }) => label),
    step,
  );
  return withoutRepeats(shown.map(({ index }) => ({ index, ...labels[index]! })));
}

/** Labels of an axis of anything else: every one, or every so many. */
export function labelTicks(labels: readonly string[], step: number): Tick[] {
  const widest = max(labels, ({ length }) => length) ?? 0;
  const apart = Math.max(1, Math.ceil((widest * CHARACTER + GAP) / step));
  return range(0, labels.length, apart).map((index) => ({ index, label: labels[index]!, under: '' }));
}

const GAP = 12;
/** More labels than this are no help. */
const MOST = 13;

type Rhythm = readonly [isTick: (period: Period) => boolean, labelOf: (period: Period) => string];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const hourText = (period: Period): string =>
  `${`${period.hour}`.padStart(2, '0')}:00|${period.day} ${monthOf(period)}`;
const dayText = (period: Period): string => `${period.day} ${monthOf(period)}|${yearOf(period)}`;
const monthText = (period: Period): string => `${monthOf(period)}|${yearOf(period)}`;
const yearText = (period: Period): string => `${yearOf(period)}`;
const quarterText = (period: Period): string => `Q${(period.month + 2) / 3}|${yearOf(period)}`;

const isMidnight = ({ hour }: Period): boolean => hour === 0;
/** 1970 began with a Thursday. */
const isMonday = (period: Period): boolean => isMidnight(period) && (period.startHour / 24 + 3) % 7 === 0;
/** Of weeks, the first that begins in a month. */
const isMonthStart = (period: Period): boolean =>
  isMidnight(period) && (period.unit === 'week' ? period.day <= 7 : period.day === 1);
const isEveryMonth =
  (months: number) =>
  (period: Period): boolean =>
    isMonthStart(period) && period.month % months === 1 % months;
const isEveryYear =
  (years: number) =>
  (period: Period): boolean =>
    isMonthStart(period) && period.month === 1 && yearOf(period) % years === 0;

const YEARS: readonly Rhythm[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((years) => [
  isEveryYear(years),
  yearText,
]);
const QUARTERS: readonly Rhythm[] = [3, 6].map((months) => [isEveryMonth(months), monthText]);
const DAYS: readonly Rhythm[] = [
  [isMidnight, dayText],
  [isMonday, dayText],
  [isMonthStart, monthText],
  ...QUARTERS,
  ...YEARS,
];

/** From the most labels to the fewest. */
const RHYTHMS: Record<PeriodUnit, readonly Rhythm[]> = {
  hour: [...[1, 3, 6, 12].map((hours): Rhythm => [({ hour }) => hour % hours === 0, hourText]), ...DAYS],
  day: DAYS,
  week: [[isMidnight, dayText], [isMonthStart, dayText], ...QUARTERS, ...YEARS],
  month: [[isMonthStart, monthText], ...QUARTERS, ...YEARS],
  quarter: [[isMonthStart, quarterText], ...YEARS],
  year: YEARS,
};

function monthOf({ month }: Period): string {
  return MONTHS[month - 1]!;
}

/** Of a week, the calendar year of its Monday. */
function yearOf(period: Period): number {
  return period.unit === 'week' && period.month === 12 && period.week === 1 ? period.year - 1 : period.year;
}

function split(text: string): Pick<Tick, 'label' | 'under'> {
  const [label = '', under = ''] = text.split('|');
  return { label, under };
}

function fits(ticks: readonly Tick[], step: number): boolean {
  if (ticks.length > MOST) return false;
  const widest = max(ticks, ({ label, under }) => Math.max(label.length, under.length)) ?? 0;
  return pairs(ticks).every(([a, b]) => (b.index - a.index) * step >= widest * CHARACTER + GAP);
}

function withoutRepeats(ticks: readonly Tick[]): Tick[] {
  return ticks.map((tick, at) => (tick.under === ticks[at - 1]?.under ? { ...tick, under: '' } : tick));
}
