/**
 * The oracle of the measures: who did what, person by person, from the definitions in docs/measures.md and with nothing of
 * `src/` in it, calendars included. `plain.py` is the same for real data, set by set.
 */

export interface Mark {
  readonly event: string;
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** In which zone periods are counted, and what time it is in milliseconds since 1970. */
export interface Clock {
  readonly timeZone: string;
  readonly now: number;
}

export type TimeGroup = 'hours' | 'days' | 'weeks' | 'months' | 'quarters' | 'years';

/** Rows that are consecutive periods. */
interface Range {
  readonly timeGroup: TimeGroup;
  /** Text of a period, the first. */
  readonly startDate: string;
  readonly numResults: number;
}

export type Question =
  | ({
      readonly measure: 'retention';
      readonly start: string;
      readonly return: string;
      readonly numOfRows?: number;
      readonly mode?: 'exact' | 'on-or-after' | 'on-or-before' | 'bracket' | 'streak';
      readonly brackets?: readonly number[];
      readonly horizon?: 'last' | 'now';
      readonly entry?: string;
      readonly historyStart?: string;
    } & Range)
  | ({
      readonly measure: 'lifecycle';
      readonly event: string;
      readonly created?: string;
      readonly historyStart?: string;
    } & Range)
  | ({ readonly measure: 'frequency'; readonly event: string } & Range)
  | ({
      readonly measure: 'ratio';
      readonly event: string;
      readonly short: 'days' | 'weeks';
      readonly long: 'weeks' | 'months';
    } & Omit<Range, 'timeGroup'>)
  | ({ readonly measure: 'rolling'; readonly event: string; readonly span: number } & Range)
  | ({
      readonly measure: 'funnel';
      readonly steps: readonly string[];
      readonly window: number;
      readonly same: 'allow' | 'later';
    } & Range)
  | { readonly measure: 'overlap'; readonly sets: readonly string[]; readonly universe?: string }
  | ({ readonly measure: 'series'; readonly expressions: readonly string[] } & Range);

/** A question of one measure. */
export type QuestionOf<Name> = Extract<Question, { readonly measure: Name }>;

/** People, their marks, and the calendar. */
export class People {
  readonly ids: readonly number[];
  readonly #clock: Clock;
  /** `event unit number` of each person. */
  readonly #did = new Map<number, Set<string>>();
  readonly #hours = new Map<number, Map<string, number[]>>();

