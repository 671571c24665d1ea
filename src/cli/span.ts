import type { EventRow } from '../csv.js';
import { Period, plural } from '../index.js';
import { sayLater } from './failure.js';
import { grouped } from './output.js';

/** The days that were read of a file of events. Told after every answer, they show times in a wrong unit. */
export class Span {
  #rows = 0;
  // Dates and times without an offset are days as they stand; instants are of one once it is known whose clock counts.
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #firstText = '9999-12-31';
  #lastText = '0001-01-01';
  #hasTexts = false;
  readonly #timeZone: string;

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** The same rows, once they were looked at. */
  async *watch(batches: AsyncIterable<readonly EventRow[]>): AsyncGenerator<readonly EventRow[], void> {
    for await (const rows of batches) {
      for (const { at } of rows) this.#add(at);
      this.#rows += rows.length;
      yield rows;
    }
  }

  /** Says what was read on standard error, after the answer. */
  report(): void {
    const rows = `${grouped(this.#rows)} ${plural(this.#rows, 'row')}`;
    sayLater(`read ${[rows, ...this.#days()].join(', ')}`);
  }

  #add(at: EventRow['at']): void {
    if (at instanceof Date) {
      const ms = at.getTime();
      if (ms < this.#firstMs) this.#firstMs = ms;
      if (ms > this.#lastMs) this.#lastMs = ms;
    } else {
      const text = String(at);
      const day = DAY.test(text) ? text.slice(0, 'YYYY-MM-DD'.length) : String(Period.of('day', at));
      if (day < this.#firstText) this.#firstText = day;
      if (day > this.#lastText) this.#lastText = day;
      this.#hasTexts = true;
    }
  }

  #days(): string[] {
    const days = this.#hasTexts ? [this.#firstText, this.#lastText] : [];
    if (this.#firstMs <= this.#lastMs) {
      for (const ms of [this.#firstMs, this.#lastMs]) {
        days.push(String(Period.of('day', new Date(ms), this.#timeZone)));
      }
    }
    days.sort();
    return days.length === 0 ? [] : [`${days[0]} to ${days.at(-1)}`];
  }
}

const DAY = /^\d{4}-\d\d-\d\d/;
