import { combine, type Expression } from '../engine/expression.js';
import { parseQuery, type QueryNode, type QueryPeriod } from '../events/query.js';
import { Period } from '../time/period.js';
import type { MeasureScope } from './measure.js';

/** Sets as measures make them: what is counted, and how an expression text says the same, for whoever asks who they are. */

/** A set of people. */
export interface People {
  readonly set: Expression;
  readonly query: QueryNode;
}

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
  const query = rangeQuery(scope, name, period, last);
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
export function peopleOfText(scope: MeasureScope, text: string, period?: Period | 'unique'): People {
  return { set: scope.query(text, period), query: withPeriod(parseQuery(text), period) };
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
    : { set, query: { op, of: groups.flatMap((group) => partsOf(op, group)) } };
}

/** Those of one group who are not of another. */
export function without(group: People, others: People | undefined): People {
  if (others === undefined) return group;
  return {
    set: combine('andNot', [group.set, others.set]),
    query: { op: 'and', of: [...partsOf('and', group), { op: 'not', of: others.query }] },
  };
}

/** Parts of the same operation need no parentheses. */
function partsOf(op: 'and' | 'or', { query }: People): readonly QueryNode[] {
  return query.op === op ? query.of : [query];
}

function withPeriod(node: QueryNode, period: Period | 'unique' | undefined): QueryNode {
  if (period === undefined) return node;
  if (node.op === 'event') return node.period === '{period}' ? { ...node, period } : node;
  if (node.op === 'not') return { ...node, of: withPeriod(node.of, period) };
  return { ...node, of: node.of.map((operand) => withPeriod(operand, period)) };
}
