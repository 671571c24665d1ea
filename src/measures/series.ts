import { formatQuery } from '../events/query.js';
import { periodLabel, preposition } from '../tables/labels.js';
import { groupDigits } from '../tables/numbers.js';
import { type Cell, cellValue, type Row } from '../tables/table.js';
import { instantText } from '../time/moment.js';
import { Period } from '../time/period.js';
import type { Measure } from './measure.js';
import { peopleOfText } from './people.js';
import { checkCells, MAX_COUNTED, type RangeArguments, rangeFields, readRange } from './range.js';
import { plainCount } from './rows.js';
import { stateOf } from './state.js';

/** What a series is made of. */
export interface SeriesArguments extends RangeArguments {
  /** Expression texts, a line each; `{period}` in them stands for the period of a number. */
  readonly expressions: readonly string[];
  /** Whether there is a line about as many periods before, for each. */
  readonly compare?: boolean | undefined;
  /** Whether the numbers are by how much more or fewer people they are than in the period before, in percent. */
  readonly growth?: boolean | undefined;
}

const MAX_LINES = 100;

/** How many people expressions describe, period by period. */
export const series: Measure<SeriesArguments> = {
  name: 'series',
  title: 'Series',
  help: 'how many people expressions describe, period by period',
  fields: [
    {
      kind: 'expressions',
      name: 'expressions',
      label: 'Expressions',
      each: 'Expression',
      help: 'what to count, a line each, such as "signup@{period} & ~pro@unique"',
      positional: true,
      least: 1,
      most: MAX_LINES,
    },
    ...rangeFields('Shown as'),
    {
      kind: 'flag',
      name: 'compare',
      label: 'Compare with the periods before',
      help: 'also a line about as many periods before, for each',
      group: 'Shown as',
      optional: true,
    },
    {
      kind: 'flag',
      name: 'growth',
      label: 'Growth',
      help: 'by how much more people they are than in the period before, in percent',
      group: 'Shown as',
      optional: true,
    },
  ],
  complete(args) {
    checkCells((args.expressions?.length ?? 1) * (args.compare ? 2 : 1), args.numResults ?? 0);
    return args;
  },
  ask(args, scope) {
    const { expressions, compare = false, growth = false } = args;
    const { unit, periods, current } = readRange(args, scope);
    checkCells(expressions.length * (compare ? 2 : 1), periods.length, MAX_COUNTED);
    const { timeZone, now } = scope;
    const size = periods.length;
    // What is looked at begins earlier than what is shown.
    const shown = (compare ? size : 0) + (growth ? 1 : 0);
    const looked = Period.range(periods[0]!.delta(-shown), periods.at(-1)!);
    const lines = expressions.map((text) => looked.map((period) => peopleOfText(scope, text, period)));
    return {
      sets: lines.flatMap((line) => line.map(({ set }) => set)),
      table({ sets }) {
        const counts = expressions.map((_, line) =>
          sets.slice(line * looked.length, (line + 1) * looked.length),
        );
        const cellOf = (line: number, at: number): Cell => {
          const count = counts[line]![at]!;
          const state = stateOf(looked[at]!, current);
          if (!growth) return { count, state, query: formatQuery(lines[line]![at]!.query) };
          const of = counts[line]![at - 1]!;
          return { count: count - of, of, state: of === 0 && state !== 'future' ? 'empty' : state };
        };
        const rowOf = (line: number, from: number, suffix: string): Row => ({
          key: `${expressions[line]}${suffix}`,
          label: `${labelOf(expressions[line]!)}${suffix}`,
          cells: periods.map((_, at) => cellOf(line, from + at)),
        });
        return {
          measure: 'series',
          title: expressions.map(labelOf).join(', '),
          subtitle: `${growth ? `more than ${preposition(unit)} the ${unit} before` : `per ${unit}`}${timeZone === 'UTC' ? '' : ` (${timeZone})`}`,
          layout: 'series',
          unit: growth ? 'percent' : 'people',
          rowHead: 'Expression',
          columnHead: 'Period',
          columns: periods.map((period) => ({
            key: period.toString(),
            label: periodLabel(period),
            period: period.toString(),
          })),
          rows: expressions.flatMap((_, line) => [
            rowOf(line, shown, ''),
            ...(compare ? [rowOf(line, shown - size, ', before')] : []),
          ]),
          notes: growth
            ? []
            : expressions.map((text, line) => sumNote(labelOf(text), counts[line]!, size, compare)),
          now: instantText(now, timeZone),
          timeZone,
        };
      },
    };
  },
  rows: {
    layout: 'series',
    of: ({ unit, columns, rows }) =>
      columns.map(({ period }, at) => {
        const cells = rows.map((row) => row.cells[at]!);
        if (unit !== 'percent') return { period, counts: cells.map(plainCount) };
        return { period, growth: cells.map((cell) => cellValue(cell, unit) ?? null) };
      }),
  },
};

/** An expression as a name: that it is asked of each period goes without saying. */
function labelOf(text: string): string {
  return text.replaceAll('@{period}', '');
}

/** What the numbers of a line add up to. */
function sumNote(label: string, counts: readonly number[], size: number, compare: boolean): string {
  const sum = (from: number): number =>
    counts.slice(from, from + size).reduce((total, count) => total + count, 0);
  const before = compare ? `, ${groupDigits(sum(0))} before` : '';
  return `${label}: ${groupDigits(sum(compare ? size : 0))} in sum${before}, people of each period by themselves`;
}
