/**
 * Makes the event fields of forms below `root` comboboxes (ARIA Authoring Practices, list autocomplete with manual
 * selection): the choices whose name or label holds what is typed, in the page's own colours, and all of them where
 * nothing has been typed yet. A label typed in full gives way to its name. Without it browsers offer the same choices in
 * their own way, and send a typed label as it is. Running it again does nothing.
 *
 * Its text goes into pages (`formScript`), so it must not use anything from outside itself.
 */
export function enhanceForms(root: ParentNode): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('.bitmapist input[type=search][list]')) {
    enhance(input);
  }

  function enhance(input: HTMLInputElement): void {
    const choices = Array.from(input.list?.options ?? [], ({ value, label }) => ({ value, label }));
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
    let active = -1;

    input.addEventListener('input', () => open(input.value));
    input.addEventListener('click', () => (list.hidden ? open('') : close()));
    input.addEventListener('blur', close);
    // Before a form is sent too, with Enter.
    input.addEventListener('change', nameLabel);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (list.hidden) open('');
        else activate(event.key === 'ArrowDown' ? active + 1 : active < 0 ? -1 : active - 1);
      } else if (event.key === 'Enter' && active >= 0) {
        event.preventDefault();
        pick(list.children[active]);
      } else if (event.key === 'Escape' && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    // The field keeps the focus while the pointer is on the list.
    list.addEventListener('mousedown', (event) => event.preventDefault());
    list.addEventListener('click', ({ target }) => pick((target as Element).closest('[role=option]')));

    function open(text: string): void {
      const typed = text.toLowerCase();
      const fitting = choices.filter(({ value, label }) =>
        `${value}\n${label}`.toLowerCase().includes(typed),
      );
      list.replaceChildren(...fitting.map(makeOption));
      list.hidden = fitting.length === 0;
      input.setAttribute('aria-expanded', String(!list.hidden));
      activate(text === '' ? fitting.findIndex(({ value }) => value === input.value) : -1);
    }

    function makeOption({ value, label }: { value: string; label: string }, index: number): HTMLElement {
      const option = document.createElement('li');
      option.id = `${list.id}-${index}`;
      option.setAttribute('role', 'option');
      option.dataset.value = value;
      option.textContent = label === '' || label === value ? value : `${label} (${value})`;
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

    function pick(option: Element | null | undefined): void {
      const value = (option as HTMLElement | null | undefined)?.dataset.value;
      if (value === undefined) return;
      input.value = value;
      close();
    }

    function nameLabel(): void {
      const typed = input.value.trim();
      if (choices.some(({ value }) => value === input.value)) return;
      const named = choices.filter(({ label }) => label !== '' && label === typed);
      // Of two events with one label nobody knows which is meant.
      if (named.length === 1) input.value = named[0]!.value;
    }

    function close(): void {
      list.replaceChildren();
      list.hidden = true;
      input.setAttribute('aria-expanded', 'false');
      activate(-1);
    }
  }
}

/**
 * The script of `renderHtmlForm` as text, to be served as a file where a content security policy allows no inline
 * scripts. Forms work without it.
 */
// Bundlers that keep the names of functions (esbuild) put calls of `__name` into them.
export const formScript = `{const __name=(named)=>named;(${enhanceForms})(document)}`;
