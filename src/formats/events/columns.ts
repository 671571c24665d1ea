import { ColumnsError } from './errors.js';
import type { Columns, ReadEventsOptions, Role } from './options.js';
import { PRESETS, presetNotes } from './presets.js';
import { quoted } from './quoting.js';

/** Which columns of a file hold user, time and event: as the caller says, as a preset says, or as their names say. */

/** Names of columns by what they are for; of several, the first counts that is filled in a row. */
export interface FoundColumns {
  readonly user: readonly string[];
  readonly time: readonly string[];
  /** None if every row is the same event. */
  readonly event: readonly string[];
  /** What was guessed by names that nobody gave. */
  readonly guessed: readonly Role[];
  /** Of several, the first that the file has. */
  readonly shown: Columns;
  /** Sentences on what else the names tell. */
  readonly hints: readonly string[];
  /** Rows with one of these values in this column are no events, and left out. */
  readonly others?: { readonly column: string; readonly values: readonly string[] };
}

/**
 * Names that speak for themselves, in the order in which they count: those of one list are equal, and two of them in a file are
 * a question. Case, blanks, `_` and `-` do not matter. Those of the last list are only looked for at the top of a row.
 */
const NAMES: Readonly<Record<Role, readonly (readonly string[])[]>> = {
  user: [
    ['user', 'userid', 'uid', 'distinctid', 'customer', 'customerid', 'memberid', 'accountid', 'personid'],
    ['username', 'visitorid', 'subscriberid', 'playerid', 'clientid', 'email', 'useremail'],
    ['anonymousid', 'deviceid', 'visitor', 'uuid'],
  ],
  time: [
    ['timestamp', 'time', 'ts', 'datetime', 'eventtime', 'eventtimestamp', 'occurredat', 'timestamputc'],
    ['createdat', 'created', 'createdon', 'createdtime', 'timecreated', 'eventdate', 'eventdatetime'],
    ['date', 'day', 'when', 'at'],
  ],
  event: [
    ['event', 'eventname', 'eventtype', 'action', 'activity'],
    ['name', 'eventtext', 'actionname', 'activityname', 'eventaction', 'type', 'verb'],
  ],
};

const ROLES: readonly Role[] = ['user', 'time', 'event'];

/** What files had to have before others were understood. */
const EXACT: Readonly<Record<Role, string>> = { user: 'user', time: 'timestamp', event: 'event' };

const WORDS: Readonly<Record<Role, string>> = { user: 'users', time: 'times', event: 'event names' };
const EXAMPLES: Readonly<Record<Role, string>> = {
  user: 'user, user_id or distinct_id',
  time: 'timestamp, time or created_at',
  event: 'event, event_name or action',
};

/**
 * @param names of all columns, as the file has them
 * @param onProblem told that a column cannot be told, or two could be meant; nothing is found for it then
 * @throws ColumnsError in place of `onProblem`
 */
export function findColumns(
  names: readonly string[],
  options: ReadEventsOptions,
  onProblem: (problem: ColumnsError) => void = raise,
): FoundColumns {
  const { columns = {}, event } = options;
  const preset = options.preset === undefined ? undefined : PRESETS[options.preset];
  const guessed: Role[] = [];
  const taken = new Set(Object.values(columns));
  const findOne = (role: Role): readonly string[] => {
    const given = columns[role];
    if (given !== undefined) return [checkGiven(role, given, names)];
    const known = preset?.[role].filter((name) => names.includes(name)) ?? [];
    for (const name of known) checkGiven(role, name, names);
    if (preset !== undefined && known.length > 0) return preset[role];
    const found = guess(role, names, taken);
    if (found !== EXACT[role]) guessed.push(role);
    taken.add(found);
    return [found];
  };
  const find = (role: Role): readonly string[] => {
    try {
      return findOne(role);
    } catch (error) {
      if (!(error instanceof ColumnsError)) throw error;
      onProblem(error);
      return [];
    }
  };
  const found = { user: find('user'), time: find('time'), event: event === undefined ? find('event') : [] };
  const shown = Object.fromEntries(
    ROLES.flatMap((role) => {
      const name = found[role].find((each) => names.includes(each));
      return name === undefined ? [] : [[role, name]];
    }),
  );
  const others = preset?.others;
  const isMixed = others !== undefined && columns.event === undefined && !names.includes(others.unless);
  const hints = preset === undefined && guessed.length > 0 ? presetNotes(names) : [];
  return { ...found, guessed, shown, hints, ...(isMixed && { others }) };
}

function raise(problem: ColumnsError): never {
  throw problem;
}

/** What was guessed, as one sentence. */
export function guessNotes({ guessed, shown, hints }: FoundColumns): string[] {
  if (guessed.length === 0) return [];
  const pairs = guessed.map((role) => `${role}=${shown[role]}`);
  return [`columns were told by their names: ${pairs.join(',')}`, ...hints];
}

function checkGiven(role: Role, given: string, names: readonly string[]): string {
  const times = names.filter((name) => name === given).length;
  if (times === 1) return given;
  const got = times === 0 ? listed(names) : `it ${times} times`;
  throw new ColumnsError(`expected a column ${quoted(given)} of ${WORDS[role]}, got ${got}`, role, [], names);
}

function guess(role: Role, names: readonly string[], taken: ReadonlySet<string | undefined>): string {
  const exact = names.filter((name) => name === EXACT[role] && !taken.has(name));
  const candidates = exact.length > 0 ? exact : best(role, names, taken);
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    throw new ColumnsError(
      `expected one column of ${WORDS[role]}, got ${listed(candidates)}; say which with columns, as in ${role}=${candidates[0]}`,
      role,
      candidates,
      names,
    );
  }
  const advice = role === 'event' ? ', or the name of the only event with event' : '';
  throw new ColumnsError(
    `expected a column of ${WORDS[role]}, such as ${EXAMPLES[role]}, got ${listed(names)}; say which it is with columns, as in ${role}=${names[0] === '' ? 'NAME' : (names[0] ?? 'NAME')}${advice}`,
    role,
    [],
    names,
  );
}

/** Those of the best rank; what lies deeper in a row counts less. */
function best(role: Role, names: readonly string[], taken: ReadonlySet<string | undefined>): string[] {
  let bestRank = Number.POSITIVE_INFINITY;
  let found: string[] = [];
  for (const name of names) {
    const rank = taken.has(name) ? Number.POSITIVE_INFINITY : rankOf(role, name);
    if (rank === Number.POSITIVE_INFINITY || rank > bestRank) continue;
    if (rank < bestRank) found = [];
    bestRank = rank;
    found.push(name);
  }
  return found;
}

function rankOf(role: Role, name: string): number {
  const parts = name.split('.');
  const plain = parts
    .at(-1)!
    .toLowerCase()
    .replace(/[\s_$-]/g, '');
  const lists = NAMES[role];
  const list = lists.findIndex((equals) => equals.includes(plain));
  if (list < 0 || (parts.length > 1 && list > 0)) return Number.POSITIVE_INFINITY;
  return list + lists.length * (parts.length - 1);
}

const SHOWN_NAMES = 30;

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, SHOWN_NAMES).map(quoted);
  return shown.join(', ') + (names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '');
}
