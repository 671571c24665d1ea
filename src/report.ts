export { printable } from './base/errors.js';
export type { EventChoice } from './report/choices.js';
export { makeCombobox, type Suggest, type Suggestion } from './report/combobox.js';
export { type CsvOptions, renderCsv, toCsv } from './report/csv.js';
export { renderSvgCurves } from './report/curves.js';
export { type HtmlFormOptions, renderHtmlForm } from './report/form.js';
export type { FragmentOptions } from './report/fragment.js';
export { renderSvgHeatmap } from './report/heatmap.js';
export { renderMarkdown } from './report/markdown.js';
export { type HtmlPageOptions, renderHtmlPage } from './report/page.js';
export type { ChartOptions, SvgOptions } from './report/picture.js';
export { renderHtmlReport } from './report/report.js';
export { enhanceForms, formScript } from './report/script.js';
export { reportStylesheet } from './report/style.js';
export { renderSvg } from './report/svg.js';
export { type HtmlTableOptions, renderHtmlTable } from './report/table.js';
export { renderText, type TextOptions } from './report/text.js';
export { type AverageKind, averageRow } from './tables/average.js';
export { type ColorScheme, type HeatColor, type HeatKind, heatColors, lineColors } from './tables/heat.js';
export { periodLabel } from './tables/labels.js';
export { formatValue, groupDigits } from './tables/numbers.js';
export { cellValue, unitOf } from './tables/table.js';
export {
  type CellView,
  explainCell,
  type RowView,
  type StateNote,
  type TableView,
  type ViewOptions,
  viewTable,
} from './tables/view.js';
