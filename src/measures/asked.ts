import { parseQuery, type QueryNode, queryEvents } from '../events/query.js';
import type { Question } from './dashboard.js';
import type { Field } from './field.js';

/** What questions speak of, told without asking them: names, expressions and segments. */

/** A name that is asked for. */
export interface AskedName {
  /** Of an event or a segment. */
  readonly name: string;
  /** Whether it is asked for as a dateless flag, or in periods; `undefined` if that depends. */
  readonly isFlag: boolean | undefined;
}

/**
 * The names that a question asks for, in its arguments, their expressions and what it is broken down by.
 * @throws SyntaxProblem for a text that is no expression
 * @example
 * import { askedNames, parseQuestion } from 'bitmapist-wasm/measures';
 * const names = askedNames(parseQuestion({ measure: 'trend', events: ['signup'], by: ['pro'] }));
 * console.log(names.map(({ name, isFlag }) => `${name} ${isFlag}`)); // [ 'signup false', 'pro true' ]
 */
export function askedNames({
  measure,
  args,
  by = [],
}: Pick<Question, 'measure' | 'args' | 'by'>): AskedName[] {
  return [
    ...measure.fields.flatMap((field) => namesOfField(field, args[field.name])),
    ...by.map(groupQuery).flatMap(namesOfQuery),
  ];
}

/**
 * The names that an expression asks for.
 * @example
 * import { parseQuery } from 'bitmapist-wasm';
 * import { namesOfQuery } from 'bitmapist-wasm/measures';
 * console.log(namesOfQuery(parseQuery('pro@unique'))); // [ { name: 'pro', isFlag: true } ]
 */
export function namesOfQuery(query: QueryNode): AskedName[] {
  return Array.from(queryEvents(query), ({ event, period }) => ({
    name: event,
    isFlag: period === '{period}' ? undefined : period === 'unique',
  }));
}

/**
 * The expressions of a question, dateless flags among them, and those that it is broken down by.
 * @throws SyntaxProblem for a text that is no expression
 * @example
 * import { formatQuery } from 'bitmapist-wasm';
 * import { askedQueries, parseQuestion } from 'bitmapist-wasm/measures';
 * const queries = askedQueries(parseQuestion({ measure: 'trend', events: ['signup'], by: ['pro'] }));
 * console.log(queries.map((query) => formatQuery(query))); // [ 'pro@unique' ]
 */
export function askedQueries({
  measure,
  args,
  by = [],
}: Pick<Question, 'measure' | 'args' | 'by'>): QueryNode[] {
  return [
    ...measure.fields.flatMap((field) => queriesOfField(field, args[field.name])),
    ...by.map(groupQuery),
  ];
}

/**
 * The segments that questions bring along, as expression texts by their names.
 * @throws RangeError if a name means two things in them
 * @example
 * import { askedSegments, parseQuestion } from 'bitmapist-wasm/measures';
 * const segments = { loyal: 'active@{period} & pro@unique' };
 * const question = parseQuestion({ measure: 'trend', events: ['loyal'], segments });
 * console.log(askedSegments([question]).get('loyal')); // active@{period} & pro@unique
 */
export function askedSegments(questions: readonly Pick<Question, 'segments'>[]): Map<string, string> {
  const segments = new Map<string, string>();
  for (const [name, text] of questions.flatMap(({ segments: own = {} }) => Object.entries(own))) {
    if ((segments.get(name) ?? text) !== text) {
      throw new RangeError(`expected one meaning of the segment ${JSON.stringify(name)}, got two`);
    }
    segments.set(name, text);
  }
  return segments;
}

function namesOfField(field: Field, argument: unknown): AskedName[] {
  const { kind, dateless = false } = field;
  if (kind !== 'event' && kind !== 'events') return queriesOfField(field, argument).flatMap(namesOfQuery);
  const isFlag = dateless === 'perhaps' ? undefined : dateless;
  return listOf(field, argument).map((name) => ({ name, isFlag }));
}

function queriesOfField(field: Field, argument: unknown): QueryNode[] {
  const { kind, dateless } = field;
  if (kind === 'expression' || kind === 'expressions') return listOf(field, argument).map(parseQuery);
  return dateless === true ? listOf(field, argument).map(flagQuery) : [];
}

/** What a breakdown asks of a value: a name is that of a flag. */
function groupQuery(text: string): QueryNode {
  return text.includes('@') ? parseQuery(text) : flagQuery(text);
}

function flagQuery(event: string): QueryNode {
  return { op: 'event', event, period: 'unique' };
}

/** Names or texts; not the words that may stand instead of a name. */
function listOf({ choices = {} }: Field, argument: unknown): string[] {
  const given = argument === undefined ? [] : [argument].flat().map(String);
  return given.filter((text) => !Object.hasOwn(choices, text));
}
