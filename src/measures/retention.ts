import { describe } from '../base/errors.js';
import { combine, type Expression } from '../engine/expression.js';
import { averageRow } from '../tables/average.js';
import { cohortLabel, laterLabel, periodLabel, preposition } from '../tables/labels.js';
import { groupDigits } from '../tables/numbers.js';
import type { Cell, CellState, Column, Row, Table } from '../tables/table.js';
import { instantText } from '../time/moment.js';
import { Period } from '../time/period.js';
import {
  type Entry,
  type EntryArguments,
  entriesOf,
  entryFields,
  entryTitle,
  looksAtEntries,
} from './entries.js';
import type { Field } from './field.js';
import type { Counts, Measure, MeasureScope } from './measure.js';
import { MAX_NAMED } from './people.js';
import {
  checkCells,
  checkCount,
  DEFAULT_PERIODS,
  MAX_COUNTED,
  MAX_PERIODS,
  type RangeArguments,
  rangeFields,
  readRange,
  unitOf,
} from './range.js';
import {
  columnsOf,
  type ReturnArguments,
  type ReturnColumn,
  type Returns,
  readReturns,
  returnFields,
  returnsOf,
} from './returns.js';

/** What a retention table is made of. */
export interface RetentionArguments extends EntryArguments, ReturnArguments, RangeArguments {
  /** What a share is of: the cohort (`total`, the default) or the cell before (`previous`). */
  readonly reference?: 'total' | 'previous' | undefined;
  /** How finished cells are averaged: by the size of their cohorts (`weighted`, the default), or each alike (`simple`). */
  readonly average?: 'weighted' | 'simple' | undefined;
  /** The place of one column, from 0 on, to be shown as a line over the cohorts instead of the table. */
  readonly overTime?: number | undefined;
  /** What cells show: shares in percent (default), or how many. */
  readonly as?: 'percent' | 'counts' | undefined;
}

/** Who of those who did an event in a period came back, in whichever way that counts. */
export const retention: Measure<RetentionArguments> = {
  name: 'retention',
  title: 'Retention by mode',
  help: 'who of those who did an event in a period came back, and when',
  fields: makeFields(),
  complete(args) {
    const { timeGroup = 'days', numResults = DEFAULT_PERIODS, entry = 'every' } = args;
    const { mode, horizon, numOfRows } = readReturns(args);
    checkCells(numResults, columnsOf(args).length);
    return { ...args, ...readShown(args), entry, timeGroup, numResults, mode, horizon, numOfRows };
  },
  looksAt: looksAtEntries,
  ask(args, scope) {
    const { overTime } = readShown(args);
    const { periods, current } = readRange(args, scope);
    const columns = columnsOf(args);
    checkCells(periods.length, columns.length, MAX_COUNTED);
    if (overTime !== undefined) checkCount('overTime', overTime, 0, columns.length - 1);
    const entries = entriesOf(args, periods, scope);
    const returns = returnsOf(args, columns, periods, current, scope);
    const shown = overTime === undefined ? columns.map((_, at) => at) : neighbours(overTime, args);
    const { sets, pairs, countOf } = meetings(entries, returns, shown);
    return {
      sets,
      pairs,
      table(counts) {
        const rows = periods.map((period, row): Row => {
          const size = counts.sets[row]!;
          const { text, named } = entries[row]!;
          const cells: Cell[] = [];
          for (const column of shown) {
            const returned = returns.textOf(row, column);
            cells[column] = {
              count: countOf(counts, row, column),
              of: args.reference === 'previous' ? (cells[column - 1]?.count ?? size) : size,
              state: stateOf(columns[column]!, period, current, size),
              query:
                text === undefined || returned === undefined || named + returned.named > MAX_NAMED
                  ? undefined
                  : `${text} & ${returned.text()}`,
            };
          }
          return {
            key: period.toString(),
            label: cohortLabel(period),
            period: period.toString(),
            size,
            cells,
          };
        });
        return overTime === undefined
          ? triangleOf(args, columns, rows, scope)
          : lineOf(args, columns, overTime, rows, scope);
      },
    };
  },
};

