export { averageColumns } from './report/average.js';
export { renderCsv } from './report/csv.js';
export { type DatesEntry, type DatesRow, toDatesData } from './report/dates.js';
export { type ColorScheme, type HeatColor, type HeatScale, heatColors } from './report/heat.js';
export { periodLabel, printable } from './report/labels.js';
export type { AverageKind, ReportOptions, ReportUnit } from './report/options.js';
export { renderText, type TextOptions } from './report/text.js';
export { type CellView, type RowView, type TableView, viewTable } from './report/view.js';
