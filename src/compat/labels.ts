import { utcFormat } from 'd3-time-format';
import type { TimeGroup } from '../measures/cohort.js';

// The reference's formats, by Python's strftime: %U counts weeks from the first Sunday on and is not the ISO week that
// the row is about, and months go without their year. Its HTML has a comma where its CSV has none.
const FORMATS = {
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
export function compatLabel(date: string, timeGroup: TimeGroup, format: 'html' | 'csv'): string {
  const wallDate = date.slice(0, 'YYYY-MM-DD'.length);
  return FORMATS[format][timeGroup](new Date(`${wallDate}T00:00:00Z`));
}
