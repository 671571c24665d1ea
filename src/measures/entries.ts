import type { Period } from '../time/period.js';
import type { Field } from './field.js';
import { type HistoryArguments, historyField, peopleBefore } from './history.js';
import type { MeasureScope } from './measure.js';
import { countNames, join, type People, peopleOf, textOf, without } from './people.js';
import { isGiven } from './range.js';

/** Who belongs to the cohort of a period: all who did an event in it, those who did so for the first time, or those with a flag. */

/** Whom cohorts are made of. */
export interface EntryArguments extends HistoryArguments {
  /** Who belongs to the cohort of a period: those who did this event, or are of this segment, in it. */
  readonly start: string;
  /**
   * Which of them: all (`every`, the default), those who never did it before (`first`), or the name of a dateless flag that
   * they carry.
   */
  readonly entry?: string | undefined;
}

/** The cohort of a row. */
export interface Entry extends People {
  /** As an expression text, to which `&` may be added, unless it is too long. */
  readonly text: string | undefined;
  /** How many events the text names. */
  readonly named: number;
}

/** The cohorts of consecutive periods. */
export function entriesOf(
  { start, entry, historyStart }: EntryArguments,
  periods: readonly Period[],
  scope: MeasureScope,
): Entry[] {
  const before = isFirst(entry) ? peopleBefore(scope, start, periods, historyStart) : [];
  const flag = flagOf(entry);
  const carriers = flag === undefined ? [] : [peopleOf(scope, flag, 'unique')];
  return periods.map((period, at) => {
    const people = without(join('and', [peopleOf(scope, start, period), ...carriers]), before[at]);
    return {
      ...people,
      text: textOf(people),
      named: people.query === undefined ? 0 : countNames(people.query),
    };
  });
}

/** Of which names it must be known when they began. */
export function looksAtEntries({ start, entry, historyStart }: EntryArguments): string[] {
  return isFirst(entry) && !isGiven(historyStart) ? [start] : [];
}

/** The names of those who enter: `signup`, `signup & pro`, `first signup`. */
export function entryTitle({ start, entry }: EntryArguments): string {
  const flag = flagOf(entry);
  return isFirst(entry) ? `first ${start}` : flag === undefined ? start : `${start} & ${flag}`;
}

/** The fields of `EntryArguments`. */
export function entryFields(group: string): Field<keyof EntryArguments>[] {
  return [
    {
      kind: 'event',
      name: 'start',
      label: 'Event',
      help: 'who belongs to a cohort: those who did this in its period',
      group,
    },
    {
      kind: 'event',
      name: 'entry',
      label: 'Who of them',
      help: 'every one of them, those who did so for the first time, or those who carry a flag: every, first or its name',
      group,
      optional: true,
      default: 'every',
      dateless: true,
      choices: { every: 'everybody', first: 'for the first time' },
    },
    historyField(group),
  ];
}

function isFirst(entry: string | undefined): boolean {
  return entry === 'first';
}

/** A form sends an empty text for what was not chosen. */
function flagOf(entry: string | undefined): string | undefined {
  return entry === '' || entry === 'every' || isFirst(entry) ? undefined : entry;
}
