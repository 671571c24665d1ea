export {
  type CompatCell,
  type CompatTable,
  compatCells,
  type PrintOptions,
  renderCompatCsv,
} from './compat/cells.js';
export {
  compatCohort,
  type DatesArguments,
  type DatesEntry,
  type DatesRow,
  datesData,
} from './compat/dates.js';
export { type CompatTableOptions, compatStylesheet, renderCompatTable } from './compat/table.js';
