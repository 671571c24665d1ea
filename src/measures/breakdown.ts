import { describe } from '../base/errors.js';
import { combine } from '../engine/expression.js';
import { formatQuery, MAX_QUERY_EVENTS, parseQuery } from '../events/query.js';
import { checkEventName } from '../names/keys.js';
import type { Cell, Row, Table } from '../tables/table.js';
import type { Ask, MeasureScope } from './measure.js';
import { joinQueries, type People, peopleOf, peopleOfText } from './people.js';
import { MAX_COUNTED } from './range.js';
import { together } from './together.js';

/** Any question, asked of parts of the people: those who carry a flag, or are of a segment. */

/** More values than this nobody compares. */
export const MAX_VALUES = 100;

/**
 * What a question asks, of each of several groups of people.
 *
 * Nothing that measures count holds anybody whom none of their sets hold, so that whoever is counted of a group is counted
 * among the group alone: the final sets are narrowed, whatever they are made of.
 * @param by names of dateless flags or of segments, or expression texts
 * @throws RangeError for no value, more than 100, or more than 1,000,000 sets to count; SyntaxProblem for a text that is no expression
 */
export function breakDown(ask: Ask, by: readonly string[], scope: MeasureScope): Ask<readonly Table[]> {
  if (by.length === 0 || by.length > MAX_VALUES) {
    throw new RangeError(`expected 1 to ${MAX_VALUES} values to break down by, got ${describe(by.length)}`);
  }
  const counted = ask.sets.length + (ask.pairs?.length ?? 0);
  if (counted * by.length > MAX_COUNTED) {
    throw new RangeError(
      `expected at most ${MAX_COUNTED} sets to count for all values, got ${by.length} × ${counted}`,
    );
  }
  const groups = by.map((text) => ({ text, people: groupOf(text, scope) }));
  const asks = together(groups.map(({ people }) => narrow(ask, people)));
  return {
    ...asks,
    table(counts) {
      const tables = asks
        .table(counts)
        .map((table, at) => within(table, groups[at]!.text, groups[at]!.people));
      return tables[0]!.layout === 'series' ? [inOne(tables, by)] : tables;
    },
  };
}

/** A text with a period is an expression, any other the name of a flag or segment. */
function groupOf(text: string, scope: MeasureScope): People {
  return text.includes('@') ? peopleOfText(scope, text) : peopleOf(scope, checkEventName(text), 'unique');
}

function narrow(ask: Ask, { set: group }: People): Ask {
  return { ...ask, sets: ask.sets.map((set) => combine('and', [set, group])) };
}

/** A table of a group: who its people are is asked of the group too. */
function within(table: Table, text: string, group: People): Table {
  const narrowed = (cell: Cell): Cell => {
    if (cell.query === undefined) return cell;
    const query = joinQueries('and', [parseQuery(cell.query), group.query], MAX_QUERY_EVENTS);
    return { ...cell, query: query && formatQuery(query) };
  };
  const rows = table.rows.map((row) => ({ ...row, cells: row.cells.map(narrowed) }));
  return { ...table, title: `${table.title} · ${text}`, rows };
}

/** Lines of all groups in one table. */
function inOne(tables: readonly Table[], by: readonly string[]): Table {
  const [first] = tables as [Table];
  const isOne = first.rows.length === 1;
  const rows = tables.flatMap((table, at) =>
    table.rows.map(
      ({ key, label, ...row }): Row => ({
        ...row,
        key: isOne ? by[at]! : `${key} · ${by[at]}`,
        label: isOne ? by[at]! : `${label} · ${by[at]}`,
      }),
    ),
  );
  const title = `${first.title.slice(0, -` · ${by[0]}`.length)} · ${by.join(', ')}`;
  return { ...first, title, rows };
}
