import type { VNode } from 'preact';
import type { Table, Cell as TableCell } from '../tables/table.js';
import { type RowView, type TableView, type ViewOptions, viewTable } from '../tables/view.js';
import { Cell, heatOf } from './cell.js';
import { type FragmentOptions, renderFragment } from './fragment.js';
import { Legend } from './legend.js';
import { Rates } from './rates.js';
import { Caption, Head, Label, Notes } from './tableparts.js';
import { checkUrl } from './url.js';

/** What the table shows, and what stands around it. */
export interface HtmlTableOptions extends ViewOptions, FragmentOptions {
  /** Where the same table is as CSV, for a link below the table. Relative or http(s). */
  readonly csvUrl?: string | undefined;
  /** Where it is shown who the people of a cell are, for a link on its number; `undefined` for a cell without one. Relative or http(s). */
  readonly cellUrl?: ((cell: TableCell) => string | undefined) | undefined;
  /**
   * Whether cells say where they stand, `data-row` and `data-column` (indexes into the table's rows and columns), and can be
   * focused one by one as those of an ARIA grid: for a page whose script moves the focus. Default: no.
   */
  readonly interactive?: boolean | undefined;
}

/**
 * The table as a piece of HTML: for light and dark screens, phones and paper, without scripts; a heatmap unless it is of
 * lines over time. Running periods carry a `*`, periods to come are blank, a cohort without members shows `–`, and 0 means
 * that nobody came back; the same is there in words for screen readers.
 * @throws TypeError for a `csvUrl` that is neither relative nor http(s); RangeError for a unit that does not exist
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { renderHtmlPage, renderHtmlTable } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().cohort({ select1: 'signup', select2: 'active', timeGroup: 'weeks' });
 * const page = renderHtmlPage([renderHtmlTable(table, { inlineStyle: false })], { title: 'Retention' });
 * console.log(page.includes('<title>Retention</title>')); // true
 */
export function renderHtmlTable(table: Table, options: HtmlTableOptions = {}): string {
  return renderFragment(<TableParts view={viewTable(table, options)} options={options} />, options);
}

interface TablePartsProps {
  readonly view: TableView;
  readonly options: HtmlTableOptions;
  /** Whether it is said above already what the table is about; then its caption is only for screen readers. */
  readonly isBelowPicture?: boolean;
}

/** A table, what its signs mean, and what there is to say about it. */
export function TableParts({ view, options, isBelowPicture = false }: TablePartsProps): VNode {
  const { interactive = false, csvUrl, cellUrl } = options;
  return (
    <>
      {view.table.layout === 'steps' && <Rates view={view} isBelowPicture={isBelowPicture} />}
      <figure class="bm-scroll" aria-label={view.title} tabindex={0}>
        <table role={interactive ? 'grid' : undefined}>
          <Caption title={view.title} subtitle={view.subtitle} isUnseen={isBelowPicture} />
          <Head {...view} />
          {view.summary && <Summary row={view.summary} hasSizes={view.hasSizes} />}
          <tbody>
            {view.rows.map(({ label, size, cells }, row) => (
              <tr>
                <Label>{label}</Label>
                {view.hasSizes && <td class="bm-size">{size}</td>}
                {cells.map((cell, column) => (
                  <Cell
                    cell={cell}
                    view={view}
                    row={row}
                    column={column}
                    interactive={interactive}
                    url={cellUrl?.(view.table.rows[row]!.cells[column]!)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </figure>
      {view.columns.length > 0 && <Legend {...view} />}
      <Notes notes={view.notes} />
      {csvUrl !== undefined && (
        <p class="bm-export">
          <a href={checkUrl(csvUrl)}>Export as CSV</a>
        </p>
      )}
    </>
  );
}

/** What is said about all rows, right below the headings: there it is seen first, however many rows there are. */
function Summary({ row, hasSizes }: { row: RowView; hasSizes: boolean }): VNode {
  return (
    <tbody class="bm-summary">
      <tr>
        <Label>{row.label}</Label>
        {hasSizes && <td class="bm-size">{row.size}</td>}
        {row.cells.map((cell) => (
          <td class={heatOf(cell)}>{cell.text}</td>
        ))}
      </tr>
    </tbody>
  );
}
