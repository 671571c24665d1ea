import type { Table } from '../tables/table.js';
import { isHeated, viewTable } from '../tables/view.js';
import { renderFragment } from './fragment.js';
import { renderSvg } from './svg.js';
import { type HtmlTableOptions, TableParts } from './table.js';

/**
 * The table as a piece of HTML for who reads it: the picture that suits its layout, drawn for
 * wide and for narrow screens, with the numbers below; a heatmap is a
 * table already. Long tables of numbers wait until they are asked for.
 * @throws as `renderHtmlTable`
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { trend } from 'bitmapist-wasm/measures';
 * import { renderHtmlPage, renderHtmlReport } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().ask(trend, { events: ['active'] });
 * const page = renderHtmlPage([renderHtmlReport(table, { inlineStyle: false })], { title: 'Trend' });
 * console.log(page.includes('<svg'), page.includes('<table')); // true true
 */
export function renderHtmlReport(table: Table, options: HtmlTableOptions = {}): string {
  const view = viewTable(table, options);
  const isPictured = table.columns.length > 0 && (table.layout === 'steps' || !isHeated(table));
  if (!isPictured) return renderFragment(<TableParts view={view} options={options} />, options);
  // The rows of a funnel stand below it as a table.
  const pictured = table.layout === 'steps' ? { ...table, rows: table.rows.slice(0, 1) } : table;
  const draw = (width: number): string =>
    renderSvg(pictured, { ...options, interactive: false, inlineStyle: false, bare: true, width });
  const numbers = <TableParts view={view} options={options} isBelowPicture />;
  return renderFragment(
    <>
      <div class="bm-title">{view.title}</div>
      <div class="bm-muted">{view.subtitle}</div>
      {/* A picture has escaped what it did not write. */}
      <div class="bm-roomy" dangerouslySetInnerHTML={{ __html: draw(760) }} />
      <div class="bm-slim" dangerouslySetInnerHTML={{ __html: draw(344) }} />
      {view.rows.length > MOST_ROWS ? (
        <details>
          <summary>The numbers</summary>
          {numbers}
        </details>
      ) : (
        numbers
      )}
    </>,
    options,
  );
}

/** More rows than a screen has are no first sight. */
const MOST_ROWS = 31;
