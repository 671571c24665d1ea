import { EventHistory } from '../../catalogue.js';
import { type MemoryStore, type ParsedKey, Period, type PeriodUnit } from '../../index.js';

/** When an event has data, as its keys tell. */
export interface EventSpan {
  readonly history: EventHistory;
  hasFlag: boolean;
  /** The finest of days, weeks, months and hours that the event has keys of. */
  unit: PeriodUnit | undefined;
  first: Period | undefined;
  last: Period | undefined;
}

/** Units that tell best when an event happened; hours come with days, and are too many to be told apart. */
const UNITS: readonly PeriodUnit[] = ['day', 'week', 'month', 'hour'];

/** The events of one database under one key prefix. */
export class Dataset {
  readonly db: number;
  readonly prefix: string;
  readonly store: MemoryStore;
  readonly events = new Map<string, EventSpan>();
  readonly units = new Set<PeriodUnit>();
  bitmaps = 0;
  /** What was marked of a CSV; a dump holds what it holds. */
  marks: { readonly hourly: boolean; readonly unique: boolean } | undefined;
  /** Periods as numbers: many events share the same few. */
  readonly #startsMs = new Map<Period, number>();

  constructor(db: number, prefix: string, store: MemoryStore) {
    this.db = db;
    this.prefix = prefix;
    this.store = store;
  }

  /** Takes note of a key of the store. */
  note({ event, period }: ParsedKey): void {
    this.bitmaps += 1;
    let span = this.events.get(event);
    if (span === undefined) {
      span = {
        history: new EventHistory(),
        hasFlag: false,
        unit: undefined,
        first: undefined,
        last: undefined,
      };
      this.events.set(event, span);
    }
    span.history.add(period);
    if (period === 'unique') span.hasFlag = true;
    else this.#widen(span, period);
  }

  /** The first and the last day of all events; `undefined` where there are only flags. */
  days(): { readonly first: Period; readonly last: Period } | undefined {
    let first: Period | undefined;
    let last: Period | undefined;
    for (const span of this.events.values()) {
      if (span.first === undefined || span.last === undefined) continue;
      const firstDay = Period.of('day', span.first.start());
      const lastDay = Period.of('day', span.last.end());
      if (first === undefined || Period.compare(firstDay, first) < 0) first = firstDay;
      if (last === undefined || Period.compare(lastDay, last) > 0) last = lastDay;
    }
    return first && last && { first, last };
  }

  #widen(span: EventSpan, period: Period): void {
    const { unit } = period;
    this.units.add(unit);
    if (span.unit === undefined || UNITS.indexOf(unit) < UNITS.indexOf(span.unit)) {
      span.unit = unit;
      span.first = period;
      span.last = period;
    } else if (unit === span.unit) {
      const start = this.#startMs(period);
      if (start < this.#startMs(span.first!)) span.first = period;
      if (start > this.#startMs(span.last!)) span.last = period;
    }
  }

  #startMs(period: Period): number {
    let start = this.#startsMs.get(period);
    if (start === undefined) {
      start = period.start().epochMilliseconds;
      this.#startsMs.set(period, start);
    }
    return start;
  }
}
