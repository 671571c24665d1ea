import { utcFormat } from 'd3-time-format';
import { printable } from '../base/errors.js';
import type { CohortRow, CohortTable, TimeGroup } from '../measures/types.js';
import type { Period, PeriodUnit } from '../time/period.js';

export { printable };

const dayAndMonth = utcFormat('%-d %b');
const monthAndYear = utcFormat('%b %Y');

const PERIOD_LABELS: Record<PeriodUnit, (period: Period) => string> = {
  year: String,
  quarter: String,
  month: (period) => monthAndYear(firstDay(period)),
  week: (period) => `${period} · ${dayAndMonth(firstDay(period))}`,
  day: String,
  hour: String,
};

/** A period for people: `2026`, `Nov 2026`, `2026-W47 · 16 Nov`, `2026-11-22`, `2026-11-22T13`. */
export function periodLabel(period: Period): string {
  return PERIOD_LABELS[period.unit](period);
}

// The reference's formats, by Python's strftime: %U counts weeks from the first Sunday on and is not the ISO week that
// the row is about, and months go without their year. Its HTML has a comma where its CSV has none.
const COMPAT_LABELS = {
  html: {
    days: utcFormat('%d %b, %Y'),
    weeks: utcFormat('Week %U, %d %b'),
    months: utcFormat('%d %b'),
    years: utcFormat('%Y'),
  },
  csv: {
    days: utcFormat('%d %b %Y'),
    weeks: utcFormat('Week %U %d %b'),
    months: utcFormat('%d %b'),
    years: utcFormat('%Y'),
  },
} satisfies Record<string, Record<TimeGroup, (date: Date) => string>>;

/** The label the reference prints for a row. */
export function compatLabel(row: CohortRow, timeGroup: TimeGroup, format: 'html' | 'csv'): string {
  const wallDate = row.date.slice(0, 'YYYY-MM-DD'.length);
  return COMPAT_LABELS[format][timeGroup](new Date(`${wallDate}T00:00:00Z`));
}

/** Both selections in one line, in characters that can be seen: `first_invoice & country:UK → purchase`. */
export function selectionLabel(table: CohortTable): string {
  const cohort = [table.select1, table.select1b];
  const comeback = [table.select2, table.select2b];
  return `${joinNames(cohort)} → ${joinNames(comeback)}`;
}

function joinNames(names: readonly (string | undefined)[]): string {
  return names.filter(isGiven).map(printable).join(' & ');
}

/** An absent second selection may be `undefined` or, from a form, the empty text. */
export function isGiven(name: string | undefined): name is string {
  return name !== undefined && name !== '';
}

function firstDay(period: Period): Date {
  return new Date(period.start().epochMilliseconds);
}