/** A share of the column before needs that one, too. */
function neighbours(column: number, { reference }: RetentionArguments): number[] {
  return reference === 'previous' && column > 0 ? [column - 1, column] : [column];
}

/** What is counted for the cells of some columns: the cohorts first, and then how many of each came back. */
interface Meetings {
  readonly sets: readonly Expression[];
  readonly pairs: readonly (readonly [entry: number, returned: number])[];
  /** The count of a cell; 0 if the time that it looks at has not begun. */
  countOf(counts: Counts, row: number, column: number): number;
}

/**
 * Who came back of what several cells look at is a pair: those are counted as a table. What one cell alone looks at is
 * counted as it is made, and cells from the last on, since sets that look as far as the end are made of each other in that
 * order: 1.2 to 1.3 times as fast as pairs alone on an AMD EPYC.
 */
function meetings(entries: readonly Entry[], returns: Returns, columns: readonly number[]): Meetings {
  const sets: Expression[] = entries.map(({ set }) => set);
  const pairs: (readonly [entry: number, returned: number])[] = [];
  const cells = new Map<Expression, number>();
  for (const row of entries.keys()) {
    for (const column of columns) {
      const set = returns.setOf(row, column);
      if (set !== undefined) cells.set(set, (cells.get(set) ?? 0) + 1);
    }
  }
  const places = new Map<Expression, number>();
  const counted: ((counts: Counts) => number)[][] = entries.map(() => []);
  for (const [row, { set: entry }] of entries.entries()) {
    for (const column of columns.toReversed()) {
      const set = returns.setOf(row, column);
      if (set === undefined) continue;
      if (cells.get(set) === 1 && set.kind !== 'bitmap') {
        const at = sets.push(combine('and', [entry, set])) - 1;
        counted[row]![column] = (counts) => counts.sets[at]!;
        continue;
      }
      let place = places.get(set);
      if (place === undefined) {
        place = sets.push(set) - 1;
        places.set(set, place);
      }
      const at = pairs.push([row, place]) - 1;
      counted[row]![column] = (counts) => counts.pairs[at]!;
    }
  }
  return { sets, pairs, countOf: (counts, row, column) => counted[row]![column]?.(counts) ?? 0 };
}

/**
 * Final once all is over that the cell looks at; what ends with the current period never is. A cohort that has somebody is
 * not empty, even if it had nobody in the cell before: how many they are is known then, of whom they are a share is not.
 */
function stateOf(
  { from, last }: ReturnColumn,
  period: Period,
  { number: now }: Period,
  size: number,
): CellState {
  if (period.number + from > now) return 'future';
  if (size === 0) return 'empty';
  return last !== undefined && period.number + last < now ? 'final' : 'running';
}

function triangleOf(
  args: RetentionArguments,
  columns: readonly ReturnColumn[],
  rows: readonly Row[],
  scope: MeasureScope,
): Table {
  const table: Table = {
    ...describeTable(args, rows, scope),
    layout: 'triangle',
    rowHead: 'Cohort',
    columnHead: `${unitOf(args.timeGroup)}s later`,
    columns: columns.map((column, place) => headOf(args, column, place)),
    rows,
  };
  const kind = readShown(args).average === 'simple' ? 'mean' : 'weighted';
  return { ...table, summary: averageRow(table, table.unit, kind) };
}

/** One column, from the first cohort to the last. */
function lineOf(
  args: RetentionArguments,
  columns: readonly ReturnColumn[],
  place: number,
  rows: readonly Row[],
  scope: MeasureScope,
): Table {
  const { key, label } = headOf(args, columns[place]!, place);
  return {
    ...describeTable(args, rows, scope),
    layout: 'series',
    rowHead: `${unitOf(args.timeGroup)}s later`,
    columnHead: 'Cohort',
    columns: rows.map((row) => ({
      key: row.key,
      label: periodLabel(Period.parse(row.key)),
      period: row.key,
    })),
    rows: [{ key, label, cells: rows.map(({ cells }) => cells[place]!) }],
  };
}

