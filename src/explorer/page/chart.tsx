import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { printable, type Row, type Table } from '../../index.js';
import { cellValue, explainCell, formatValue, renderSvg, renderSvgCurves, unitOf } from '../../report.js';
import { doorAt, doorsOf, openDoor, type Piece } from './door.js';
import { Markup } from './markup.js';
import { markDoors, moveFocus, type Place, placeOf } from './pointed.js';

const MAX_LISTED = 12;

/**
 * A table as a picture: curves of a triangle, otherwise what its layout looks like. What is under the pointer, or what the
 * arrow keys move to, is read out, and opened by a click or Enter to see its people.
 */
export function Chart({ table, part }: Piece) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const isDrawn = width > 0;
  useLayoutEffect(() => {
    markDoors(box.current!, ({ row, column }) =>
      row === undefined ? doorsOf(table, column).length > 0 : doorAt(table, row, column) !== undefined,
    );
  }, [table, width]);
  const [at, setAt] = useState<(Place & { readonly x: number }) | undefined>(undefined);
  const point = (event: Event): void => {
    const place = placeOf(event);
    if (place === undefined) return;
    const marked = (event.target as Element).closest('[data-column]')!.getBoundingClientRect();
    setAt({ ...place, x: marked.x + marked.width / 2 - box.current!.getBoundingClientRect().x });
  };
  const open = (event: Event): void => {
    const place = placeOf(event);
    if (place !== undefined) openDoor({ table, part }, place.row, place.column);
  };
  const leave = (): void => setAt(undefined);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the columns of the chart are in it
    <div
      class="chart"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === 'Enter') open(event);
        else moveFocus(event);
      }}
      onClick={open}
      onFocusIn={point}
      onFocusOut={leave}
      onPointerOver={point}
      onPointerLeave={leave}
    >
      {isDrawn && <Markup render={() => draw(table, width)} of={[table, width]} />}
      {at !== undefined && at.column < table.columns.length && (
        <div
          class="readout"
          aria-hidden="true"
          style={at.x > width / 2 ? { right: `${width - at.x + 12}px` } : { left: `${at.x + 12}px` }}
        >
          {at.row === undefined ? (
            <ColumnValues table={table} column={at.column} />
          ) : (
            at.row < table.rows.length && <CellValue table={table} row={at.row} column={at.column} />
          )}
        </div>
      )}
    </div>
  );
}

function draw(table: Table, width: number): string {
  const options = { width, interactive: true, inlineStyle: false };
  if (table.layout === 'triangle') return renderSvgCurves(table, options);
  // The numbers of the other rows are in the table below.
  const rows = table.layout === 'steps' ? table.rows.slice(0, 1) : table.rows;
  return renderSvg({ ...table, rows }, options);
}

function ColumnValues({ table, column }: { readonly table: Table; readonly column: number }) {
  const { rows, layout } = table;
  return (
    <>
      <strong>{printable(table.columns[column]!.label)}</strong>
      {listed(table, column).map(({ row, value }) => (
        <div key={row.key}>
          {layout === 'series' && <i data-line={rows.indexOf(row)} />}
          <span>{printable(row.label)}</span>
          <b>{formatValue(value, unitOf(table, column))}</b>
        </div>
      ))}
    </>
  );
}

function CellValue({
  table,
  row,
  column,
}: Required<Place> & { readonly table: Table; readonly row: number }) {
  const { label, cells } = table.rows[row]!;
  const unit = unitOf(table, column);
  const value = cellValue(cells[column]!, unit);
  return (
    <>
      <strong>{printable(label)}</strong>
      <div>
        <span>{printable(table.columns[column]!.label)}</span>
        {value !== undefined && <b>{formatValue(value, unit)}</b>}
      </div>
      {unit !== 'people' && value !== undefined && <div>{explainCell(table, row, column)}</div>}
    </>
  );
}

/** The value of the summary in a column, and the largest ones of the rows. */
function listed(table: Table, column: number): { row: Row; value: number }[] {
  const { rows, summary } = table;
  const unit = unitOf(table, column);
  const read = (row: Row) => {
    const value = cellValue(row.cells[column]!, unit);
    return value === undefined ? [] : [{ row, value }];
  };
  const values = rows.flatMap(read).sort((a, b) => b.value - a.value);
  return [...(summary === undefined ? [] : read(summary)), ...values].slice(0, MAX_LISTED);
}
