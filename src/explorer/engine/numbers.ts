/** Numbers for people. */

const grouping = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function grouped(value: number): string {
  return grouping.format(value);
}

/** A noun after a number: 1 `event`, 2 `events`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}

/** `12.4K` where room is short. */
export function shortened(value: number): string {
  return compact.format(value);
}

/** Bytes in the unit that fits. */
export function byteSize(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  const unit = power === 0 ? plural(bytes, 'byte') : UNITS[power];
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${unit}`;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB'];

export function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
