import type { VNode } from 'preact';
import { formName } from '../measures/arguments.js';
import type { Field } from '../measures/field.js';
import { areLabelled, type EventChoice, showChoices } from './choices.js';
import { labelOf, textsOf } from './listfields.js';

interface EventFieldsProps {
  readonly id: string;
  readonly field: Field;
  readonly choices: readonly EventChoice[];
  /** One, a list or nothing. */
  readonly names: unknown;
  /** The id of the list of the names of `choices`. */
  readonly list: string;
}

/**
 * A field for every name. If choices have labels it is a `<select>`, which shows the label and sends the name without any
 * script; names alone can be typed as well.
 */
export function EventFields({ id: firstId, field, choices, names, list }: EventFieldsProps): VNode {
  const texts = textsOf(field, names);
  const shown = showChoices(choices, texts);
  return (
    <>
      {texts.map((value, index) => {
        const isRequired = !field.optional && index < (field.least ?? 1);
        const id = index === 0 ? firstId : `${firstId}-${index}`;
        const props = { id, name: formName(field), value, isRequired };
        return (
          <div class="bm-field">
            <label for={id}>{labelOf(field, index)}</label>
            {areLabelled(choices) ? (
              <Select {...props} isOptional={!isRequired && field.default === undefined}>
                {shown.map(({ name, text }) => (
                  <option value={name} selected={name === value}>
                    {text}
                  </option>
                ))}
              </Select>
            ) : (
              <Search {...props} list={list} />
            )}
          </div>
        );
      })}
    </>
  );
}

interface EventFieldProps {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly isRequired: boolean;
}

interface SelectProps extends EventFieldProps {
  /** Whether nothing may be chosen. */
  readonly isOptional: boolean;
  readonly children: VNode[];
}

function Select({ id, name, value, isRequired, isOptional, children }: SelectProps): VNode {
  const begins = value === '';
  return (
    // Browsers that restore what was chosen would do so behind the script's back.
    <select id={id} class="bm-event" name={name} required={isRequired && begins} autocomplete="off">
      {(begins || isOptional) && (
        <option value="" selected={begins}>
          —
        </option>
      )}
      {children}
    </select>
  );
}

/** A search field, so that there is a button to clear it: browsers offer only choices that match what it holds. */
function Search({ id, name, value, isRequired, list }: EventFieldProps & { readonly list: string }): VNode {
  return (
    <input
      id={id}
      type="search"
      name={name}
      list={list}
      value={value}
      required={isRequired}
      autocomplete="off"
      autocapitalize="none"
      spellcheck={false}
    />
  );
}
