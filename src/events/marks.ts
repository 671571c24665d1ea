import { periodKey, uniqueKey } from '../names/keys.js';
import { hasTimeOfDay, type Moment, wallClock } from '../time/moment.js';
import { Period } from '../time/period.js';

/** Which keys a mark goes to. */

export interface MarkOptions {
  /** Also mark the hour. */
  readonly trackHourly?: boolean | undefined;
  /** Also mark the event's dateless flag. */
  readonly trackUnique?: boolean | undefined;
}

/** The keys that a mark of an event at a moment sets a bit in: month, week, day; hour and unique flag where tracked. */
export class MarkKeys {
  readonly #prefix: string;
  readonly #timeZone: string;
  readonly #hourly: boolean;
  readonly #unique: boolean;
  readonly #checkEvent: (event: string) => string;
  // Calendars are slow and rows of a log lie close together: within such a stretch of time all marks have the same keys.
  readonly #stretchMs: number;
  readonly #byEvent = new Map<string, Map<Stretch, readonly string[]>>();
  #remembered = 0;

  /** @param checkEvent refuses names that cannot be marked */
  constructor(prefix: string, timeZone: string, options: MarkOptions, checkEvent: (event: string) => string) {
    this.#prefix = prefix;
    this.#timeZone = timeZone;
    this.#hourly = options.trackHourly ?? false;
    this.#unique = options.trackUnique ?? false;
    this.#checkEvent = checkEvent;
    const inUtc = this.#hourly ? 4 * QUARTER_MS : 96 * QUARTER_MS;
    this.#stretchMs = timeZone === 'UTC' ? inUtc : QUARTER_MS;
  }

  of(event: string, moment: Moment): readonly string[] {
    const stretch = this.#stretchOf(moment);
    if (stretch === undefined) return this.#compute(event, moment);
    const known = this.#byEvent.get(event)?.get(stretch);
    if (known !== undefined) return known;
    const keys = this.#compute(event, moment);
    if (typeof stretch === 'string' || this.#isOneHour(stretch)) this.#remember(event, stretch, keys);
    return keys;
  }

  #stretchOf(moment: Moment): Stretch | undefined {
    if (moment instanceof Date) return Math.floor(moment.getTime() / this.#stretchMs);
    const isWallClock = typeof moment === 'string' && WALL_CLOCK.test(moment);
    return isWallClock ? moment.slice(0, 'YYYY-MM-DDTHH'.length) : undefined;
  }

  #compute(event: string, moment: Moment): readonly string[] {
    this.#checkEvent(event);
    const at = wallClock(moment, this.#timeZone);
    if (this.#hourly && !hasTimeOfDay(moment)) {
      throw new RangeError(
        `expected a moment with a time of day to track hours, got the date ${String(moment)}`,
      );
    }
    const units = this.#hourly ? HOURLY_UNITS : UNITS;
    const keys = units.map((unit) => periodKey(this.#prefix, event, Period.of(unit, at)));
    if (this.#unique) keys.push(uniqueKey(this.#prefix, event));
    return keys;
  }

  // Zones were once off by odd minutes and seconds, and clocks were put back by a day: a quarter may begin in one hour and end
  // in another.
  #isOneHour(stretch: number): boolean {
    if (this.#timeZone === 'UTC') return true;
    const hourOf = (ms: number): Period => Period.of('hour', new Date(ms), this.#timeZone);
    return hourOf(stretch * QUARTER_MS).equals(hourOf((stretch + 1) * QUARTER_MS - 1));
  }

  #remember(event: string, stretch: Stretch, keys: readonly string[]): void {
    if (this.#remembered >= MAX_REMEMBERED) {
      this.#byEvent.clear();
      this.#remembered = 0;
    }
    const stretches = this.#byEvent.get(event) ?? new Map<Stretch, readonly string[]>();
    stretches.set(stretch, keys);
    this.#byEvent.set(event, stretches);
    this.#remembered += 1;
  }
}

/** A number of stretches since 1970, or the day and hour that a wall-clock text begins with. */
type Stretch = number | string;

/** Text whose minutes and seconds need no calendar to be checked; the rest is, when it is first seen. */
const WALL_CLOCK = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?)?$/;
const UNITS = ['month', 'week', 'day'] as const;
const HOURLY_UNITS = [...UNITS, 'hour'] as const;
const QUARTER_MS = 15 * 60 * 1000;
/** Pairs of event and stretch of time: some megabytes of keys. */
const MAX_REMEMBERED = 20_000;
