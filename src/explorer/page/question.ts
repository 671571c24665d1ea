import { parseQuery, queryEvents } from '../../index.js';
import {
  type AnyMeasure,
  askedNames,
  formatQuestion,
  parseQuestion,
  type QuestionDocument,
} from '../../measures.js';
import type { MeasureAsk, NamedSegment } from '../engine/protocol.js';

/** Questions as they are kept: documents that the command reads too. */

interface Kept {
  /** What the answer is broken down by. */
  readonly by?: readonly string[] | undefined;
  readonly segments: readonly NamedSegment[];
  /** The last day of the data, and the one that is taken for today. */
  readonly lastDays: readonly string[];
}

/** The question as it is kept: with the segments that it speaks of, and up to now if it goes to the last day of the data. */
export function questionOf(
  measure: AnyMeasure,
  args: MeasureAsk['args'],
  { by, segments, lastDays }: Kept,
): QuestionDocument {
  const lasting = measure.fields.filter(
    ({ kind, name, optional }) => !(kind === 'date' && optional && lastDays.includes(String(args[name]))),
  );
  const own = Object.fromEntries(
    lasting.flatMap(({ name }) => (args[name] === undefined ? [] : [[name, args[name]]])),
  );
  const used = usedSegments(measure, own, segments, by);
  return formatQuestion({
    measure,
    args: own,
    by,
    ...(used.length === 0 ? {} : { segments: Object.fromEntries(used) }),
  });
}

/**
 * The questions of a file.
 * @throws Error that says which of them is none, and why
 */
export function readQuestions(text: string): QuestionDocument[] {
  return parseJson(text).map((document, at) => {
    try {
      return formatQuestion(parseQuestion(document));
    } catch (error) {
      throw new Error(`question ${at + 1}: ${(error as Error).message}`);
    }
  });
}

function parseJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)].flat();
  } catch (error) {
    throw new Error(`expected questions as JSON, got ${(error as Error).message}`);
  }
}

/** Those that are named in the arguments, and in their expressions in turn. */
function usedSegments(
  measure: AnyMeasure,
  args: MeasureAsk['args'],
  segments: readonly NamedSegment[],
  by: readonly string[] = [],
): [name: string, expression: string][] {
  const byName = new Map(segments.map(({ name, expression }) => [name, expression]));
  const used = new Map<string, string>();
  const use = (name: string): void => {
    const expression = byName.get(name);
    if (expression === undefined || used.has(name)) return;
    used.set(name, expression);
    for (const { event } of queryEvents(parseQuery(expression))) use(event);
  };
  for (const { name } of askedNames({ measure, args, by })) use(name);
  return [...used];
}
