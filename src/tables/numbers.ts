import type { Unit } from './table.js';

/**
 * A number with its thousands apart and at most one decimal.
 * @example
 * import { groupDigits } from 'bitmapist-wasm/report';
 * console.log(groupDigits(30_936.25)); // 30,936.3
 */
export function groupDigits(value: number): string {
  if (Number.isSafeInteger(value)) return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
  grouping ??= new Intl.NumberFormat('en', { maximumFractionDigits: 1, signDisplay: 'negative' });
  return grouping.format(value);
}

// Made when they are first needed: the first one of a process takes some 10 ms, and a table of whole numbers does without.
let grouping: Intl.NumberFormat | undefined;
let ratios: Intl.NumberFormat | undefined;

function formatRatio(value: number): string {
  ratios ??= new Intl.NumberFormat('en', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: 'negative',
  });
  return ratios.format(value);
}

/**
 * A cell's number for people: percent with one decimal if it tells something, people with thousands apart. What is nearly
 * nothing but not 0 says so on its own side of it: `<0.1%`, `>-0.1%`.
 * @example
 * import { formatValue } from 'bitmapist-wasm/report';
 * console.log(formatValue(12.34, 'percent'), formatValue(1200, 'people')); // 12.3% 1,200
 */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'people') return groupDigits(value);
  if (unit === 'ratio') return formatRatio(value);
  const distance = Math.abs(value);
  if (distance === 0 || distance === 100) return `${groupDigits(value)}%`;
  if (distance < 0.05) return value < 0 ? '>-0.1%' : '<0.1%';
  return distance < 1000 ? `${value.toFixed(1)}%` : `${groupDigits(Math.round(value))}%`;
}

/**
 * Half to even, of the exact binary value, as Python's `round` does it.
 * @param digits decimals to keep, 0 to 15
 */
export function roundHalfEven(value: number, digits: number): number {
  if (value < 0) return 0 - roundHalfEven(-value, digits);
  // `toFixed` looks at the exact binary value too, but sends exact halves up. A binary fraction lies exactly between
  // two decimals only if it is an odd multiple of 2^-(digits + 1).
  if ((value * 2 ** (digits + 1)) % 2 !== 1) return Number(value.toFixed(digits));
  const scale = 10 ** digits;
  const below = Math.floor(value * scale);
  return (below % 2 === 0 ? below : below + 1) / scale;
}
