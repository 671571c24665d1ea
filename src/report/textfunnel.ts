import { max } from 'd3-array';
import stringWidth from 'string-width';
import { printable } from '../base/errors.js';
import { formatValue, groupDigits } from '../tables/numbers.js';
import { stepRates } from '../tables/steps.js';
import type { Table } from '../tables/table.js';
import { RUNNING_MARK } from '../tables/view.js';
import { padEnd } from './padding.js';
import type { Paint } from './paint.js';

/** A funnel: a bar per step, of everybody, with its part of those who began and of those at the step before. */
export function renderTextFunnel(table: Table, width: number, paint: Paint): string[] {
  const steps = stepRates(table);
  const labels = steps.map(({ label }, index) => `${index + 1}. ${printable(label)}`);
  const labelWidth = max(labels, (label) => stringWidth(label))!;
  const figures = steps.map(({ count, ofFirst, ofBefore, isRunning }, index) => {
    const before = index === 0 ? '' : ` (${percentOf(ofBefore)} of the step before)`;
    return `${groupDigits(count)}${isRunning ? RUNNING_MARK : ''} · ${percentOf(ofFirst)}${before}`;
  });
  const room = Math.max(10, width - labelWidth - max(figures, ({ length }) => length)! - 4);
  return steps.map(({ ofFirst = 0, isRunning }, index) => {
    const bar = (isRunning ? '░' : '█').repeat(Math.round((room * Math.min(100, ofFirst)) / 100));
    return `${padEnd(labels[index]!, labelWidth)}  ${paint.line(bar, 0)} ${figures[index]}`;
  });
}

function percentOf(rate: number | undefined): string {
  return rate === undefined ? '–' : formatValue(rate, 'percent');
}
