import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { printable, type Table } from '../../index.js';
import { cellValue, explainCell, formatValue, renderHtmlTable, unitOf } from '../../report.js';
import { doorAt, openDoor, type Piece } from './door.js';
import { Markup } from './markup.js';
import { markDoors, moveFocus, type Place, placeOf } from './pointed.js';
import { showEdges } from './scrolling.js';

/**
 * A table as a grid: arrow keys move from cell to cell, the line below says what the cell means, and a click or Enter opens
 * it to see its people.
 */
export function Grid({ table, part }: Piece) {
  // The table may be large and does not read this, so that pointing at a cell does not draw it anew.
  const place = useSignal<Place | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    markDoors(box.current!, ({ row, column }) => doorAt(table, row!, column) !== undefined);
    return showEdges(box.current!.querySelector('.bm-scroll')!);
  }, [table]);
  useEffect(() => {
    place.value = undefined;
  }, [table]);
  const point = (event: Event): void => {
    place.value = placeOf(event) ?? place.peek();
  };
  const open = (event: Event): void => {
    const pressed = placeOf(event);
    if (pressed !== undefined) openDoor({ table, part }, pressed.row, pressed.column);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the grid is in it */}
      <div
        ref={box}
        onKeyDown={(event) => {
          if (event.key === 'Enter') open(event);
          else moveFocus(event);
        }}
        onClick={open}
        onFocusIn={point}
        onPointerOver={point}
      >
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
  const { row: index = -1, column = -1 } = place.value ?? {};
  const row = table.rows[index];
  const cell = row?.cells[column];
  if (row === undefined || cell === undefined) {
    return (
      <span class="muted hint">Point at a cell, or move with the arrow keys, to see what it means.</span>
    );
  }
  const unit = unitOf(table, column);
  const value = cellValue(cell, unit);
  return (
    <>
      <strong>{printable(row.label)}</strong>: {cell.state === 'future' && 'still to come'}
      {cell.state === 'empty' && 'no members'}
      {value !== undefined && (
        <>
          {explainCell(table, index, column)}
          {unit !== 'people' && `, ${formatValue(value, unit)}`}
          {cell.state === 'running' && ' so far'}
          {doorAt(table, index, column) && (
            <span class="muted hint"> · a click or Enter shows who these people are</span>
          )}
        </>
      )}
    </>
  );
}
