import { describe, plural } from '../base/errors.js';
import type { TimeGroup } from '../measures/types.js';
import type { ReportUnit } from './options.js';

/** What the form sends: one query, read the same way by everybody who serves it. */

/** What was chosen in a form; the names are those of `cohort`, `renderHtmlForm` and the reports. */
export interface CohortForm {
  /** `undefined` if none was chosen, as before the form was sent. */
  readonly select1: string | undefined;
  /** `undefined` if none was chosen. */
  readonly select1b: string | undefined;
  /** `undefined` if none was chosen, as before the form was sent. */
  readonly select2: string | undefined;
  /** `undefined` if none was chosen. */
  readonly select2b: string | undefined;
  /** Default `days`. */
  readonly timeGroup: TimeGroup;
  /** Default `percent`. */
  readonly as: ReportUnit;
  /** 1 to 10,000; default 31, of years 3. */
  readonly numResults: number;
  /** 0 to 10,000; default 12. */
  readonly numOfRows: number;
  /** `YYYY-MM-DD`; `undefined` if none was chosen. */
  readonly startDate: string | undefined;
}

/** A query that has been taken apart: by name, each with its text, or with all of its texts. */
export type FormFields = URLSearchParams | Readonly<Record<string, unknown>>;

/** The names of the form's fields, which are those of the reference. */
export const FIELD_NAMES = [
  'select1',
  'select1b',
  'select2',
  'select2b',
  'time_group',
  'as_percent',
  'num_results',
  'num_of_rows',
  'start_date',
] as const;

type FieldName = (typeof FIELD_NAMES)[number];

/** What groups the form offers, by the names that it sends. */
export const TIME_GROUPS: Record<TimeGroup, string> = {
  days: 'days',
  weeks: 'weeks',
  months: 'months',
  years: 'years',
};

export const DEFAULT_RESULTS = 31;
export const DEFAULT_ROWS = 12;
const DEFAULT_YEARS = 3;

/** The most results and rows, as of a cohort table. */
export const MAX_SIZE = 10_000;
/** A page of more cells no browser shows; a stranger's address must not make a server compute them. */
const MAX_CELLS = 250_000;

/**
 * Reads what the form of `renderHtmlForm` sends. Fields that are missing or empty have their defaults; other names are left
 * alone.
 * @throws TypeError for what holds no fields; RangeError for what the form cannot send: a field given twice, an unknown time group, a number or date that is
 * none, a table of more than 250,000 cells
 */
export function parseCohortForm(fields: FormFields): CohortForm {
  if (typeof fields !== 'object' || fields === null) {
    throw new TypeError(`expected the fields of a form, got ${describe(fields)}`);
  }
  const read = (name: FieldName): string | undefined => readField(fields, name);
  const timeGroup = checkTimeGroup(read('time_group') ?? 'days');
  const otherwise = timeGroup === 'years' ? DEFAULT_YEARS : DEFAULT_RESULTS;
  const numResults = wholeNumber('num_results', read('num_results'), 1) ?? otherwise;
  const numOfRows = wholeNumber('num_of_rows', read('num_of_rows'), 0) ?? DEFAULT_ROWS;
  const cells = numResults * (numOfRows + 1);
  if (cells > MAX_CELLS) {
    throw new RangeError(
      `expected a table of at most ${MAX_CELLS} cells, got ${numResults} ${plural(numResults, 'result')} of ${numOfRows + 1} ${plural(numOfRows + 1, 'cell')}`,
    );
  }
  return {
    select1: read('select1'),
    select1b: read('select1b'),
    select2: read('select2'),
    select2b: read('select2b'),
    timeGroup,
    as: unitOfPercent(read('as_percent') ?? '1'),
    numResults,
    numOfRows,
    startDate: calendarDate(read('start_date')),
  };
}

/** Refuses a time group that does not exist; returns it otherwise. */
export function checkTimeGroup(text: string): TimeGroup {
  if (Object.hasOwn(TIME_GROUPS, text)) return text as TimeGroup;
  throw new RangeError(`expected days, weeks, months or years as time group, got ${describe(text)}`);
}

function readField(fields: FormFields, name: FieldName): string | undefined {
  const given = isSearchParams(fields) ? fields.getAll(name) : ownTexts(fields, name);
  if (given.length > 1) throw new RangeError(`expected ${name} once, got it ${given.length} times`);
  const [text = ''] = given;
  if (typeof text !== 'string') throw new RangeError(`expected ${name} to be text, got ${describe(text)}`);
  return text === '' ? undefined : text;
}

/** Also those of another realm. */
function isSearchParams(fields: FormFields): fields is URLSearchParams {
  return typeof fields.getAll === 'function';
}

function ownTexts(fields: Readonly<Record<string, unknown>>, name: FieldName): unknown[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return value === undefined ? [] : [value].flat();
}

function wholeNumber(name: FieldName, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= MAX_SIZE) return value;
  throw new RangeError(
    `expected ${name} to be a whole number from ${least} to ${MAX_SIZE}, got ${describe(text)}`,
  );
}

function unitOfPercent(text: string): ReportUnit {
  if (text === '1') return 'percent';
  if (text === '0') return 'counts';
  throw new RangeError(`expected as_percent to be 1 or 0, got ${describe(text)}`);
}

function calendarDate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Some engines take the 30th of February for the 2nd of March.
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new RangeError(`expected start_date to be a date such as 2026-11-22, got ${describe(text)}`);
}
