import { makeCombobox, type Suggestion } from './combobox.js';

/**
 * Makes the event fields of forms below `root` comboboxes, in the page's own colours: of the choices whose name or label holds
 * what is typed, and of all of them if nothing has been typed yet. What a reader sees is the label of an event, what is sent its
 * name; what is typed and neither is sent as it is. Without it browsers offer the same choices in their own way. Running it
 * again does nothing.
 * @example
 * ```ts
 * import { enhanceForms } from 'bitmapist-wasm/report';
 *
 * function showForm(place: HTMLElement, form: string): void {
 *   place.innerHTML = form;
 *   enhanceForms(place);
 * }
 * ```
 */
export function enhanceForms(root: ParentNode): void {
  enhanceFields(root, makeCombobox);
}

/** Its text goes into pages (`formScript`), so it must not use anything from outside itself. */
function enhanceFields(root: ParentNode, attach: typeof makeCombobox): void {
  for (const input of root.querySelectorAll<HTMLInputElement>('.bitmapist input[type=search][list]')) {
    const names = Array.from(input.list?.options ?? [], ({ value }) => ({ name: value, text: value }));
    attach(input, (typed) => suggest(names, typed));
  }
  for (const select of root.querySelectorAll<HTMLSelectElement>('.bitmapist select.bm-event:not([hidden])')) {
    enhanceSelect(select);
  }

  /** A field to type in takes its place; the select holds what is sent. */
  function enhanceSelect(select: HTMLSelectElement): void {
    const options = Array.from(select.options).filter(({ value }) => value !== '');
    // A field holds one line.
    const choices = options.map(({ value, textContent }) => ({
      name: value,
      text: textContent!.replace(/[\r\n]/g, ''),
    }));
    const nothing = Array.from(select.options).find(({ value }) => value === '');
    const unlisted = new Option();
    const input = document.createElement('input');
    input.type = 'search';
    input.id = select.id;
    input.required = select.required || nothing === undefined;
    input.autocomplete = 'off';
    input.autocapitalize = 'none';
    input.spellcheck = false;
    // So that it is there again if the form is reset.
    input.defaultValue = choices[options.findIndex(({ selected }) => selected)]?.text ?? '';
    select.removeAttribute('id');
    select.required = false;
    select.hidden = true;
    select.before(input);
    attach(input, (typed) => suggest(choices, typed));
    input.addEventListener('input', choose);
    input.addEventListener('change', () => {
      const index = find(input.value);
      if (index >= 0) input.value = choices[index]!.text;
      choose();
    });

    function choose(): void {
      const index = find(input.value);
      unlisted.remove();
      if (index >= 0) options[index]!.selected = true;
      else if (input.value === '' && nothing !== undefined) nothing.selected = true;
      else {
        unlisted.value = input.value;
        select.append(unlisted);
        unlisted.selected = true;
      }
    }

    /** What a reader sees comes first: it stands for one name alone. */
    function find(typed: string): number {
      for (const each of [typed, typed.trim()]) {
        for (const key of ['text', 'name'] as const) {
          const index = choices.findIndex((choice) => choice[key] === each);
          if (index >= 0) return index;
        }
      }
      return -1;
    }
  }

  function suggest(choices: readonly { name: string; text: string }[], typed: string): Suggestion[] {
    return choices
      .filter(({ name, text }) => `${name}\n${text}`.toLowerCase().includes(typed.toLowerCase()))
      .map(({ text }) => ({ text, label: text, from: 0, to: typed.length }));
  }
}

/**
 * The script of `renderHtmlForm` as text, to be served as a file where a content security policy allows no inline
 * scripts. Forms work without it.
 */
// Bundlers that keep the names of functions (esbuild) put calls of `__name` into them.
export const formScript = `{const __name=(named)=>named;(${enhanceFields})(document,${makeCombobox})}`;
