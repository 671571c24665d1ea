import { askedQueries, type Field, type Question } from '../measures.js';
import type { SourceOptions } from './source.js';

/** What questions need of a source. */

/** Expressions and hours that will be asked for: a source that cannot have them is refused before it is read. */
export function needsOf(questions: readonly Question[]): Pick<SourceOptions, 'queries' | 'asksForHours'> {
  return {
    queries: questions.flatMap(askedQueries),
    asksForHours: questions.some(({ measure, args }) =>
      measure.fields.some((field) => isHours(field, args[field.name])),
    ),
  };
}

/** Of a file, hours are marked if that is asked for. */
function isHours({ kind }: Field, argument: unknown): boolean {
  return kind === 'unit' && (argument === 'hour' || argument === 'hours');
}
