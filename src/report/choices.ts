/** What event fields of forms offer. */

/** An event (or named segment) to choose: its name, or a label and the name. `'---'`, the reference's separator, is left out. */
export type EventChoice = string | readonly [label: string, name: string];

/** A choice as a reader sees it. */
export interface ShownChoice {
  readonly name: string;
  /** Of this choice alone: its label, with the name behind it if others are called so too. */
  readonly text: string;
}

const SEPARATOR = '---';

/**
 * Choices with texts that tell them apart, as what is typed in a form is read as one of them.
 * @param chosen names that are offered too, listed or not
 */
export function showChoices(choices: readonly EventChoice[], chosen: readonly string[] = []): ShownChoice[] {
  const listed = choices
    .filter((choice) => choice !== SEPARATOR)
    .map((choice) => (typeof choice === 'string' ? [choice, choice] : choice));
  const names = new Set(listed.map(([, name]) => name));
  const others = [...new Set(chosen)].filter((name) => !names.has(name)).map((name) => [name, name]);
  const all = [...listed, ...others].filter(([, name]) => name !== '') as [label: string, name: string][];
  // Which names a text may stand for.
  const claims = new Map<string, Set<string>>();
  for (const [label, name] of all) {
    for (const text of [name, ...labelsOf(label, name)]) {
      claims.set(text, (claims.get(text) ?? new Set()).add(name));
    }
  }
  return all.map(([label, name]) => ({
    name,
    text: labelsOf(label, name).find((text) => claims.get(text)!.size === 1) ?? name,
  }));
}

/** Whether there is anything else than names to show. */
export function areLabelled(choices: readonly EventChoice[]): boolean {
  return choices.some((choice) => typeof choice !== 'string' && labelsOf(...choice).length > 0);
}

/** What may be shown instead of a name, the best first. */
function labelsOf(label: string, name: string): string[] {
  return label === '' || label === name ? [] : [label, `${label} (${name})`];
}
