import { periodKey, uniqueKey } from '../names/keys.js';
import { hasTimeOfDay, hourOf, type Moment } from '../time/moment.js';
import { Period } from '../time/period.js';

/** Which keys a mark goes to. */

export interface MarkOptions {
  /** Also mark the hour. */
  readonly trackHourly?: boolean | undefined;
  /** Also mark the event's dateless flag. */
  readonly trackUnique?: boolean | undefined;
}

/** The keys that a mark of an event at a moment sets a bit in: month, week, day; hour and unique flag if tracked. */
export class MarkKeys {
  readonly #prefix: string;
  readonly #timeZone: string;
  readonly #hourly: boolean;
  readonly #unique: boolean;
  readonly #checkEvent: (event: string) => string;
  // Rows of a log lie close together: all marks of an event in a day, or an hour, share one array of keys.
  readonly #byEvent = new Map<string, Map<number, readonly string[]>>();
  #remembered = 0;

  /** @param checkEvent refuses names that cannot be marked */
  constructor(prefix: string, timeZone: string, options: MarkOptions, checkEvent: (event: string) => string) {
    this.#prefix = prefix;
    this.#timeZone = timeZone;
    this.#hourly = options.trackHourly ?? false;
    this.#unique = options.trackUnique ?? false;
    this.#checkEvent = checkEvent;
  }

  of(event: string, moment: Moment): readonly string[] {
    if (this.#hourly && !hasTimeOfDay(moment)) {
      throw new RangeError(
        `expected a moment with a time of day to track hours, got the date ${String(moment)}`,
      );
    }
    const hour = hourOf(moment, this.#timeZone);
    const stretch = this.#hourly ? hour : Math.floor(hour / 24);
    return (
      this.#byEvent.get(event)?.get(stretch) ?? this.#remember(event, stretch, this.#compute(event, hour))
    );
  }

  #compute(event: string, hour: number): readonly string[] {
    this.#checkEvent(event);
    const units = this.#hourly ? HOURLY_UNITS : UNITS;
    const keys = units.map((unit) => periodKey(this.#prefix, event, Period.at(unit, hour)));
    if (this.#unique) keys.push(uniqueKey(this.#prefix, event));
    return keys;
  }

  #remember(event: string, stretch: number, keys: readonly string[]): readonly string[] {
    if (this.#remembered >= MAX_REMEMBERED) {
      this.#byEvent.clear();
      this.#remembered = 0;
    }
    const stretches = this.#byEvent.get(event) ?? new Map<number, readonly string[]>();
    this.#byEvent.set(event, stretches.set(stretch, keys));
    this.#remembered += 1;
    return keys;
  }
}

const UNITS = ['month', 'week', 'day'] as const;
const HOURLY_UNITS = [...UNITS, 'hour'] as const;
/** Pairs of event and day or hour: some megabytes of keys. */
const MAX_REMEMBERED = 20_000;
