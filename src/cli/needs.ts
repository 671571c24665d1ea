import { parseQuery, type QueryNode } from '../index.js';
import type { Field, Question } from '../measures.js';
import { type AskedName, namesIn } from './notes.js';
import type { SourceOptions } from './source.js';

/** What questions need of a source. */

/** Expressions and hours that will be asked for: a source that cannot have them is refused before it is read. */
export function needsOf(questions: readonly Question[]): Pick<SourceOptions, 'queries' | 'asksForHours'> {
  return {
    queries: questions.flatMap(({ measure, args, by = [] }) => [
      ...measure.fields.flatMap((field) => queriesOf(field, args[field.name])),
      ...by.map(groupQuery),
    ]),
    asksForHours: questions.some(({ measure, args }) =>
      measure.fields.some((field) => isHours(field, args[field.name])),
    ),
  };
}

/** Names of events and segments that are asked for. */
export function namesOf(questions: readonly Question[]): AskedName[] {
  return questions.flatMap(({ measure, args, by = [] }) => [
    ...measure.fields.flatMap((field) => namesOfField(field, args[field.name])),
    ...by.map(groupQuery).flatMap(namesIn),
  ]);
}

function namesOfField(field: Field, argument: unknown): AskedName[] {
  const isName = field.kind === 'event' || field.kind === 'events';
  if (!isName) return queriesOf(field, argument).flatMap(namesIn);
  return listOf(field, argument).map((name) => ({ name, isFlag: isFlag(field) }));
}

function isFlag({ dateless = false }: Field): boolean | undefined {
  return dateless === 'perhaps' ? undefined : dateless;
}

/** The expressions of an argument, dateless flags among them. */
function queriesOf(field: Field, argument: unknown): QueryNode[] {
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

/** Of a file, hours are marked if that is asked for. */
function isHours({ kind }: Field, argument: unknown): boolean {
  return kind === 'unit' && (argument === 'hour' || argument === 'hours');
}

/** Names or texts; not the words that may stand instead of a name. */
function listOf({ choices = {} }: Field, argument: unknown): string[] {
  const given = argument === undefined ? [] : [argument].flat().map(String);
  return given.filter((text) => !Object.hasOwn(choices, text));
}
