import { type Bitmapist, type Catalog, parseQuery } from '../index.js';
import { type AskedName, askedNames, namesOfQuery, noteUnknownNames, type Question } from '../measures.js';
import type { EventChoice } from '../report.js';
import type { OfferedEvent } from './options.js';
import { waitFor } from './turns.js';

/** What there is to ask about: names that forms offer, and sentences about those that nobody has. */

/** The keys of a store are listed no more often than this. */
const FRESH_MS = 60_000;
/** More names make a form that no browser likes. */
const MOST_OFFERED = 5_000;

/** What forms offer: names, or labels with names. */
export interface Offer {
  readonly events: readonly EventChoice[];
  /** What answers are broken down by. */
  readonly groups: readonly EventChoice[];
  /** Whether the store has none, as far as is known. */
  readonly isNone: boolean;
}

export class Names {
  readonly #bitmapist: Bitmapist;
  readonly #offered: readonly OfferedEvent[] | undefined;
  readonly #milliseconds: number;
  #listed: { readonly at: number; readonly catalog: Promise<Catalog | undefined> } | undefined;

  constructor(bitmapist: Bitmapist, offered: readonly OfferedEvent[] | undefined, milliseconds: number) {
    this.#bitmapist = bitmapist;
    this.#offered = offered;
    this.#milliseconds = milliseconds;
  }

  async offer(signal: AbortSignal): Promise<Offer> {
    const segments = this.#bitmapist.segmentNames;
    if (this.#offered !== undefined) {
      const events = [...this.#offered.map(choiceOf), ...segments];
      return { events, groups: events, isNone: false };
    }
    const catalog = await this.#catalog(signal);
    const listed = catalog?.events ?? [];
    const flags = listed.filter(({ keys }) => keys.unique > 0);
    return {
      events: [...segments, ...listed.slice(0, MOST_OFFERED).map(({ event }) => event)],
      groups: [...segments, ...flags.slice(0, MOST_OFFERED).map(({ event }) => event)],
      isNone: catalog?.events.length === 0,
    };
  }

  /** As data: names with what people call them, and those of segments. */
  async list(
    signal: AbortSignal,
  ): Promise<{ events: { name: string; label: string }[]; segments: string[] }> {
    const offered = this.#offered ?? (await this.#catalog(signal))?.names ?? [];
    const events = offered.map((event) => ({
      name: nameOf(event),
      label: typeof event === 'string' ? event : event.label,
    }));
    return { events, segments: this.#bitmapist.segmentNames };
  }

  /** A sentence for each name of a question that no event and no segment has. */
  note(question: Question, signal: AbortSignal): Promise<string[]> {
    return this.#note(askedNames(question), Object.keys(question.segments ?? {}), signal);
  }

  /** The same of the text of an expression. */
  noteQuery(query: string, signal: AbortSignal): Promise<string[]> {
    return this.#note(namesOfQuery(parseQuery(query)), [], signal);
  }

  async #note(
    asked: readonly AskedName[],
    segments: readonly string[],
    signal: AbortSignal,
  ): Promise<string[]> {
    const known = new Set([
      ...(this.#offered ?? []).map(nameOf),
      ...this.#bitmapist.segmentNames,
      ...segments,
    ]);
    const others = asked.map(({ name }) => name).filter((name) => name !== '' && !known.has(name));
    if (others.length === 0) return [];
    const catalog = await this.#catalog(signal);
    if (catalog !== undefined) return noteUnknownNames(others, [...catalog.names, ...known]);
    return ['no answer whether there are the events asked for: the list of all takes too long'];
  }

  /** Listed for all who ask, whoever of them leaves; `undefined` if that takes too long, as it does in a huge store. */
  async #catalog(signal: AbortSignal): Promise<Catalog | undefined> {
    if (this.#listed === undefined || performance.now() - this.#listed.at > FRESH_MS) {
      const listed = { at: performance.now(), catalog: this.#list() };
      this.#listed = listed;
      // What failed is tried again by the next.
      listed.catalog.catch(() => {
        if (this.#listed === listed) this.#listed = undefined;
      });
    }
    return waitFor(this.#listed.catalog, signal);
  }

  async #list(): Promise<Catalog | undefined> {
    const controller = new AbortController();
    const late = setTimeout(() => controller.abort(), this.#milliseconds);
    try {
      return await this.#bitmapist.catalog({ signal: controller.signal });
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    } finally {
      clearTimeout(late);
    }
  }
}

function nameOf(event: OfferedEvent): string {
  return typeof event === 'string' ? event : event.name;
}

function choiceOf(event: OfferedEvent): EventChoice {
  return typeof event === 'string' ? event : [event.label, event.name];
}
