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
  ArrowLeft: (from) => from.previousElementSibling,
  ArrowRight: (from) => from.nextElementSibling,
  ArrowUp: (from) => cellBelow(from, from.parentElement?.previousElementSibling),
  ArrowDown: (from) => cellBelow(from, from.parentElement?.nextElementSibling),
  Home: (from) => from.parentElement?.querySelector('[data-column]'),
  End: (from) => from.parentElement?.lastElementChild,
};

/** The cell of another row in the same column. */
function cellBelow(from: Marked, row: Element | null | undefined): Element | undefined {
  return from instanceof HTMLTableCellElement ? row?.children[from.cellIndex] : undefined;
}
