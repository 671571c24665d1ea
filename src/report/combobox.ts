/** A text that a combobox offers in place of the characters `[from, to)` of what is typed. */
export interface Suggestion {
  readonly text: string;
  /** What the reader sees in the list. */
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/** What could stand at the caret of a text, the likeliest first. */
export type Suggest = (typed: string, caret: number) => readonly Suggestion[];

/**
 * Makes a text field a combobox (ARIA Authoring Practices, list autocomplete with manual selection), with a list of
 * suggestions right after it. A click or an arrow key opens the list of all that could be there, typing the list of what
 * fits; a choice sends the events `input` and `change`, as typing does.
 *
 * Its text goes into pages (`formScript`), so it must not use anything from outside itself.
 * @param isContinuous typing goes on after a choice, as in an expression: suggestions are always those of the caret
 * @example
 * ```ts
 * import { makeCombobox } from 'bitmapist-wasm/report';
 *
 * const names = ['active', 'signup'];
 * function attach(input: HTMLInputElement): void {
 *   makeCombobox(input, (typed) =>
 *     names
 *       .filter((name) => name.includes(typed))
 *       .map((name) => ({ text: name, label: name, from: 0, to: typed.length })),
 *   );
 * }
 * ```
 */
export function makeCombobox(input: HTMLInputElement, suggest: Suggest, isContinuous = false): void {
  const list = document.createElement('ul');
  list.id = `${input.id}-choices`;
  list.className = 'bm-choices';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Choices');
  list.hidden = true;
  input.after(list);
  // The browser's own list would open over this one.
  input.removeAttribute('list');
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');
  let suggestions: readonly Suggestion[] = [];
  let active = -1;

  input.addEventListener('input', () => open(suggest(input.value, caret())));
  input.addEventListener('click', () => (list.hidden ? openAll() : close()));
  input.addEventListener('blur', close);
  // Enter sends a form, after this.
  input.addEventListener('change', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) openAll();
      else activate(event.key === 'ArrowDown' ? active + 1 : active < 0 ? -1 : active - 1);
    } else if (active >= 0 && (event.key === 'Enter' || (event.key === 'Tab' && isContinuous))) {
      event.preventDefault();
      pick(active);
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  // The field keeps the focus while the pointer is on the list.
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => {
    pick([...list.children].indexOf((target as Element).closest('[role=option]')!));
  });

  function caret(): number {
    return input.selectionStart ?? input.value.length;
  }

  /** All there is, not only what resembles the name that the field holds already. */
  function openAll(): void {
    const { length } = input.value;
    if (isContinuous) open(suggest(input.value, caret()));
    else open(suggest('', 0).map((each) => ({ ...each, to: length })));
    activate(suggestions.findIndex(({ text }) => text === input.value));
  }

  function open(offered: readonly Suggestion[]): void {
    suggestions = offered;
    list.replaceChildren(...suggestions.map(makeOption));
    list.hidden = suggestions.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
    activate(-1);
  }

  function makeOption({ label }: Suggestion, index: number): HTMLElement {
    const option = document.createElement('li');
    option.id = `${list.id}-${index}`;
    option.setAttribute('role', 'option');
    option.textContent = label;
    return option;
  }

  function activate(index: number): void {
    const options = list.children;
    options[active]?.removeAttribute('aria-selected');
    active = options.length === 0 || index === -1 ? -1 : (index + options.length) % options.length;
    const option = options[active];
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option === undefined) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', option.id);
  }

  function pick(index: number): void {
    const chosen = suggestions[index];
    if (chosen === undefined) return;
    input.setRangeText(chosen.text, chosen.from, chosen.to, 'end');
    input.dispatchEvent(new Event('input', { bubbles: true }));
    if (!isContinuous) input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  function close(): void {
    open([]);
  }
}
