import type { VNode } from 'preact';
import { formName } from '../measures/arguments.js';
import type { Field } from '../measures/field.js';

/** Expressions of a list, each in a field of its own. */
export function ExpressionFields({ field, texts }: { field: Field; texts: unknown }): VNode {
  return (
    <>
      {textsOf(field, texts).map((value, index) => (
        <label>
          {labelOf(field, index)}
          <input
            type="text"
            name={formName(field)}
            value={value}
            required={!field.optional && index < (field.least ?? 1)}
            autocapitalize="none"
            spellcheck={false}
          />
        </label>
      ))}
    </>
  );
}

/** What the fields hold: one each, and of a list one more for the next. */
export function textsOf(field: Field, value: unknown): string[] {
  const { least = 0, most = Infinity } = field;
  const given = [value ?? []].flat() as string[];
  const count = isList(field) ? Math.min(most, Math.max(least, given.length + 1)) : 1;
  return Array.from({ length: Math.max(count, given.length) }, (_, index) => given[index] ?? '');
}

/** What stands above the field of one, by its place in the list. */
export function labelOf(field: Field, index: number): string {
  return isList(field) ? `${field.each ?? field.label} ${index + 1}` : field.label;
}

function isList({ kind }: Field): boolean {
  return kind === 'events' || kind === 'expressions';
}
