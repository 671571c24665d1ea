import type { VNode } from 'preact';
import type { TableView } from '../tables/view.js';

/** What stands around the cells of any HTML table. */

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
