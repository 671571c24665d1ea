import { range } from 'd3-array';
import type { VNode } from 'preact';
import type { CohortCell, CohortRow, CohortTable, TimeGroup } from '../measures/types.js';
import { type CompatCell, compatCells } from './compat.js';
import { type FragmentOptions, renderFragment } from './fragment.js';
import { HEAT_STEPS } from './heat.js';
import { periodLabel, selectionLabel } from './labels.js';
import { type AverageKind, isCompat, type ReportOptions, type ReportUnit, unitOf } from './options.js';
import { alphaClasses, heatClass } from './style.js';
import { checkUrl } from './url.js';
import {
  type CellView,
  explainStates,
  formatValue,
  hottestLabel,
  notesOf,
  subtitle,
  type TableView,
  UNFINISHED_MARK,
  viewTable,
} from './view.js';

export interface HtmlTableOptions extends ReportOptions, FragmentOptions {
  /** Default `weighted`; `compat` tables always have the reference's mean. */
  readonly average?: AverageKind | undefined;
  /** Where the same table is to be had as CSV, for a link below the table. Relative or http(s). */
  readonly csvUrl?: string | undefined;
}

/**
 * The table as a piece of HTML: a heatmap for light and dark screens, phones and paper, without scripts. Running periods
 * carry a `*`, periods to come are blank, a cohort without members shows `–`, and 0 means that nobody came back; the same
 * is there in words for screen readers. With `compat` the texts and colours are those of the reference's
 * `render_html_data`.
 * @throws TypeError for a `csvUrl` that is neither relative nor http(s)
 */
export function renderHtmlTable(table: CohortTable, options: HtmlTableOptions = {}): string {
  const unit = unitOf(options);
  const csvUrl = options.csvUrl === undefined ? undefined : checkUrl(options.csvUrl);
  const compat = isCompat(table, options);
  const view = compat ? undefined : viewTable(table, unit, options.average);
  return renderFragment(
    <>
      <section class="bm-scroll" aria-label={selectionLabel(table)} tabindex={0}>
        <table>
          <caption>
            <div class="bm-title">{selectionLabel(table)}</div>
            <div class="bm-muted">{subtitle(table, unit)}</div>
          </caption>
          <Head timeGroup={table.timeGroup} numOfRows={table.numOfRows} />
          {view === undefined ? <CompatRows table={table} unit={unit} /> : <Rows table={table} view={view} />}
        </table>
      </section>
      {view !== undefined && view.columns.length > 0 && <Legend view={view} />}
      {notesOf(table).map((note) => (
        <p class="bm-note">{note}</p>
      ))}
      {csvUrl !== undefined && (
        <p class="bm-export">
          <a href={csvUrl}>Export as CSV</a>
        </p>
      )}
    </>,
    options,
    compat ? 'bm-compat' : '',
  );
}

function Head({ timeGroup, numOfRows }: { timeGroup: TimeGroup; numOfRows: number }): VNode {
  const columns = range(numOfRows + 1);
  const rowspan = columns.length > 0 ? 2 : undefined;
  const later = `${timeGroup[0]!.toUpperCase()}${timeGroup.slice(1)} later`;
  return (
    <thead>
      <tr>
        <th scope="col" rowspan={rowspan} class="bm-label">
          Cohort
        </th>
        <th scope="col" rowspan={rowspan}>
          Size
        </th>
        {columns.length > 0 && (
          <th scope="colgroup" colspan={columns.length}>
            {later}
          </th>
        )}
      </tr>
      {columns.length > 0 && (
        <tr>
          {columns.map((column) => (
            <th scope="col">{column}</th>
          ))}
        </tr>
      )}
    </thead>
  );
}

function Rows({ table, view }: { table: CohortTable; view: TableView }): VNode {
  return (
    <>
      <tbody>
        {view.rows.map(({ label, total, cells }, index) => (
          <tr>
            <th scope="row" class="bm-label">
              {label}
            </th>
            <td class="bm-size">{total}</td>
            {cells.map((cell, column) => (
              <Cell cell={cell} title={explain(table.rows[index]!, table.rows[index]!.cells[column]!)} />
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" class="bm-label">
            {view.average.label}
          </th>
          <td class="bm-size">{view.average.total}</td>
          {view.average.cells.map((cell) => (
            <td class={heatOf(cell)}>{cell.text}</td>
          ))}
        </tr>
      </tfoot>
    </>
  );
}

function Cell({ cell, title }: { cell: CellView; title: string }): VNode {
  switch (cell.state) {
    case 'future':
      return (
        <td class="bm-future">
          <span class="bm-unseen">still to come</span>
        </td>
      );
    case 'empty':
      return (
        <td class="bm-empty">
          <span aria-hidden="true">{cell.text}</span>
          <span class="bm-unseen">no members</span>
        </td>
      );
    case 'unfinished':
      return (
        <td class={`bm-unfinished ${heatOf(cell)}`} title={title}>
          {cell.text}
          <span aria-hidden="true">{UNFINISHED_MARK}</span>
          <span class="bm-unseen"> so far</span>
        </td>
      );
    default:
      return (
        <td class={heatOf(cell)} title={title}>
          {cell.text}
        </td>
      );
  }
}

function heatOf({ heat }: CellView): string | undefined {
  return heat === undefined ? undefined : heatClass(heat);
}

/** The figures behind a cell: `600 of 1,200 in Feb 2026`. */
function explain(row: CohortRow, cell: CohortCell): string {
  const [count, total] = [cell.count, row.total].map((value) => formatValue(value, 'counts'));
  return `${count} of ${total} in ${periodLabel(cell.period)}`;
}

function Legend({ view }: { view: TableView }): VNode {
  return (
    <p class="bm-legend">
      <span>
        {formatValue(0, view.unit)}
        <span class="bm-ramp" aria-hidden="true">
          {range(HEAT_STEPS).map((step) => (
            <i class={heatClass(step)} />
          ))}
        </span>
        {hottestLabel(view)}
      </span>
      {explainStates(view).map(({ sign, meaning }) => (
        <span>
          <span class="bm-sign">{sign}</span> {meaning}
        </span>
      ))}
    </p>
  );
}

function CompatRows({ table, unit }: { table: CohortTable; unit: ReportUnit }): VNode {
  const { rows, avg } = compatCells(table, { as: unit });
  return (
    <>
      <tbody>
        {rows.map(([label, total, ...cells]) => (
          <tr>
            <th scope="row" class="bm-label">
              {label}
            </th>
            <td class="bm-size">{total}</td>
            {cells.map(([text, ...alphas]: CompatCell) => (
              <td class={alphas.length === 0 ? undefined : alphaClasses(alphas[0]!, alphas[1]!)}>{text}</td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" class="bm-label">
            Mean
          </th>
          <td />
          {avg.map((text) => (
            <td>{text}</td>
          ))}
        </tr>
      </tfoot>
    </>
  );
}
