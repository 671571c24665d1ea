import { needsHours, parseQuery, printable, type QueryPeriod, queryEvents } from '../../index.js';
import type { Field, Question } from '../../measures.js';
import type { Dataset } from './dataset.js';

/** A file of events has no hours and no flags unless they are marked; an answer of 0 would mislead. */

/** What there is to ask of. */
export interface Marked {
  /** Nothing is known of a dump: it holds what it holds. */
  readonly marks: Dataset['marks'];
  /** Expression texts by the names that stand for them. */
  readonly segments: ReadonlyMap<string, string>;
}

/** @throws Error if an expression asks for what was not marked */
export function expectMarked(marked: Marked, text: string): void {
  if (marked.marks === undefined) return;
  for (const { event, period } of queryEvents(parseQuery(text))) expectEvent(marked, event, period);
}

/** @throws Error if a question does */
export function expectMarkedFor(marked: Marked, { measure, args, by = [] }: Question): void {
  if (marked.marks === undefined) return;
  for (const field of measure.fields) expectField(marked, field, [args[field.name] ?? []].flat().map(String));
  for (const text of by) {
    if (text.includes('@')) expectMarked(marked, text);
    else expectEvent(marked, text, 'unique');
  }
}

function expectField(marked: Marked, { kind, dateless }: Field, values: readonly string[]): void {
  switch (kind) {
    case 'expression':
    case 'expressions':
      for (const text of values) expectMarked(marked, text);
      return;
    case 'event':
    case 'events':
      for (const name of values) expectEvent(marked, name, dateless === true ? 'unique' : '{period}');
      return;
    case 'unit':
      if (!marked.marks!.hourly && /^hours?$/.test(values[0] ?? '')) throw unmarked('hours', '--hourly');
      return;
    default:
  }
}

/** @param within segments that the event is in */
function expectEvent(
  marked: Marked,
  event: string,
  period: QueryPeriod,
  within: ReadonlySet<string> = new Set(),
): void {
  const { marks, segments } = marked;
  const segment = segments.get(event);
  if (segment !== undefined) {
    // One that is in itself is refused when it is asked for.
    if (within.has(event)) return;
    for (const part of queryEvents(parseQuery(segment))) {
      const own = part.period === '{period}' ? period : part.period;
      expectEvent(marked, part.event, own, new Set([...within, event]));
    }
  } else if (period === 'unique' && !marks!.unique) {
    throw unmarked('dateless flags', '--unique', event);
  } else if (needsHours(period) && !marks!.hourly) {
    throw unmarked('hours', '--hourly', event);
  }
}

function unmarked(what: string, option: string, event?: string): Error {
  const those = event === undefined ? 'without' : `without those of ${printable(event)}`;
  return new Error(
    `expected a file whose ${what} were marked when it was opened (in a page by how it is read, in a terminal by ${option}), got one ${those}`,
  );
}
