/** Cells of tables and columns of charts, as renderers mark them: which one an event is about, and keys that lead on. */

/** Indexes into a table's rows and columns; a column of a chart is about all rows. */
export interface Place {
  readonly row: number | undefined;
  readonly column: number;
}

/** Where an event happened; `undefined` if it is none of these. */
export function placeOf({ target }: Event): Place | undefined {
  const marked = markedOf(target);
  return marked === null ? undefined : readPlace(marked);
}

function readPlace(marked: Marked): Place {
  const { row, column } = marked.dataset;
  return { row: row === undefined ? undefined : Number(row), column: Number(column) };
}

/**
 * Makes what a renderer marked known to assistive technology as something that opens a panel, and reachable by the keyboard.
 * @param isDoor whether something is behind it
 */
export function markDoors(box: Element, isDoor: (place: Place) => boolean): void {
  const all = [...box.querySelectorAll<Marked>('[data-column]')];
  const isReached = all.some((marked) => marked.getAttribute('tabindex') === '0');
  for (const [index, marked] of all.entries()) {
    if (!marked.hasAttribute('tabindex')) {
      marked.setAttribute('tabindex', index === 0 && !isReached ? '0' : '-1');
    }
    if (isDoor(readPlace(marked))) marked.setAttribute('aria-haspopup', 'dialog');
  }
}

/** Lets arrow keys, Home and End move the focus from one to the next; only the one that has it is reached by Tab. */
export function moveFocus(event: KeyboardEvent): void {
  const from = markedOf(event.target);
  const step = STEPS[event.key];
  if (from === null || step === undefined) return;
  event.preventDefault();
  const next = markedOf(step(from));
  if (next === null) return;
  from.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
}

type Marked = HTMLElement | SVGElement;

function markedOf(target: EventTarget | null | undefined): Marked | null {
  return target instanceof Element ? target.closest<Marked>('[data-column]') : null;
}

const STEPS: Partial<Record<string, (from: Marked) => Element | null | undefined>> = {
  ArrowLeft: (from) => neighbour(from, -1),
  ArrowRight: (from) => neighbour(from, 1),
  ArrowUp: (from) => below(from, -1),
  ArrowDown: (from) => below(from, 1),
  Home: (from) => lineOf(from)[0],
  End: (from) => lineOf(from).at(-1),
};

function neighbour(from: Marked, step: number): Element | undefined {
  const line = lineOf(from);
  return line[line.indexOf(from) + step];
}

/** In a table the cells of a row; of a picture all that is marked, in the order of the eye. */
function lineOf(from: Marked): Marked[] {
  const whole = from.closest('tr, svg') ?? from.parentElement!;
  return [...whole.querySelectorAll<Marked>('[data-column]')];
}

/** The one of the next line in the same column, if it has one; of a picture without lines the next one. */
function below(from: Marked, step: number): Element | null | undefined {
  if (from instanceof HTMLTableCellElement) {
    const row =
      step < 0 ? from.parentElement?.previousElementSibling : from.parentElement?.nextElementSibling;
    return row?.children[from.cellIndex];
  }
  // A group of bars may lack one of a class.
  const column = lineOf(from).filter(({ dataset }) => dataset.column === from.dataset.column);
  return column[column.indexOf(from) + step] ?? neighbour(from, step);
}
