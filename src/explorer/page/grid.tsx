import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Table } from '../../index.js';
import { cellValue, formatValue, renderHtmlTable } from '../../report.js';
import { Markup } from './markup.js';
import { moveFocus, type Place, placeOf } from './pointed.js';
import { hrefOf } from './route.js';

/** A table as a grid: arrow keys move from cell to cell, and the line below says what the cell means. */
export function Grid({ table }: { readonly table: Table }) {
  // The table may be large and does not read this, so that pointing at a cell does not draw it anew.
  const place = useSignal<Place | undefined>(undefined);
  useEffect(() => {
    place.value = undefined;
  }, [table]);
  const point = (event: Event): void => {
    place.value = placeOf(event) ?? place.peek();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the grid is in it */}
      <div onKeyDown={moveFocus} onFocusIn={point} onPointerOver={point}>
        <Markup
          render={() => renderHtmlTable(table, { interactive: true, inlineStyle: false })}
          of={[table]}
        />
      </div>
      <p class="detail" role="status">
        <Explanation table={table} place={place} />
      </p>
    </>
  );
}

interface ExplanationProps {
  readonly table: Table;
  readonly place: Signal<Place | undefined>;
}

function Explanation({ table, place }: ExplanationProps) {
  const { row: index = -1, column = -1, title } = place.value ?? {};
  const row = table.rows[index];
  const cell = row?.cells[column];
  if (row === undefined || cell === undefined) {
    return (
      <span class="muted hint">Point at a cell, or move with the arrow keys, to see what it means.</span>
    );
  }
  const value = cellValue(cell, table.unit);
  return (
    <>
      <strong>{row.label}</strong>: {cell.state === 'future' && 'still to come'}
      {cell.state === 'empty' && 'no members'}
      {value !== undefined && (
        <>
          {title}
          {table.unit !== 'people' && `, ${formatValue(value, table.unit)}`}
          {cell.state === 'running' && ' so far'}{' '}
          {cell.query !== undefined && (
            <a href={hrefOf('expression', { q: cell.query })}>Show these people</a>
          )}
        </>
      )}
    </>
  );
}
