import { range } from 'd3-array';
import type { VNode } from 'preact';
import { printable } from '../base/errors.js';
import { BEYOND, HEAT_STEPS } from '../tables/heat.js';
import { formatValue, groupDigits } from '../tables/numbers.js';
import { stepRates } from '../tables/steps.js';
import type { Table } from '../tables/table.js';
import {
  type CellView,
  explainCell,
  heatLegend,
  type RowView,
  RUNNING_MARK,
  type TableView,
  type ViewOptions,
  viewTable,
} from '../tables/view.js';
import { type FragmentOptions, renderFragment } from './fragment.js';
import { heatClass } from './style.js';
import { checkUrl } from './url.js';

/** What the table shows, and what stands around it. */
export interface HtmlTableOptions extends ViewOptions, FragmentOptions {
  /** Where the same table is as CSV, for a link below the table. Relative or http(s). */
  readonly csvUrl?: string | undefined;
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
  const { interactive = false, csvUrl } = options;
  return (
    <>
      {view.table.layout === 'steps' && <Rates view={view} isBelowPicture={isBelowPicture} />}
      <section class="bm-scroll" aria-label={view.title} tabindex={0}>
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
                  <Cell cell={cell} view={view} row={row} column={column} interactive={interactive} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
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

/** The steps of a funnel, of everybody: a line each. */
function Rates({ view, isBelowPicture }: { view: TableView; isBelowPicture: boolean }): VNode {
  const percentOf = (rate: number | undefined): string =>
    rate === undefined ? '–' : formatValue(rate, 'percent');
  return (
    <section class="bm-scroll" aria-label={`${view.title}: steps`} tabindex={0}>
      <table>
        <Caption title={view.title} subtitle="people at each step" isUnseen={isBelowPicture} />
        <thead>
          <tr>
            <th scope="col" class="bm-label">
              Step
            </th>
            <th scope="col">People</th>
            <th scope="col">Of the first step</th>
            <th scope="col">Of the step before</th>
          </tr>
        </thead>
        <tbody>
          {stepRates(view.table).map(({ label, count, ofFirst, ofBefore, isRunning }, index) => (
            <tr>
              <Label>{`${index + 1}. ${printable(label)}`}</Label>
              <td>{`${groupDigits(count)}${isRunning ? RUNNING_MARK : ''}`}</td>
              <td>{percentOf(ofFirst)}</td>
              <td>{index === 0 ? '' : percentOf(ofBefore)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CaptionProps extends Pick<TableView, 'title' | 'subtitle'> {
  /** Whether it is only there for screen readers. */
  readonly isUnseen?: boolean;
}

/** Above a table: what it is about, and what its numbers are. */
export function Caption({ title, subtitle, isUnseen = false }: CaptionProps): VNode {
  return (
    <caption class={isUnseen ? 'bm-unseen' : undefined}>
      <div class="bm-title">{title}</div>
      <div class="bm-muted">{subtitle}</div>
    </caption>
  );
}

type HeadProps = Pick<TableView, 'rowHead' | 'columnHead' | 'columns' | 'hasSizes'>;

/** The headings, below one for all columns if there is something to say of all. */
export function Head({ rowHead, columnHead, columns, hasSizes }: HeadProps): VNode {
  const isNamed = columns.length > 0 && columnHead !== '';
  const rowspan = isNamed ? 2 : undefined;
  const headings = columns.map((column) => <th scope="col">{column}</th>);
  return (
    <thead>
      <tr>
        <th scope="col" rowspan={rowspan} class="bm-label">
          {rowHead}
        </th>
        {hasSizes && (
          <th scope="col" rowspan={rowspan}>
            Size
          </th>
        )}
        {isNamed ? (
          <th scope="colgroup" colspan={columns.length}>
            {columnHead.charAt(0).toUpperCase() + columnHead.slice(1)}
          </th>
        ) : (
          headings
        )}
      </tr>
      {isNamed && <tr>{headings}</tr>}
    </thead>
  );
}

export function Label({ children }: { children: string }): VNode {
  return (
    <th scope="row" class="bm-label">
      {children}
    </th>
  );
}

/** Sentences below a table. */
export function Notes({ notes }: { notes: readonly string[] }): VNode {
  return (
    <>
      {notes.map((note) => (
        <p class="bm-note">{note}</p>
      ))}
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

interface CellProps {
  readonly cell: CellView;
  readonly view: TableView;
  readonly row: number;
  readonly column: number;
  readonly interactive: boolean;
}

function Cell({ cell, view: { table }, row, column, interactive }: CellProps): VNode {
  const [dataRow, dataColumn] = table.layout === 'series' ? [column, row] : [row, column];
  const place = interactive
    ? { 'data-row': dataRow, 'data-column': dataColumn, tabindex: row + column === 0 ? 0 : -1 }
    : {};
  switch (cell.state) {
    case 'future':
      return (
        <td class="bm-future" {...place}>
          <span class="bm-unseen">still to come</span>
        </td>
      );
    case 'empty':
      return (
        <td class="bm-empty" {...place}>
          <span aria-hidden="true">{cell.text}</span>
          <span class="bm-unseen">no members</span>
        </td>
      );
    case 'running':
      return (
        <td
          class={`bm-running ${heatOf(cell) ?? ''}`.trim()}
          title={explainCell(table, row, column)}
          {...place}
        >
          {cell.text}
          <span aria-hidden="true">{RUNNING_MARK}</span>
          <span class="bm-unseen"> so far</span>
        </td>
      );
    default:
      return (
        <td class={heatOf(cell)} title={explainCell(table, row, column)} {...place}>
          {cell.text}
        </td>
      );
  }
}

function heatOf({ heat }: CellView): string | undefined {
  return heat === undefined ? undefined : heatClass(heat);
}

function Legend({ unit, scale, signs }: TableView): VNode {
  const heat = scale && heatLegend(scale, unit);
  return (
    <p class="bm-legend">
      {heat && (
        <span>
          {heat.zero}
          <span class="bm-ramp" aria-hidden="true">
            {range(HEAT_STEPS).map((step) => (
              <i class={heatClass(step)} />
            ))}
          </span>
          {heat.hottest}
        </span>
      )}
      {heat?.beyond && (
        <span>
          <span class="bm-ramp" aria-hidden="true">
            <i class={`bm-wide ${heatClass(BEYOND)}`} />
          </span>
          {heat.beyond}
        </span>
      )}
      {heat && <span>{heat.kind}</span>}
      {signs.map(({ sign, meaning }) => (
        <span>
          <span class="bm-sign">{sign}</span> {meaning}
        </span>
      ))}
    </p>
  );
}
