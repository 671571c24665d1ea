import { plural } from '../base/errors.js';
import { combine, type Expression } from '../engine/expression.js';
import { formatQuery, type QueryNode } from '../events/query.js';
import { periodLabel, preposition } from '../tables/labels.js';
import type { Cell, CellState, Row, Table } from '../tables/table.js';
import { instantText } from '../time/moment.js';
import type { Ask, MeasureScope } from './measure.js';
import { type Path, pathQuery, pathQueryOfAll, reach } from './path.js';
import type { Range } from './range.js';
import { stateOf } from './state.js';

/** The tables of a funnel: who reached each step, and after how long. */

/** Longer texts of who is in a cell than so many events serve nobody; those of all cells are to fit a page. */
const MAX_EVENTS = 100;
const MAX_EVENTS_OF_ALL = 100_000;

/** How many reached each step, of all who entered and of those of each period. */
export function askSteps(path: Path, range: Range, scope: MeasureScope): Ask {
  const { steps, window } = path;
  const { periods } = range;
  const entries = reach(scope, path, periods).map((bySteps) => bySteps.map((byDelay) => byDelay[window]!));
  const all = steps.map((_, step) => unionOf(entries.map((bySteps) => bySteps[step])));
  const statesOf = (step: number) => periods.map((_, entry) => stateWithin(range, entry, step && window));
  const most = mostEvents((periods.length + 1) * steps.length);
  return {
    sets: [...all, ...entries.flat()],
    table(counts) {
      const rowOf = (row: number, cellOf: (step: number) => Omit<Cell, 'count' | 'of'>) => {
        const [size, ...others] = counts.sets.slice(row * steps.length, (row + 1) * steps.length);
        const cells = [size!, ...others].map((count, step) => shareOf(count, size!, cellOf(step)));
        return { size: size!, cells };
      };
      const entryRows = periods.map(
        (period, entry): Row => ({
          key: period.toString(),
          label: periodLabel(period),
          period: period.toString(),
          ...rowOf(entry + 1, (step) => ({
            state: statesOf(step)[entry]!,
            query: textOf(pathQuery(scope, path, period, step, window, most)),
          })),
        }),
      );
      const total: Row = {
        key: 'all',
        label: 'All',
        ...rowOf(0, (step) => ({
          state: stateOfAll(statesOf(step)),
          query: textOf(pathQueryOfAll(scope, path, periods, step, window, most)),
        })),
      };
      return {
        ...describeFunnel('of those who took the first step who reached the others', path, range, scope),
        layout: 'steps',
        unit: 'percent',
        rowHead: 'Entered',
        columnHead: 'Step',
        columns: steps.map((name, step) => ({ key: `${step + 1}`, label: name })),
        rows: [total, ...entryRows],
      };
    },
  };
}

/** How many periods those who reached a step took for it: of several entries of a person, the fastest one counts. */
export function askTimes(path: Path, range: Range, scope: MeasureScope): Ask {
  const { steps, window } = path;
  const { periods, unit, current } = range;
  const entries = reach(scope, path, periods);
  const later = steps.slice(1);
  const delays = Array.from({ length: window + 1 }, (_, delay) => delay);
  // Too early, with steps in later periods alone, there is nobody, and nothing to count.
  const sets: Expression[] = [];
  const places = later.map((_, at) =>
    delays.map((delay) => {
      const by = entries.map((bySteps) => bySteps[at + 1]![delay]);
      return by[0] === undefined ? undefined : sets.push(unionOf(by)) - 1;
    }),
  );
  const states = delays.map((delay) =>
    stateOfAll(periods.map((period) => stateOf(period.delta(delay), current))),
  );
  const most = mostEvents(later.length * delays.length);
  const name = unit[0]!.toUpperCase() + unit.slice(1);
  return {
    sets,
    table(counts) {
      const countBy = (at: number, delay: number) => counts.sets[places[at]![delay] ?? -1] ?? 0;
      const queryBy = (at: number, delay: number) =>
        pathQueryOfAll(scope, path, periods, at + 1, delay, most);
      return {
        ...describeFunnel('who reached a step, by how long they took', path, range, scope),
        layout: 'bars',
        unit: 'people',
        rowHead: 'Step',
        columnHead: `${unit}s after the first step`,
        columns: delays.map((delay) => ({ key: `${delay}`, label: `${name} ${delay}` })),
        rows: later.map((event, at): Row => {
          const size = countBy(at, window);
          const cells = delays.map((delay) => {
            const query = queryWithout(queryBy(at, delay), delay > 0 ? queryBy(at, delay - 1) : undefined);
            const count = countBy(at, delay) - countBy(at, delay - 1);
            return shareOf(count, size, { state: states[delay]!, query: textOf(query) });
          });
          return { key: `${at + 2}`, label: event, size, cells };
        }),
      };
    },
  };
}

/** What both tables have in common. */
function describeFunnel(
  what: string,
  { steps, window, isLater }: Path,
  { unit }: Range,
  { now, timeZone }: MeasureScope,
): Pick<Table, 'measure' | 'title' | 'subtitle' | 'notes' | 'now' | 'timeZone'> {
  const within =
    window === 0
      ? `${preposition(unit)} the ${unit} of the first`
      : `within ${window} ${plural(window, unit)} of the first`;
  const order = isLater ? `each in a later ${unit}` : `in any order within a ${unit}`;
  const zone = timeZone === 'UTC' ? '' : ` (${timeZone})`;
  return {
    measure: 'funnel',
    title: steps.join(' → '),
    subtitle: `${what}, ${within}, ${order}${zone}`,
    notes: [],
    now: instantText(now, timeZone),
    timeZone,
  };
}

/** Those of any entry. */
function unionOf(sets: readonly (Expression | undefined)[]): Expression {
  return combine('or', sets as readonly Expression[]);
}

function shareOf(count: number, of: number, { state, query }: Omit<Cell, 'count' | 'of'>): Cell {
  return { count, of, state: of === 0 && state !== 'future' ? 'empty' : state, query };
}

/** How far the number of those who enter in a period, and have so many more for the next steps, can be relied on. */
function stateWithin({ periods, states, current }: Range, entry: number, delay: number): CellState {
  if (delay === 0 || states[entry] === 'future') return states[entry]!;
  return stateOf(periods[entry]!.delta(delay), current) === 'final' ? 'final' : 'running';
}

/** Of a number about several of them. */
function stateOfAll(states: readonly CellState[]): CellState {
  return states.every((state) => state === states[0]) ? states[0]! : 'running';
}

function mostEvents(cells: number): number {
  return Math.min(MAX_EVENTS, Math.floor(MAX_EVENTS_OF_ALL / cells));
}

function queryWithout(query: QueryNode | undefined, earlier: QueryNode | undefined): QueryNode | undefined {
  return query && earlier ? { op: 'and', of: [query, { op: 'not', of: earlier }] } : query;
}

function textOf(query: QueryNode | undefined): string | undefined {
  return query && formatQuery(query);
}
