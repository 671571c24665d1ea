import { max, sum } from 'd3-array';
import stringWidth from 'string-width';
import { printable } from '../base/errors.js';
import { formatValue } from '../tables/numbers.js';
import type { Table } from '../tables/table.js';
import { RUNNING_MARK } from '../tables/view.js';
import { type Bar, barsOf, classesOf } from './classes.js';
import { padEnd, padStart } from './padding.js';
import type { Paint } from './paint.js';

/** Bars beside their names: stacked in one line, what is below the line to its left, or a line per class. */
export function renderTextBars(table: Table, width: number, paint: Paint): string[] {
  const classes = classesOf(table);
  const rows = barsOf(table, classes);
  const all = rows.flat();
  const labels = table.rows.map(({ label }) => printable(label));
  const labelWidth = max(labels, (label) => stringWidth(label))!;
  const texts = table.stacked ? [] : all.map((bar) => textOf(bar, table));
  const room = Math.max(10, width - labelWidth - 4 - (max(texts, ({ length }) => length) ?? 0));
  const most = max(all, ({ from, to }) => Math.max(from, to, 0)) ?? 0;
  const least = max(all, ({ from, to }) => -Math.min(from, to, 0)) ?? 0;
  const scale = room / (most + least || 1);
  const left = Math.round(least * scale);
  const draw = (bars: readonly Bar[]): string => bars.map((bar) => blocks(bar, scale, paint)).join('');
  const line = (label: string, bars: readonly Bar[], text: string): string => {
    const below = bars.filter(({ to }) => to < 0).reverse();
    const above = bars.filter(({ to }) => to > 0);
    const gap = left - sum(below, (bar) => lengthOf(bar, scale));
    return `${padEnd(label, labelWidth)}  ${' '.repeat(Math.max(0, gap))}${draw(below)}│${draw(above)} ${text}`.trimEnd();
  };
  const lines = rows.flatMap((bars, row) => {
    if (table.stacked || bars.length === 0) return [line(labels[row]!, bars, '')];
    return bars.map((bar, index) => line(index === 0 ? labels[row]! : '', [bar], textOf(bar, table)));
  });
  const keys = classes.map(({ label, color }) => `${paint.line('█', color)} ${label}`);
  return classes.length > 1 ? [...lines, padStart('', labelWidth + 2) + keys.join('  ')] : lines;
}

function lengthOf({ from, to }: Bar, scale: number): number {
  return Math.abs(Math.round(to * scale) - Math.round(from * scale));
}

/** What has not ended is pale. */
function blocks(bar: Bar, scale: number, paint: Paint): string {
  return paint.line((bar.isRunning ? '░' : '█').repeat(lengthOf(bar, scale)), bar.class.color);
}

function textOf({ value, isRunning }: Bar, { unit }: Table): string {
  return `${formatValue(value, unit)}${isRunning ? RUNNING_MARK : ''}`;
}