  constructor(marks: readonly Mark[], clock: Clock) {
    this.#clock = clock;
    for (const { event, id, at } of marks) {
      const hour = wallHour(at, clock.timeZone);
      const did = this.#did.get(id) ?? new Set();
      this.#did.set(id, did.add(`${event} ever`));
      for (const group of GROUPS) did.add(`${event} ${group} ${numberOf(group, hour)}`);
      const hours = this.#hours.get(id) ?? new Map<string, number[]>();
      this.#hours.set(id, hours.set(event, [...(hours.get(event) ?? []), hour]));
    }
    this.ids = [...this.#did.keys()];
  }

  did(id: number, event: string, group: TimeGroup, number: number): boolean {
    return this.#did.get(id)!.has(`${event} ${group} ${number}`);
  }

  /** Whoever did an event carries its flag. */
  ever(id: number, event: string): boolean {
    return this.#did.get(id)!.has(`${event} ever`);
  }

  /** Whether somebody did an event in the hours from one on, up to another. */
  between(id: number, event: string, from: number, to: number): boolean {
    return (this.#hours.get(id)!.get(event) ?? []).some((hour) => from <= hour && hour < to);
  }

  /** Whether somebody did an event before a period, since a history begins. */
  before(id: number, event: string, group: TimeGroup, number: number, historyStart?: string): boolean {
    const from = historyStart === undefined ? -Infinity : startHour(...periodOf(historyStart));
    return this.between(id, event, from, startHour(group, number));
  }

  now(group: TimeGroup): number {
    return numberOf(group, wallHour(this.#clock.now, this.#clock.timeZone));
  }

  count(holds: (id: number) => boolean): number {
    return this.ids.filter(holds).length;
  }

  /** A number about a period; of one that is still to come, nobody knows. */
  told(count: number, group: TimeGroup, number: number): number | null {
    return number > this.now(group) ? null : count;
  }
}

/** What `--format rows` prints for a question. */
export function rowsOf(people: People, question: Question): unknown[] {
  switch (question.measure) {
    case 'retention':
      return retention(people, question).map(({ period, size, cells }) => ({
        period,
        size,
        cells: cells.map(({ count, state }) => (state === 'future' ? null : count)),
      }));
    case 'lifecycle':
      return lifecycle(people, question);
    case 'frequency':
      return frequency(people, question);
    case 'ratio':
      return ratio(people, question);
    case 'rolling':
      return rolling(people, question);
    case 'funnel':
      return funnel(people, question).rows;
    case 'overlap':
      return overlap(people, question);
    case 'series':
      return series(people, question);
  }
}

export interface RetentionRow {
  readonly period: string;
  readonly size: number;
  readonly cells: readonly { readonly count: number; readonly state: 'final' | 'running' | 'future' }[];
}

export function retention(people: People, question: QuestionOf<'retention'>): RetentionRow[] {
  const { timeGroup: group, start, entry = 'every', historyStart } = question;
  const now = people.now(group);
  return numbersOf(question).map((p) => {
    const entered = (id: number): boolean => {
      if (!people.did(id, start, group, p)) return false;
      if (entry === 'first') return !people.before(id, start, group, p, historyStart);
      return entry === 'every' || people.ever(id, entry);
    };
    const returned = (id: number, k: number): boolean => people.did(id, question.return, group, p + k);
    return {
      period: textOf(group, p),
      size: people.count(entered),
      cells: columnsOf(question, now - p).map(({ at, first, last, every }) => {
        const ks = span(first, last);
        const holds = (id: number): boolean =>
          every ? ks.every((k) => returned(id, k)) : ks.some((k) => returned(id, k));
        return {
          count: people.count((id) => entered(id) && holds(id)),
          state: p + at > now ? 'future' : p + last < now ? 'final' : 'running',
        };
      }),
    };
  });
}

/** The periods after its row's that a column looks at, and whether somebody has to be back in every one of them. */
interface Column {
  /** The one that it is named after, of a bracket the first: if that is to come, there is nothing to tell. */
  readonly at: number;
  readonly first: number;
  readonly last: number;
  readonly every: boolean;
}

function columnsOf(question: QuestionOf<'retention'>, untilNow: number): Column[] {
  const { mode = 'exact', numOfRows = 0, brackets = [], horizon = 'last' } = question;
  const some = (first: number, last: number): Column => ({ at: first, first, last, every: false });
  if (mode === 'bracket') {
    const ends = brackets.map((_, at) => brackets.slice(0, at + 1).reduce((sum, size) => sum + size, 0));
    return [some(0, 0), ...ends.map((end, at) => some(end - brackets[at]! + 1, end))];
  }
  return span(0, numOfRows).map((k) => {
    if (mode === 'on-or-after') return some(k, horizon === 'now' ? untilNow : numOfRows);
    if (k === 0 || mode === 'exact') return some(k, k);
    return { at: k, first: 1, last: k, every: mode === 'streak' };
  });
}

export function lifecycle(people: People, question: QuestionOf<'lifecycle'>) {
  const { timeGroup: group, event, created, historyStart } = question;
  return numbersOf(question).map((p) => {
    const classes = { new: 0, returning: 0, resurrecting: 0, dormant: 0 };
    for (const id of people.ids) {
      const before = people.did(id, event, group, p - 1);
      if (people.did(id, event, group, p)) {
        const isNew =
          created === undefined
            ? !people.before(id, event, group, p, historyStart)
            : people.did(id, created, group, p);
        classes[isNew ? 'new' : before ? 'returning' : 'resurrecting'] += 1;
      } else if (before) classes.dormant += 1;
    }
    const told = Object.entries(classes).map(([name, count]) => [name, people.told(count, group, p)]);
    return { period: textOf(group, p), ...Object.fromEntries(told) };
  });
}

export function frequency(people: People, question: QuestionOf<'frequency'>) {
  const periods = numbersOf(question);
  const times = (id: number): number =>
    periods.filter((p) => people.did(id, question.event, question.timeGroup, p)).length;
  const told = (holds: (count: number) => boolean): number | null =>
    people.told(
      people.count((id) => holds(times(id))),
      question.timeGroup,
      periods[0]!,
    );
  return periods.map((_, at) => ({
    k: at + 1,
    exactly: told((count) => count === at + 1),
    atLeast: told((count) => count >= at + 1),
  }));
}

/** The mean of the short periods that begin in a long one, and have begun: a week belongs to the month of its Monday. */
export function ratio(people: People, question: QuestionOf<'ratio'>) {
  const { event, short, long } = question;
  const countIn = (group: TimeGroup, number: number): number =>
    people.count((id) => people.did(id, event, group, number));
  return numbersOf({ ...question, timeGroup: long }).map((p) => {
    const period = textOf(long, p);
    const of = countIn(long, p);
    if (p > people.now(long)) return { period, mean: null, of: null, ratio: null };
    const [begin, end] = [startHour(long, p), startHour(long, p + 1)];
    const own = span(numberOf(short, begin), numberOf(short, end)).filter((q) => {
      const start = startHour(short, q);
      return begin <= start && start < end && q <= people.now(short);
    });
    if (of === 0 || own.length === 0) return { period, mean: 0, of, ratio: null };
    const mean = own.reduce((sum, q) => sum + countIn(short, q), 0) / own.length;
    return { period, mean, of, ratio: mean / of };
  });
}

export function rolling(people: People, question: QuestionOf<'rolling'>) {
  const { event, timeGroup: group } = question;
  return numbersOf(question).map((p) => {
    const count = people.count((id) =>
      span(p - question.span + 1, p).some((q) => people.did(id, event, group, q)),
    );
    return { period: textOf(group, p), count: people.told(count, group, p) };
  });
}

/** Rows over all entries, for each entry how many had reached each step after 0, 1, … periods, and how long people took. */
export function funnel(people: People, question: QuestionOf<'funnel'>) {
  const { steps, window, same, timeGroup: group } = question;
  const periods = numbersOf(question);
  /** How many periods after entry somebody first reaches a step; `undefined` for never, or too late. */
  const delayOf = (id: number, p: number, step: number): number | undefined => {
    if (step === 0) return people.did(id, steps[0]!, group, p) ? 0 : undefined;
    const ready = delayOf(id, p, step - 1);
    if (ready === undefined) return undefined;
    return span(same === 'allow' ? ready : ready + 1, window).find((delay) =>
      people.did(id, steps[step]!, group, p + delay),
    );
  };
  /** Of all entries of somebody, the fastest counts. */
  const fastest = (id: number, step: number): number =>
    Math.min(...periods.map((p) => delayOf(id, p, step) ?? Infinity));
  return {
    rows: steps.map((event, step) => ({
      step: step + 1,
      event,
      count: people.count((id) => fastest(id, step) <= window),
    })),
    times: steps
      .slice(1)
      .map((_, at) => span(0, window).map((delay) => people.count((id) => fastest(id, at + 1) === delay))),
    entries: periods.map((p) => ({
      period: textOf(group, p),
      reached: steps.map((_, step) =>
        span(0, window).map((delay) => people.count((id) => (delayOf(id, p, step) ?? Infinity) <= delay)),
      ),
    })),
  };
}

export function overlap(people: People, { sets, universe }: QuestionOf<'overlap'>) {
  const isOf = universe === undefined ? () => true : testOf(people, universe);
  const tests = sets.map((text) => {
    const test = testOf(people, text);
    return (id: number) => isOf(id) && test(id);
  });
  const combinations = span(1, 2 ** sets.length - 1).map((bits) =>
    span(0, sets.length - 1).filter((at) => (bits >> at) & 1),
  );
  combinations.sort((a, b) => a.length - b.length || compareLists(a, b));
  return combinations.map((chosen) => ({
    sets: chosen,
    count: people.count((id) => chosen.every((at) => tests[at]!(id))),
    exclusive: people.count((id) => tests.every((test, at) => test(id) === chosen.includes(at))),
  }));
}

/** How two sets go together among everybody of a universe; `undefined` for what has no meaning. */
export function association(people: People, a: string, b: string, universe: string) {
  const among = people.ids.filter(testOf(people, universe));
  const shareOf = (holds: (id: number) => boolean): number => among.filter(holds).length / among.length;
  const [inA, inB] = [testOf(people, a), testOf(people, b)];
  const [x, y] = [shareOf(inA), shareOf(inB)];
  const both = shareOf((id) => inA(id) && inB(id));
  const told = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
  const isSpread = [inA, inB].every((test) => among.some(test) && !among.every(test));
  return {
    jaccard: told(both / shareOf((id) => inA(id) || inB(id))),
    overlap: told(both / Math.min(x, y)),
    lift: told(both / x / y),
    // The correlation of two columns of 0 and 1.
    phi: isSpread ? (both - x * y) / Math.sqrt(x * (1 - x) * y * (1 - y)) : undefined,
  };
}

export function series(people: People, question: QuestionOf<'series'>) {
  const { timeGroup: group, expressions } = question;
  return numbersOf(question).map((p) => ({
    period: textOf(group, p),
    counts: expressions.map((text) => people.told(people.count(testOf(people, text, [group, p])), group, p)),
  }));
}

/** Whether somebody is in the set of a text of `event@period` with `&`, `|` and `~` in it, the strongest last, and no parentheses. */
function testOf(people: People, text: string, asked?: [TimeGroup, number]): (id: number) => boolean {
  const [joined, sign] = text.includes(' | ') ? [' | ', 'some' as const] : [' & ', 'every' as const];
  const parts = text.split(joined);
  if (parts.length > 1) {
    const tests = parts.map((part) => testOf(people, part, asked));
    return (id) => tests[sign]((test) => test(id));
  }
  if (text.startsWith('~')) {
    const test = testOf(people, text.slice(1), asked);
    return (id) => !test(id);
  }
  const [event, when] = text.split('@') as [string, string];
  if (when === 'unique') return (id) => people.ever(id, event);
  if (when === '{period}') return (id) => people.did(id, event, ...asked!);
  const [first, last = first] = when.split('..').map(periodOf) as [[TimeGroup, number], [TimeGroup, number]?];
  const [from, to] = [startHour(...first), startHour(last[0], last[1] + 1)];
  return (id) => people.between(id, event, from, to);
}

// The calendar. Hours are those since 1970 began, on the clock of the wall; consecutive periods have consecutive numbers.

const HOUR = 3_600_000;
const MONTHS = { months: 1, quarters: 3, years: 12 } as const;
export const GROUPS: readonly TimeGroup[] = ['hours', 'days', 'weeks', 'months', 'quarters', 'years'];

const formats = new Map<string, Intl.DateTimeFormat>();

function wallHour(at: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US', { ...parts, timeZone, hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!) / HOUR;
}

function numberOf(group: TimeGroup, hour: number): number {
  const day = Math.floor(hour / 24);
  if (group === 'hours') return hour;
  if (group === 'days') return day;
  // 1 January 1970 was a Thursday.
  if (group === 'weeks') return Math.floor((day + 3) / 7);
  const date = new Date(hour * HOUR);
  return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / MONTHS[group]);
}

function startHour(group: TimeGroup, number: number): number {
  if (group === 'hours') return number;
  if (group === 'days') return number * 24;
  if (group === 'weeks') return (number * 7 - 3) * 24;
  const month = number * MONTHS[group];
  return Date.UTC(Math.floor(month / 12), month % 12) / HOUR;
}

/** ISO text of a period. */
export function textOf(group: TimeGroup, number: number): string {
  const start = new Date(startHour(group, number) * HOUR);
  const text = start.toISOString();
  switch (group) {
    case 'hours':
      return text.slice(0, 13);
    case 'days':
      return text.slice(0, 10);
    case 'weeks': {
      // A week belongs to the year of its Thursday.
      const thursday = new Date(start.getTime() + 3 * 24 * HOUR);
      const year = thursday.getUTCFullYear();
      const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0)) / (7 * 24 * HOUR));
      return `${year}-W${String(week).padStart(2, '0')}`;
    }
    case 'months':
      return text.slice(0, 7);
    case 'quarters':
      return `${text.slice(0, 4)}-Q${Math.floor(start.getUTCMonth() / 3) + 1}`;
    case 'years':
      return text.slice(0, 4);
  }
}

/** The period of a text. */
export function periodOf(text: string): [TimeGroup, number] {
  const [, year, week] = /^(\d{4})-W(\d\d)$/.exec(text) ?? [];
  if (week !== undefined) {
    const first = numberOf('weeks', Date.parse(`${year}-01-04T00:00:00Z`) / HOUR);
    return ['weeks', first + Number(week) - 1];
  }
  const [, quarterYear, quarter] = /^(\d{4})-Q(\d)$/.exec(text) ?? [];
  if (quarter !== undefined) return ['quarters', Number(quarterYear) * 4 + Number(quarter) - 1];
  const group = ({ 4: 'years', 7: 'months', 10: 'days', 13: 'hours' } as const)[text.length]!;
  const time = Date.parse(`${text}${'-01-01T00'.slice(text.length - 4)}:00:00Z`);
  return [group, numberOf(group, time / HOUR)];
}

/** The first day of a period. */
export function dayOf(group: TimeGroup, number: number): number {
  return numberOf('days', startHour(group, number));
}

/** The period of a group that holds an instant. */
export function periodAt(group: TimeGroup, at: number, timeZone: string): number {
  return numberOf(group, wallHour(at, timeZone));
}

function numbersOf({ timeGroup, startDate, numResults }: Range): number[] {
  const [group, number] = periodOf(startDate);
  const first = numberOf(timeGroup, startHour(group, number));
  return span(first, first + numResults - 1);
}

function span(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
