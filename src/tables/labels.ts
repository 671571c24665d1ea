import type { Period, PeriodUnit } from '../time/period.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** From that of 1 January 1970 on, the day of number 0. */
const WEEKDAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];

/**
 * A period for people: `2026`, `Nov 2026`, `2026-W47 · 16 Nov`, `2026-11-22`, `2026-11-22T13`.
 * @example
 * import { Period } from 'bitmapist-wasm';
 * import { periodLabel } from 'bitmapist-wasm/report';
 * console.log(periodLabel(Period.parse('2026-W47'))); // 2026-W47 · 16 Nov
 */
export function periodLabel(period: Period): string {
  const text = period.toString();
  if (period.unit === 'month') return `${MONTHS[period.month - 1]} ${text.slice(0, 4)}`;
  return period.unit === 'week' ? `${text} · ${period.day} ${MONTHS[period.month - 1]}` : text;
}

/** As `periodLabel`, of the period in which a cohort began: a day says which of the week it is, `2026-11-22 · Sun`. */
export function cohortLabel(period: Period): string {
  if (period.unit !== 'day') return periodLabel(period);
  return `${period} · ${WEEKDAYS[((period.number % 7) + 7) % 7]}`;
}

/** How long after its cohort a column looks, from a period to another: `Month 1`, `Day 2–4`. */
export function laterLabel(unit: PeriodUnit, first: number, last = first): string {
  const name = `${unit[0]!.toUpperCase()}${unit.slice(1)} ${first}`;
  return last === first ? name : `${name}–${last}`;
}

/** What goes before a period of a unit in a sentence: on a day, in any other. */
export function preposition(unit: PeriodUnit): 'on' | 'in' {
  return unit === 'day' ? 'on' : 'in';
}
