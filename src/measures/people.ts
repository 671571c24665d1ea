import { combine, type Expression } from '../engine/expression.js';
import { formatQuery, parseQuery, type QueryNode, type QueryPeriod, queryEvents } from '../events/query.js';
import { asOf } from '../events/scope.js';
import { Period } from '../time/period.js';
import type { MeasureScope } from './measure.js';

/** Sets as measures make them: what is counted, and how an expression text says the same, for whoever asks who they are. */

/** A set of people. */
export interface People {
  readonly set: Expression;
  /** `undefined` if it named so many events that its text would serve nobody. */
  readonly query: QueryNode | undefined;
}

/** Those that a text describes: it may be long, if who asks wishes so. */
export interface Described extends People {
  readonly query: QueryNode;
}

/** A table holds a text for each of its cells: of all the periods of a segment, they would be thousands of times its numbers. */
export const MAX_NAMED = 100;

/**
 * Those who did an event, or are of a segment, in a period or from one to another.
 * @param last of the same unit; ranges of an event read the fewest keys, those of a segment every period
 */
export function peopleOf(
  scope: MeasureScope,
  name: string,
  period: Period | 'unique',
  last: Period | 'unique' = period,
): People {
  const query = shortQuery(scope, name, period, last);
  if (period === last || !(period instanceof Period) || !(last instanceof Period)) {
    return { set: scope.set(name, period), query };
  }
  if (period.equals(last)) return { set: scope.set(name, period), query };
  const set = scope.isSegment(name)
    ? combine(
        'or',
        Period.range(period, Period.from(period.unit, last)).map((each) => scope.set(name, each)),
      )
    : scope.set(name, period, last);
  return { set, query };
}

/** The same, unless it names too many events. */
export function shortQuery(
  scope: MeasureScope,
  name: string,
  first: Period | 'unique',
  last: Period | 'unique' = first,
): QueryNode | undefined {
  const isLong =
    first instanceof Period &&
    last instanceof Period &&
    scope.isSegment(name) &&
    Period.count(first, Period.from(first.unit, last)) > MAX_NAMED;
  return isLong ? undefined : rangeQuery(scope, name, first, last);
}

/** What asks for an event from one period to another; of a segment, for every period between them. */
export function rangeQuery(
  { isSegment }: MeasureScope,
  name: string,
  first: Period | 'unique',
  last: Period | 'unique' = first,
): QueryNode {
  const event = (period: QueryPeriod): QueryNode => ({ op: 'event', event: name, period });
  if (!(first instanceof Period) || !(last instanceof Period) || first.equals(last)) return event(first);
  if (!isSegment(name)) return event({ from: first, to: last });
  return { op: 'or', of: Period.range(first, Period.from(first.unit, last)).map(event) };
}

/** Those that an expression text describes; `{period}` in it stands for `period`. */
export function peopleOfText(scope: MeasureScope, text: string, period?: Period | 'unique'): Described {
  return { set: scope.query(text, period), query: settle(parseQuery(text), period, scope) };
}

/** Those who are of all of them (`and`), or of any (`or`); of one group alone, that group. */
export function join(op: 'and' | 'or', groups: readonly People[]): People {
  const set = combine(
    op,
    groups.map((group) => group.set),
  );
  const [first] = groups;
  return groups.length === 1
    ? first!
    : {
        set,
        query: joinQueries(
          op,
          groups.map(({ query }) => query),
        ),
      };
}

/** Those of one group who are not of another. */
export function without(group: People, others: People | undefined): People {
  if (others === undefined) return group;
  return {
    set: combine('andNot', [group.set, others.set]),
    query: joinQueries('and', [group.query, others.query && { op: 'not', of: others.query }]),
  };
}

/** Of all or any of them; `undefined` if one of them is missing, or they name more events than `most` together. */
export function joinQueries(
  op: 'and' | 'or',
  queries: readonly (QueryNode | undefined)[],
  most = MAX_NAMED,
): QueryNode | undefined {
  const of: QueryNode[] = [];
  let named = 0;
  for (const query of queries) {
    if (query === undefined) return undefined;
    named += countNames(query);
    if (named > most) return undefined;
    // Parts of the same operation need no parentheses.
    if (query.op === op) of.push(...query.of);
    else of.push(query);
  }
  return { op, of };
}

/** How many events a text names, each time counted. */
export function countNames(query: QueryNode): number {
  let named = 0;
  for (const _ of queryEvents(query)) named += 1;
  return named;
}

/** Who these people are, if it is short enough to say. */
export function textOf({ query }: Pick<People, 'query'>): string | undefined {
  return query && formatQuery(query);
}

/** The same for good: what is relative to now is another set of people tomorrow, when somebody looks at the table. */
function settle(node: QueryNode, period: Period | 'unique' | undefined, scope: MeasureScope): QueryNode {
  if (node.op === 'not') return { ...node, of: settle(node.of, period, scope) };
  if (node.op !== 'event') return { ...node, of: node.of.map((operand) => settle(operand, period, scope)) };
  if (node.period === '{period}') return period === undefined ? node : { ...node, period };
  if (node.period === 'unique') return node;
  return { ...node, period: asOf(node.period, scope.now, scope.timeZone) };
}
