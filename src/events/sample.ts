import type { Period } from '../time/period.js';

/**
 * A year of an app that never was: sign-ups grow from day to day and rest on weekends, most people leave soon and some
 * stay, a new onboarding in summer keeps more of them, and a few of those who stay turn professional. The same seed and
 * last day give the same year.
 */

/** What the year is marked in: a `Bitmapist`. */
export interface SampleTarget {
  /** As `Bitmapist.markEvent`; `now` is the text of a day. */
  markEvent(event: string, ids: Uint32Array, options: { readonly now: string }): Promise<void>;
  /** As `Bitmapist.markUnique`. */
  markUnique(event: string, ids: Uint32Array): Promise<void>;
}

/** Which year it is, and of how many people. */
export interface SampleOptions {
  /** The last of the year's days. */
  readonly lastDay: Period;
  /** Everybody who ever signs up (default 200,000). */
  readonly users?: number;
  /** Another whole number makes another year (default 20). */
  readonly seed?: number;
  /** Called after each of the year's days. */
  readonly onDay?: (day: Period) => void;
}

/** How many days there are. */
export const SAMPLE_DAYS = 365;
/** Sign-ups of the last day for each of the first. */
const GROWTH = 3;
/** From this day on, new users stay longer. */
const NEW_ONBOARDING_DAY = 215;
const PROFESSIONAL_SHARE = 0.06;
/** Days from sign-up to the flag. */
const TRIAL_DAYS = 14;
/** From Monday to Sunday, for the chance of an average day. */
const SIGNUPS_BY_WEEKDAY = [1.1, 1.15, 1.1, 1.05, 0.95, 0.65, 0.6];
const VISITS_BY_WEEKDAY = [1.05, 1.1, 1.1, 1.05, 0.95, 0.5, 0.45];

/**
 * The day from which new users stay longer, in the year that ends with `lastDay`.
 * @example
 * import { Period } from 'bitmapist-wasm';
 * import { newOnboarding } from 'bitmapist-wasm/sample';
 * console.log(String(newOnboarding(Period.parse('2026-11-22')))); // 2026-06-26
 */
export function newOnboarding(lastDay: Period): Period {
  return lastDay.delta(NEW_ONBOARDING_DAY + 1 - SAMPLE_DAYS);
}

/**
 * Marks the events `signup` and `active` day by day, and the flag `pro`, and says how many marks there are.
 * @example
 * import { Bitmapist, Period } from 'bitmapist-wasm';
 * import { markSample } from 'bitmapist-wasm/sample';
 * const bitmapist = new Bitmapist();
 * await markSample(bitmapist, { lastDay: Period.parse('2026-11-22'), users: 1000 });
 * console.log(await bitmapist.query('signup@2025 | signup@2026').count()); // 1000
 */
export async function markSample(bitmapist: SampleTarget, options: SampleOptions): Promise<number> {
  const { lastDay, users = 200_000, seed = 20, onDay } = options;
  const random = randomFrom(seed);
  const days = Array.from({ length: SAMPLE_DAYS }, (_, day) => lastDay.delta(day + 1 - SAMPLE_DAYS));
  const weekdays = days.map((day) => day.start().dayOfWeek - 1);
  const signups = signupsPerDay(weekdays, users);
  let present: User[] = [];
  let nextId = 1;
  let marks = 0;
  for (const [day, period] of days.entries()) {
    const now = period.toString();
    const newcomers = Array.from({ length: signups[day]! }, () => newUser(nextId++, day, random));
    present = present.filter(({ lastDay }) => lastDay >= day);
    const chance = VISITS_BY_WEEKDAY[weekdays[day]!]!;
    const active = [...newcomers, ...present.filter(({ visits }) => random() < visits * chance)];
    const professionals = present.filter(({ proDay }) => proDay === day);
    present.push(...newcomers);
    await bitmapist.markEvent('signup', idsOf(newcomers), { now });
    await bitmapist.markEvent('active', idsOf(active), { now });
    await bitmapist.markUnique('pro', idsOf(professionals));
    marks += newcomers.length + active.length + professionals.length;
    onDay?.(period);
  }
  return marks;
}

interface User {
  readonly id: number;
  /** The last day of interest. */
  readonly lastDay: number;
  /** The chance of a visit on an average day until then. */
  readonly visits: number;
  /** The day the flag is set. */
  readonly proDay: number | undefined;
}

function newUser(id: number, day: number, random: () => number): User {
  const isProfessional = random() < PROFESSIONAL_SHARE;
  // Interest wears off as a power law does: half are gone within days or weeks, and some never go.
  const scale = (day < NEW_ONBOARDING_DAY ? 12 : 24) * (isProfessional ? 12 : 1);
  const stay = scale * (random() ** -1.4 - 1);
  return {
    id,
    lastDay: day + Math.floor(stay),
    visits: (isProfessional ? 0.3 : 0.08) + 0.5 * random() ** 2,
    proDay: isProfessional ? day + TRIAL_DAYS : undefined,
  };
}

/** Shares `users` out among the days; rounding never loses one. */
function signupsPerDay(weekdays: readonly number[], users: number): number[] {
  const weights = weekdays.map(
    (weekday, day) => GROWTH ** (day / SAMPLE_DAYS) * SIGNUPS_BY_WEEKDAY[weekday]!,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  let given = 0;
  return weights.map((weight) => {
    before += weight;
    const upToNow = Math.round((before / total) * users);
    const today = upToNow - given;
    given = upToNow;
    return today;
  });
}

function idsOf(users: readonly User[]): Uint32Array {
  return Uint32Array.from(users, ({ id }) => id);
}

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
