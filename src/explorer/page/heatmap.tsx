import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { formatQuery, Period, type QueryNode } from '../../index.js';
import { grouped, plural } from '../engine/numbers.js';
import type { RetentionAsk, RetentionCell, RetentionRow, RetentionView } from '../engine/protocol.js';
import { hrefOf } from './route.js';

interface Place {
  readonly row: number;
  readonly column: number;
}

/** The cohort table as a grid: arrow keys move from cell to cell, and the line below says what the cell means. */
export function Heatmap({ view }: { readonly view: RetentionView }) {
  // The table may be large and does not read this, so that pointing at a cell does not draw it anew.
  const place = useSignal<Place | undefined>(undefined);
  return (
    <>
      <div class="scroll">
        <Grid key={JSON.stringify(view.ask)} view={view} place={place} />
      </div>
      <p class="detail" role="status">
        <Explanation view={view} place={place} />
      </p>
    </>
  );
}

interface GridProps {
  readonly view: RetentionView;
  readonly place: Signal<Place | undefined>;
}

/** So many cells are drawn at a time: more would hold the page up. */
const CELLS_PER_FRAME = 1000;

function Grid({ view, place }: GridProps) {
  const shown = useGrowing(view.rows.length, Math.ceil(CELLS_PER_FRAME / view.columns.length));
  const point = (event: Event): void => {
    place.value = placeOf(event.target) ?? place.peek();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = placeOf(event.target);
    const next = at && STEPS[event.key]?.(at, view);
    if (at === undefined || next === undefined) return;
    event.preventDefault();
    const grid = event.currentTarget as HTMLElement;
    cellAt(grid, at)?.setAttribute('tabindex', '-1');
    const cell = cellAt(grid, next);
    cell?.setAttribute('tabindex', '0');
    cell?.focus();
  };
  return (
    <table
      class="heatmap"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells take the focus is a grid
      role="grid"
      aria-busy={shown < view.rows.length}
      onKeyDown={onKeyDown}
      onFocusIn={point}
      onPointerOver={point}
    >
      <caption class="hidden">{captionOf(view.ask)}</caption>
      <thead>
        <tr>
          <th scope="col">Cohort</th>
          <th scope="col" class="total">
            People
          </th>
          {view.columns.map((text) => (
            <th scope="col" key={text}>
              +{text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {view.rows.slice(0, shown).map((row, index) => (
          <tr key={row.period}>
            <th scope="row">{row.label}</th>
            <td class="total">{grouped(row.total)}</td>
            {row.cells.map((cell, column) => (
              <td
                key={cell.period}
                class={`heat ${cell.state}`}
                data-heat={cell.heat}
                data-place={`${index} ${column}`}
                tabIndex={index === 0 && column === 0 ? 0 : -1}
              >
                {cell.text}
                {cell.state === 'running' && cell.text !== '' && <span class="hidden"> so far</span>}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{view.averageLabel}</th>
          <td class="total" />
          {view.average.map((cell, column) => (
            <td key={view.columns[column]} class="heat" data-heat={cell.heat}>
              {cell.text}
            </td>
          ))}
        </tr>
      </tfoot>
    </table>
  );
}

/** A number that grows to `total` by `step` with every frame. */
function useGrowing(total: number, step: number): number {
  const [reached, setReached] = useState(step);
  useEffect(() => {
    if (reached >= total) return;
    const frame = requestAnimationFrame(() => setReached(reached + step));
    return () => cancelAnimationFrame(frame);
  }, [reached, total, step]);
  return Math.min(reached, total);
}

/** The cell that an event happened in. */
function placeOf(target: EventTarget | null): Place | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-place]') : null;
  const [row, column] = cell?.dataset.place?.split(' ').map(Number) ?? [];
  return row === undefined || column === undefined ? undefined : { row, column };
}

function cellAt(grid: HTMLElement, { row, column }: Place): HTMLElement | null {
  return grid.querySelector(`[data-place="${row} ${column}"]`);
}

function Explanation({ view, place }: GridProps) {
  const { row: rowIndex = -1, column = -1 } = place.value ?? {};
  const row = view.rows[rowIndex];
  const cell = row?.cells[column];
  if (row !== undefined && cell !== undefined) {
    return <Detail view={view} row={row} column={column} cell={cell} />;
  }
  const isRunning = view.rows.some(({ cells }) => cells.some(({ state }) => state === 'running'));
  return (
    <span class="muted">
      <span class="hint">Point at a cell, or move with the arrow keys, to see what it means. </span>
      {isRunning && 'Dashed cells are not over yet.'}
    </span>
  );
}

interface DetailProps {
  readonly view: RetentionView;
  readonly row: RetentionRow;
  readonly column: number;
  readonly cell: RetentionCell;
}

function Detail({ view, row, column, cell }: DetailProps) {
  const unit = view.ask.timeGroup.slice(0, -1);
  const later = column === 0 ? `the same ${unit}` : `${column} ${plural(column, unit)} later`;
  return (
    <>
      <strong>{row.label}</strong>, {later} ({cell.period}): {cell.state === 'future' && 'still to come'}
      {cell.state === 'empty' && 'the cohort has no members'}
      {cell.percent !== undefined && cell.state !== 'future' && (
        <>
          {grouped(cell.count)} of {grouped(row.total)}, {cell.percent.toFixed(1)}%
          {cell.state === 'running' && ' so far'}{' '}
          <a href={hrefOf('expression', { q: expressionOf(view.ask, row, cell) })}>Show these people</a>
        </>
      )}
    </>
  );
}

const STEPS: Partial<Record<string, (at: Place, view: RetentionView) => Place>> = {
  ArrowLeft: ({ row, column }) => ({ row, column: Math.max(0, column - 1) }),
  ArrowRight: ({ row, column }, view) => ({ row, column: Math.min(view.columns.length - 1, column + 1) }),
  ArrowUp: ({ row, column }) => ({ row: Math.max(0, row - 1), column }),
  ArrowDown: ({ row, column }, view) => ({ row: Math.min(view.rows.length - 1, row + 1), column }),
  Home: ({ row }) => ({ row, column: 0 }),
  End: ({ row }, view) => ({ row, column: view.columns.length - 1 }),
};

/** The people of a cell as an expression. */
function expressionOf(ask: RetentionAsk, row: RetentionRow, cell: RetentionCell): string {
  const event = (name: string, period: string): QueryNode => ({
    op: 'event',
    event: name,
    period: Period.parse(period),
  });
  const cohort = [ask.select1, ask.select1b].filter((name) => name !== '');
  const comeback = [ask.select2, ask.select2b].filter((name) => name !== '');
  const of = [
    ...cohort.map((name) => event(name, row.period)),
    ...comeback.map((name) => event(name, cell.period)),
  ];
  return formatQuery({ op: 'and', of });
}

function captionOf({ select1, select1b, select2, select2b, as }: RetentionAsk): string {
  const names = (...each: string[]): string => each.filter((name) => name !== '').join(' and ');
  const unit = as === 'percent' ? 'Percentage' : 'Number';
  return `${unit} of people of ${names(select1, select1b)} who later did ${names(select2, select2b)}`;
}
