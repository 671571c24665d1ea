import { distance } from 'fastest-levenshtein';

/** Names in a question that nobody has: its answer is 0 then, and a sentence beside it says why. */

/**
 * A sentence for each name that is asked for and not known, such as `no event "sigup" here; did you mean "signup"?`.
 * @param known names of events, and of segments if they can be asked for
 * @example
 * import { noteUnknownNames } from 'bitmapist-wasm/measures';
 * console.log(noteUnknownNames(['sigup'], ['active', 'signup'])[0]); // no event "sigup" here; did you mean "signup"?
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

/** Of a name, this share may be mistyped, and never more than so many characters. */
const MAX_SHARE = 0.4;
const MAX_DISTANCE = 3;
/** Longer names, in UTF-16 code units, are not compared: the time it takes grows with the square of the length. */
const MAX_COMPARED = 1000;

/** The name that takes the fewest changes, capitals aside; `undefined` if none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const asked = fold(name);
  if (asked.length > MAX_COMPARED) return undefined;
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
