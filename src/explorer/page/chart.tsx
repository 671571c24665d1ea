import { useEffect, useRef, useState } from 'preact/hooks';
import type { Row, Table } from '../../index.js';
import { cellValue, formatValue, renderSvgCurves } from '../../report.js';
import { Markup } from './markup.js';
import { moveFocus, placeOf } from './pointed.js';

const MAX_LISTED = 12;

/** Lines over columns. The values of a column are listed: of the one under the pointer, or that the arrow keys move to. */
export function Chart({ table }: { readonly table: Table }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const [at, setAt] = useState<{ readonly column: number; readonly x: number } | undefined>(undefined);
  const point = (event: Event): void => {
    const place = placeOf(event);
    if (place === undefined) return;
    const column = (event.target as Element).closest('[data-column]')!.getBoundingClientRect();
    setAt({ column: place.column, x: column.x + column.width / 2 - box.current!.getBoundingClientRect().x });
  };
  const leave = (): void => setAt(undefined);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the columns of the chart are in it
    <div
      class="chart"
      ref={box}
      onKeyDown={moveFocus}
      onFocusIn={point}
      onFocusOut={leave}
      onPointerOver={point}
      onPointerLeave={leave}
    >
      {width > 0 && (
        <Markup
          render={() => renderSvgCurves(table, { width, interactive: true, inlineStyle: false })}
          of={[table, width]}
        />
      )}
      {at !== undefined && at.column < table.columns.length && (
        <div
          class="readout"
          aria-hidden="true"
          style={at.x > width / 2 ? { right: `${width - at.x + 12}px` } : { left: `${at.x + 12}px` }}
        >
          <strong>{table.columns[at.column]!.label}</strong>
          {listed(table, at.column).map(({ row, value }) => (
            <div key={row.key}>
              {table.layout === 'series' && <i data-line={table.rows.indexOf(row)} />}
              <span>{row.label}</span>
              <b>{formatValue(value, table.unit)}</b>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** The value of the summary in a column, and the largest ones of the rows. */
function listed({ rows, summary, unit }: Table, column: number): { row: Row; value: number }[] {
  const read = (row: Row) => {
    const value = cellValue(row.cells[column]!, unit);
    return value === undefined ? [] : [{ row, value }];
  };
  const values = rows.flatMap(read).sort((a, b) => b.value - a.value);
  return [...(summary === undefined ? [] : read(summary)), ...values].slice(0, MAX_LISTED);
}
