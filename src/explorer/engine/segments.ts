import { type Bitmapist, parseQuery, printable, queryEvents } from '../../index.js';
import { noteUnknownNames } from '../../measures.js';
import type { NamedSegment, SegmentView } from './protocol.js';

/** Defines the segments that can be, and says of the others what is wrong with them. */
export function defineSegments(
  bitmapist: Bitmapist,
  events: readonly string[],
  segments: readonly NamedSegment[],
): SegmentView[] {
  const known = [...events, ...segments.map(({ name }) => name)];
  return segments.map(({ name, expression }) => {
    try {
      // Whoever reads its name must know what it stands for.
      if (events.includes(name)) {
        throw new RangeError(`expected a name that no event has, got ${JSON.stringify(name)}`);
      }
      bitmapist.defineSegment(name, expression);
      const asked = Array.from(queryEvents(parseQuery(expression)), ({ event }) => event);
      return { name, expression, problem: undefined, notes: noteUnknownNames(asked, known).map(printable) };
    } catch (error) {
      return { name, expression, problem: (error as Error).message, notes: [] };
    }
  });
}
