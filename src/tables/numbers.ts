import type { Unit } from './table.js';

/**
 * A number with its thousands apart and at most one decimal.
 * @example
 * import { groupDigits } from 'bitmapist-wasm/report';
 * console.log(groupDigits(30_936.25)); // 30,936.3
 */
export const { format: groupDigits } = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/**
 * A cell's number for people: percent with one decimal if it tells something, people with thousands apart.
 * @example
 * import { formatValue } from 'bitmapist-wasm/report';
 * console.log(formatValue(12.34, 'percent'), formatValue(1200, 'people')); // 12.3% 1,200
 */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'people') return groupDigits(value);
  if (unit === 'ratio') return value.toFixed(2);
  if (value === 0 || value === 100) return `${value}%`;
  return value < 0.05 ? '<0.1%' : `${value.toFixed(1)}%`;
}

/**
 * Half to even, of the exact binary value, as Python's `round` does it.
 * @param value 0 or more
 * @param digits decimals to keep, 0 to 15
 */
export function roundHalfEven(value: number, digits: number): number {
  // `toFixed` looks at the exact binary value too, but sends exact halves up. A binary fraction lies exactly between
  // two decimals only if it is an odd multiple of 2^-(digits + 1).
  if ((value * 2 ** (digits + 1)) % 2 !== 1) return Number(value.toFixed(digits));
  const scale = 10 ** digits;
  const below = Math.floor(value * scale);
  return (below % 2 === 0 ? below : below + 1) / scale;
}
