import { parseQuery, type QueryNode } from '../index.js';
import { UsageError } from './failure.js';

/** A name that stands for an expression wherever an event name can stand, given as `NAME=EXPRESSION`. */
export interface NamedSegment {
  readonly name: string;
  readonly text: string;
  readonly query: QueryNode;
}

/** Adds the segment of one `--segment` to those before it. */
export function collectSegment(
  definition: string,
  previous: readonly NamedSegment[] | undefined,
): NamedSegment[] {
  const split = definition.indexOf('=');
  if (split < 1) {
    throw new UsageError(
      `expected NAME=EXPRESSION after --segment, such as 'paying=active@{period} & pro@unique', got ${JSON.stringify(definition)}`,
    );
  }
  const text = definition.slice(split + 1);
  return [...(previous ?? []), { name: definition.slice(0, split), text, query: parseQuery(text) }];
}
