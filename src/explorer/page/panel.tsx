import { useEffect, useId, useRef } from 'preact/hooks';
import { printable } from '../../index.js';
import { cellValue, explainCell, formatValue, unitOf } from '../../report.js';
import { useAnswer } from './answer.js';
import { closeDoor, type Door, doorsOf, goThrough, isOpenedByReader, type Piece } from './door.js';
import { describePeople, People } from './people.js';
import { hrefOf } from './route.js';
import { SegmentForm } from './segments.js';

interface DoorPanelProps extends Piece {
  readonly door: Door;
  /** Whether the other lines of the column can be looked at from here. */
  readonly hasNeighbours: boolean;
}

/** Who the people of a cell are, beside the table that they are in. */
export function DoorPanel({ table, part, door, hasNeighbours }: DoorPanelProps) {
  const { row, column, query } = door;
  const { answer, problem, isPending } = useAnswer('count', query, describePeople);
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isOpenedByReader()) heading.current?.focus();
  }, [row, column]);
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      // A list of suggestions closes first.
      if (event.key === 'Escape' && !event.defaultPrevented) closeDoor(door);
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [row, column]);
  const neighbours = hasNeighbours ? doorsOf(table, column) : [];
  const { label } = table.rows[row]!;
  return (
    <section class="door card" role="dialog" aria-labelledby={titleId}>
      <header>
        <h2 id={titleId} ref={heading} tabIndex={-1}>
          {printable(label)}: {printable(table.columns[column]!.label)}
          {part !== undefined && ` · ${printable(part)}`}
        </h2>
        <button type="button" class="close" aria-label="Close" onClick={() => closeDoor(door)}>
          ×
        </button>
      </header>
      {neighbours.length > 1 ? (
        <Neighbours table={table} part={part} doors={neighbours} open={door} />
      ) : (
        <p class="muted">{explainCell(table, row, column)}</p>
      )}
      {problem && (
        <p class="warning" role="alert">
          {problem.message}
        </p>
      )}
      {answer && !problem && <People answer={answer} query={query} isPending={isPending} />}
      <SegmentForm key={query} expression={query} />
      <p>
        <a href={hrefOf('expression', { q: query })}>Open as expression</a>
      </p>
    </section>
  );
}

interface NeighboursProps extends Piece {
  readonly doors: readonly Door[];
  readonly open: Door;
}

/** The lines that a column of a chart goes through: one of them is looked at, the others can be. */
function Neighbours({ table, part, doors, open }: NeighboursProps) {
  const { rows, columns, layout } = table;
  const unit = unitOf(table, open.column);
  return (
    <ul class="neighbours" aria-label={printable(columns[open.column]!.label)}>
      {doors.map((door) => {
        const { row, column } = door;
        const { key, label, cells } = rows[row]!;
        const value = cellValue(cells[column]!, unit);
        return (
          <li key={key}>
            <button
              type="button"
              aria-pressed={row === open.row}
              onClick={() => goThrough({ table, part }, door)}
            >
              {layout === 'series' && <i data-line={row} />}
              <span>{printable(label)}</span>
              {value !== undefined && <b>{formatValue(value, unit)}</b>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
