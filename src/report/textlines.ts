import { max } from 'd3-array';
import stringWidth from 'string-width';
import { printable } from '../base/errors.js';
import { formatValue } from '../tables/numbers.js';
import { cellValue, type Table } from '../tables/table.js';
import { RUNNING_MARK } from '../tables/view.js';
import { padEnd } from './padding.js';
import type { Paint } from './paint.js';

const LEVELS = [...'▁▂▃▄▅▆▇█'];

/** Lines over time as a row of blocks each, all on one scale, the last columns if not all have room, and the last number. */
export function renderTextLines(table: Table, width: number, paint: Paint): string[] {
  const { rows, columns, unit } = table;
  const values = rows.map(({ cells }) => cells.map((cell) => cellValue(cell, unit)));
  const highest = max(values.flat(), (value) => value ?? 0) || 1;
  const labels = rows.map(({ label }) => printable(label));
  const labelWidth = max(labels, (label) => stringWidth(label))!;
  const ends = values.map((line, row) => {
    const last = line.findLastIndex((value) => value !== undefined);
    if (last === -1) return '';
    const mark = rows[row]!.cells[last]!.state === 'running' ? RUNNING_MARK : '';
    return `${formatValue(line[last]!, unit)}${mark}`;
  });
  const room = Math.max(8, width - labelWidth - max(ends, ({ length }) => length)! - 4);
  const first = Math.max(0, columns.length - room);
  return rows.map((_, row) => {
    const blocks = values[row]!.slice(first).map((value) => {
      if (value === undefined) return ' ';
      return LEVELS[Math.max(0, Math.round((value / highest) * (LEVELS.length - 1)))]!;
    });
    return `${padEnd(labels[row]!, labelWidth)}  ${paint.line(blocks.join('').trimEnd(), row)}  ${ends[row]}`.trimEnd();
  });
}
