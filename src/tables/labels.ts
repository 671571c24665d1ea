import type { Period } from '../time/period.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

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
