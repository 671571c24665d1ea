import { parseQuery, type QueryEvent, queryEvents } from '../../index.js';

/** What an expression names, and when; `undefined` for a text that is none. */
export function readNamed(text: string): QueryEvent[] | undefined {
  try {
    return [...queryEvents(parseQuery(text))];
  } catch {
    return undefined;
  }
}

/** What is wrong with a text that should be an expression; `undefined` if nothing is. */
export function problemOf(text: string): string | undefined {
  try {
    parseQuery(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
