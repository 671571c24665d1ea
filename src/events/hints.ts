import { distance } from 'fastest-levenshtein';
import type { QueryEvent, QueryNode } from './query.js';

/** Names in a question that nobody has: its answer is 0 then, and a sentence beside it says why. */

/** Every `event@PERIOD` of a parsed expression, from left to right. */
export function* queryEvents(query: QueryNode): Generator<QueryEvent, void, undefined> {
  if (query.op === 'event') yield query;
  else for (const operand of query.op === 'not' ? [query.of] : query.of) yield* queryEvents(operand);
}

/**
 * A sentence for each name that is asked for and not known, such as `no event "sigup" here; did you mean "signup"?`.
 * @param known names of events, and of segments if they can be asked for
 */
export function noteUnknownNames(asked: Iterable<string>, known: Iterable<string>): string[] {
  const names = known instanceof Set ? (known as ReadonlySet<string>) : new Set(known);
  return [...new Set(asked)]
    .filter((name) => !names.has(name))
    .map((name) => {
      const nearest = nearestName(name, names);
      const hint = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`;
      return `no event ${JSON.stringify(name)} here${hint}`;
    });
}

/** Gives the names that begin with a text, as `Bitmapist.eventNames` does. */
export type ListNames = (prefix: string) => Promise<Iterable<string>>;

/**
 * The same for names that have to be looked up.
 * @param prefixLength characters of a name by which its neighbours are looked for; 0, the default, looks at all names
 */
export async function findUnknownNames(
  asked: Iterable<string>,
  listNames: ListNames,
  prefixLength = 0,
): Promise<string[]> {
  const lists = new Map<string, Set<string>>();
  const notes: string[] = [];
  for (const name of new Set(asked)) {
    const prefix = [...name].slice(0, prefixLength).join('');
    const known = lists.get(prefix) ?? new Set(await listNames(prefix));
    lists.set(prefix, known);
    notes.push(...noteUnknownNames([name], known));
  }
  return notes;
}

/** Of a name, this share may be mistyped, and never more than so many characters. */
const MAX_SHARE = 0.4;
const MAX_DISTANCE = 3;

/** The name that takes the fewest changes, capitals aside; `undefined` if none is near. */
function nearestName(name: string, known: Iterable<string>): string | undefined {
  const asked = fold(name);
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const folded = fold(candidate);
    const length = Math.max(asked.length, folded.length);
    const most = Math.min(MAX_DISTANCE, Math.floor(length * MAX_SHARE), least - 1);
    if (Math.abs(asked.length - folded.length) > most) continue;
    const changes = distance(asked, folded);
    if (changes > most) continue;
    nearest = candidate;
    least = changes;
  }
  return nearest;
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