function headOf(args: RetentionArguments, { first, last, from }: ReturnColumn, place: number): Column {
  const unit = unitOf(args.timeGroup);
  const isRange = readReturns(args).mode === 'bracket' && last !== undefined && last > first;
  return {
    key: isRange ? `${first}-${last}` : `${from}`,
    label: isRange ? laterLabel(unit, first, last) : laterLabel(unit, from),
    ...((first !== place || last !== place) && { later: last === undefined ? [first] : [first, last] }),
  };
}

function describeTable(
  args: RetentionArguments,
  rows: readonly Row[],
  { now, timeZone }: MeasureScope,
): Pick<Table, 'measure' | 'title' | 'subtitle' | 'unit' | 'notes' | 'now' | 'timeZone'> {
  const { as, reference } = readShown(args);
  const size = rows.reduce((total, row) => total + row.size!, 0);
  const shares = reference === 'previous' ? ', relative to the column before' : '';
  const zone = timeZone === 'UTC' ? '' : ` (${timeZone})`;
  return {
    measure: 'retention',
    title: `${entryTitle(args)} → ${args.return}`,
    subtitle: `of each cohort who came back ${whenText(args)}${shares}${zone} · total size ${groupDigits(size)}`,
    unit: as === 'percent' ? 'percent' : 'people',
    notes: [],
    now: instantText(now, timeZone),
    timeZone,
  };
}

/** What counts as coming back, for people. */
function whenText(args: RetentionArguments): string {
  const { mode, horizon, numOfRows } = readReturns(args);
  const unit = unitOf(args.timeGroup);
  switch (mode) {
    case 'exact':
      return `${preposition(unit)} that ${unit}`;
    case 'on-or-after':
      return `${preposition(unit)} that ${unit} or later, up to ${horizon === 'now' ? 'now' : `${unit} ${numOfRows}`}`;
    case 'on-or-before':
      return `by that ${unit}`;
    case 'bracket':
      return `${preposition(unit)} any of those ${unit}s`;
    case 'streak':
      return `${preposition(unit)} every ${unit} up to that one`;
  }
}

/** @throws RangeError for what is unknown */
function readShown({
  reference = 'total',
  average = 'weighted',
  as = 'percent',
  overTime,
}: Partial<RetentionArguments>) {
  checkChoice('reference', reference, ['total', 'previous']);
  checkChoice('average', average, ['weighted', 'simple']);
  checkChoice('as', as, ['percent', 'counts']);
  return { reference, average, as, overTime };
}

function checkChoice(name: string, choice: string, choices: readonly [string, string]): void {
  if (choices.includes(choice)) return;
  throw new RangeError(`expected ${name} to be ${choices.join(' or ')}, got ${describe(choice)}`);
}

function makeFields(): Field<keyof RetentionArguments>[] {
  const group = 'Shown as';
  const shown = { group, optional: true } as const;
  return [
    ...entryFields('People who did'),
    ...returnFields('And came back to'),
    ...rangeFields(group),
    {
      ...shown,
      kind: 'choice',
      name: 'as',
      label: 'Cells',
      help: 'what cells show: shares in percent, or how many',
      default: 'percent',
      choices: { percent: 'percent', counts: 'counts' },
    },
    {
      ...shown,
      kind: 'choice',
      name: 'reference',
      label: 'Shares of',
      help: 'what a share is of: the cohort in total, or the cell before',
      default: 'total',
      choices: { total: 'the cohort', previous: 'the cell before' },
    },
    {
      ...shown,
      kind: 'choice',
      name: 'average',
      label: 'Average',
      help: 'how finished cells are averaged: by the size of their cohorts, or each alike',
      default: 'weighted',
      choices: { weighted: 'weighted', simple: 'simple' },
    },
    {
      ...shown,
      kind: 'number',
      name: 'overTime',
      label: 'Over time',
      help: 'the place of one column, from 0 on, to be shown as a line over the cohorts (default: the table)',
      least: 0,
      most: MAX_PERIODS,
    },
  ];
}
