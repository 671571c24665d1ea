import { makeCombobox, type Suggestion } from './combobox.js';

/**
 * Makes the event fields of forms below `root` comboboxes: the choices whose name or label holds what is typed, in the
 * page's own colours, and all of them if nothing has been typed yet. A label typed in full gives way to its name. Without
 * it browsers offer the same choices in their own way, and send a typed label as it is. Running it again does nothing.
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
    const choices = Array.from(input.list?.options ?? [], ({ value, label }) => ({ value, label }));
    attach(input, (typed): Suggestion[] =>
      choices
        .filter(({ value, label }) => `${value}\n${label}`.toLowerCase().includes(typed.toLowerCase()))
        .map(({ value, label }) => ({
          text: value,
          label: label === '' || label === value ? value : `${label} (${value})`,
          from: 0,
          to: typed.length,
        })),
    );
    // Before a form is sent too, with Enter.
    input.addEventListener('change', () => {
      const typed = input.value.trim();
      if (choices.some(({ value }) => value === input.value)) return;
      const named = choices.filter(({ label }) => label !== '' && label === typed);
      // Of two events with one label nobody knows which is meant.
      if (named.length === 1) input.value = named[0]!.value;
    });
  }
}

/**
 * The script of `renderHtmlForm` as text, to be served as a file where a content security policy allows no inline
 * scripts. Forms work without it.
 */
// Bundlers that keep the names of functions (esbuild) put calls of `__name` into them.
export const formScript = `{const __name=(named)=>named;(${enhanceFields})(document,${makeCombobox})}`;
