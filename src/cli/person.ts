import { type Bitmapist, type Person, plural } from '../index.js';
import { sayLater, UsageError } from './failure.js';
import { sayNotes } from './notes.js';
import { grouped } from './output.js';
import type { ReadingOptions } from './reading.js';

/** People as the command line names them: by their ids, or with `--people` by their texts. */

/**
 * Somebody of an argument or an option.
 * @param name of it
 */
export function readPerson(name: string, text: string, { people }: ReadingOptions): Person {
  if (people) return text;
  const id = Number(text);
  if (/^\d+$/.test(text) && id < 2 ** 32) return id;
  throw new UsageError(
    `expected ${name} to be an integer from 0 to 4294967295, got ${JSON.stringify(text)}; with --people it is a text`,
  );
}

/** The number of somebody of an option, who must be known. */
export async function numberOf(
  { people }: Bitmapist,
  name: string,
  text: string,
  options: ReadingOptions,
): Promise<number> {
  const person = readPerson(name, text, options);
  if (typeof person === 'number') return person;
  const [number] = (await people?.numbersOf([person])) ?? [];
  if (number !== undefined) return number;
  throw new UsageError(`expected ${name} to be somebody who is known here, got ${JSON.stringify(person)}`);
}

/** Says of a text that it is nobody's. */
export async function noteUnknown({ people }: Bitmapist, person: Person): Promise<string[]> {
  if (typeof person === 'number') return [];
  const [number] = (await people?.numbersOf([person])) ?? [];
  return number === undefined ? sayNotes([{ text: `nobody here is called ${JSON.stringify(person)}` }]) : [];
}

/** What people of these numbers are called: their texts, if the source has them, else the numbers. */
export async function peopleOf(
  { people }: Bitmapist,
  ids: Uint32Array | number[],
): Promise<Uint32Array | Person[]> {
  if (people === undefined) return ids;
  const texts = await people.textsOf(ids);
  return texts.map((text, at) => text ?? ids[at]!);
}

/**
 * Says of numbers that went to a Redis with a map of people that they may be other people's there.
 * @param named how many numbers that map has given out
 */
export function noteNamed(named: number, advice = ''): void {
  if (named === 0) return;
  const whose = `${grouped(named)} ${plural(named, 'person has a name', 'people have names')}`;
  sayLater(`${whose} in that Redis, and ids were taken for numbers of theirs${advice}`);
}
