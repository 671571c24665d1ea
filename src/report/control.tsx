import type { VNode } from 'preact';
import { formName, formText } from '../measures/arguments.js';
import type { Field } from '../measures/field.js';

const DATE = /^\d{4}-\d\d-\d\d$/;

interface ControlProps {
  readonly field: Field;
  readonly value: unknown;
  /** Of the list of suggested numbers. */
  readonly numbersId: string;
}

/** A control of any other kind, in its label. */
export function Control({ field, value, numbersId }: ControlProps): VNode {
  const name = formName(field);
  const text = value === undefined ? '' : formText(field, value);
  switch (field.kind) {
    case 'unit':
    case 'choice':
      return (
        <label>
          {field.label}
          <select name={name}>
            {Object.entries(field.choices!).map(([choice, label]) => (
              <option value={formText(field, choice)} selected={choice === value}>
                {label}
              </option>
            ))}
          </select>
        </label>
      );
    case 'number':
      return (
        <label>
          {field.label}
          <input
            type="number"
            name={name}
            min={field.least}
            max={field.most}
            required={!field.optional || field.default !== undefined}
            value={text}
            list={field.suggestions && numbersId}
          />
        </label>
      );
    case 'flag':
      return (
        <label class="bm-flag">
          <input type="checkbox" name={name} value="1" checked={value === true} />
          {field.label}
        </label>
      );
    case 'date':
      // A period, such as an address may hold, is no date to a browser.
      if (text !== '' && !DATE.test(text)) break;
      return (
        <label>
          {field.label}
          <input type="date" name={name} value={text} />
        </label>
      );
  }
  return (
    <label>
      {field.label}
      <input
        type="text"
        name={name}
        value={text}
        required={!field.optional}
        inputmode={field.kind === 'numbers' ? 'numeric' : undefined}
      />
    </label>
  );
}
