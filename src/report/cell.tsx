import type { VNode } from 'preact';
import { type CellView, explainCell, RUNNING_MARK, type TableView } from '../tables/view.js';
import { heatClass } from './style.js';
import { checkUrl } from './url.js';

interface CellProps {
  readonly cell: CellView;
  readonly view: TableView;
  readonly row: number;
  readonly column: number;
  readonly interactive: boolean;
  /** Where it is shown who these people are. */
  readonly url: string | undefined;
}

/** A cell of an HTML table, whose sign is there in words for screen readers, too. */
export function Cell({ cell, view: { table }, row, column, interactive, url }: CellProps): VNode {
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
          {linked(cell.text, url)}
          <span aria-hidden="true">{RUNNING_MARK}</span>
          <span class="bm-unseen"> so far</span>
        </td>
      );
    default:
      return (
        <td class={heatOf(cell)} title={explainCell(table, row, column)} {...place}>
          {linked(cell.text, url)}
        </td>
      );
  }
}

/** The number, and where it is shown whose it is. */
function linked(text: string, url: string | undefined): VNode | string {
  return url === undefined ? text : <a href={checkUrl(url)}>{text}</a>;
}

/** Class of the colour of a cell. */
export function heatOf({ heat }: CellView): string | undefined {
  return heat === undefined ? undefined : heatClass(heat);
}
