import type { ComponentChildren, VNode } from 'preact';
import { formName, formText, parseFields } from '../measures/arguments.js';
import type { Field } from '../measures/field.js';
import type { Measure } from '../measures/measure.js';
import { type FragmentOptions, renderFragment } from './fragment.js';
import { formScript } from './script.js';
import { checkUrl } from './url.js';

/** An event (or named segment) to choose: its name, or a label and the name. `'---'`, the reference's separator, is left out. */
export type EventChoice = string | readonly [label: string, name: string];

/** What a form offers, and what is chosen in it at first. */
export interface HtmlFormOptions<Args> extends FragmentOptions {
  /** Where the form is sent, by GET; relative or http(s). What its query holds is sent along. */
  readonly actionUrl: string;
  /** What event fields offer. */
  readonly events: readonly EventChoice[];
  /** What single fields offer instead: `{ select2: ['active', 'paid'] }`. */
  readonly eventsOf?: Readonly<Partial<Record<keyof Args & string, readonly EventChoice[]>>> | undefined;
  /** What is chosen at first; default: the first event in fields that must have one, and the defaults of the others. */
  readonly chosen?: Partial<Args> | undefined;
  /** Begins the form's ids; choose another for a second form on a page. Default `bitmapist`. */
  readonly idPrefix?: string | undefined;
  /** Whether a `<script>` element with `formScript` comes along, with the nonce if there is one. Default: yes. */
  readonly inlineScript?: boolean | undefined;
}

/**
 * A form that asks for the arguments of a measure, which `parseForm` reads; of `cohort` with the fields of the reference's
 * `render_html_form`, under the same names (`select1`, `select1b`, `select2`, `select2b`, `time_group`, `as_percent`,
 * `num_results`, `num_of_rows`, `start_date`). Event fields filter their choices while one types: a small script sees to it,
 * and browsers do it themselves without. What is typed is sent, listed or not, but the script puts the name in place of a
 * label that is typed in full; without JavaScript a label arrives as it is, so whoever offers labels may want to look for them
 * in what was sent.
 * @throws TypeError for an `actionUrl` that is neither relative nor http(s)
 * @throws RangeError for a chosen value that its field cannot have
 * @example
 * import { cohort } from 'bitmapist-wasm/measures';
 * import { renderHtmlForm } from 'bitmapist-wasm/report';
 * const form = renderHtmlForm(cohort, { actionUrl: '/', events: ['signup', 'active'], chosen: { timeGroup: 'weeks' } });
 * console.log(form.includes('name="time_group"')); // true
 */
export function renderHtmlForm<Args>(measure: Measure<Args>, options: HtmlFormOptions<Args>): string {
  const { events, idPrefix = 'bitmapist', inlineScript = true } = options;
  const fields: readonly Field[] = measure.fields;
  const chosen: Readonly<Record<string, unknown>> = parseFields(measure, { ...options.chosen });
  const eventsOf: Readonly<Record<string, readonly EventChoice[] | undefined>> = options.eventsOf ?? {};
  const wordsOf = ({ choices }: Field): EventChoice[] =>
    Object.entries(choices ?? {}).map(([word, label]) => [label, word]);
  const known = new Map(
    fields.filter(isEventField).map((field) => {
      const names = eventsOf[field.name] ?? events;
      const words = wordsOf(field);
      return [field, words.length === 0 ? names : [...words, ...names]] as const;
    }),
  );
  const choicesOf = (field: Field): readonly EventChoice[] => known.get(field)!;
  const { action, query } = splitQuery(checkUrl(options.actionUrl), fields);
  const lists = [...new Set(fields.filter(isEventField).map(choicesOf))];
  const listId = (field: Field): string => `${idPrefix}-events-${lists.indexOf(choicesOf(field))}`;
  const suggested = fields.filter(({ suggestions }) => suggestions !== undefined);
  const numbersId = (field: Field): string => `${idPrefix}-${formName(field)}-numbers`;
  const controlOf = (field: Field): VNode => {
    const value = chosen[field.name] ?? field.default;
    if (field.kind === 'expressions') return <ExpressionFields field={field} texts={value} />;
    if (!isEventField(field)) return <Control field={field} value={value} numbersId={numbersId(field)} />;
    const names = value === undefined && !field.optional ? first(choicesOf(field)) : value;
    return (
      <EventFields id={`${idPrefix}-${formName(field)}`} field={field} list={listId(field)} names={names} />
    );
  };
  return renderFragment(
    <form action={action} method="get">
      {query.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {groupsOf(fields).map((group) => (
        <fieldset>
          <legend>{group[0]!.group ?? measure.title}</legend>
          {group.map(controlOf)}
        </fieldset>
      ))}
      <button type="submit">Show results</button>
      {lists.map((choices, index) => (
        <datalist id={`${idPrefix}-events-${index}`}>
          {choices
            .filter((choice) => choice !== SEPARATOR)
            .map((choice) => (
              <EventOption choice={choice} />
            ))}
        </datalist>
      ))}
      {suggested.map((field) => (
        <datalist id={numbersId(field)}>
          {field.suggestions!.map((value) => (
            <option value={value} />
          ))}
        </datalist>
      ))}
      {inlineScript && <script nonce={options.nonce} dangerouslySetInnerHTML={{ __html: formScript }} />}
    </form>,
    options,
  );
}

const SEPARATOR = '---';

function isEventField({ kind }: Field): boolean {
  return kind === 'event' || kind === 'events';
}

/** Browsers replace the query of a GET form's address, so what it holds becomes hidden fields. */
function splitQuery(
  url: string,
  fields: readonly Field[],
): { action: string; query: [name: string, value: string][] } {
  const [, path, query, hash] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url)!;
  const own = new Set(fields.map(formName));
  const kept = [...new URLSearchParams(query)].filter(([name]) => !own.has(name));
  return { action: `${path}${hash ?? ''}`, query: kept };
}

/** Neighbours that stand below the same heading. */
function groupsOf(fields: readonly Field[]): Field[][] {
  const groups: Field[][] = [];
  for (const field of fields) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]!.group === field.group) last.push(field);
    else groups.push([field]);
  }
  return groups;
}

function first(choices: readonly EventChoice[]): string | undefined {
  const choice = choices.find((each) => each !== SEPARATOR);
  return choice === undefined || typeof choice === 'string' ? choice : choice[1];
}

interface EventFieldsProps {
  readonly id: string;
  readonly field: Field;
  readonly list: string;
  /** One, a list or nothing. */
  readonly names: unknown;
}

function EventFields({ id, field, list, names }: EventFieldsProps): VNode {
  return (
    <>
      {textsOf(field, names, field.kind === 'events').map((value, index) => (
        <EventField
          id={index === 0 ? id : `${id}-${index}`}
          name={formName(field)}
          list={list}
          value={value}
          required={!field.optional && index < (field.least ?? 1)}
        >
          {field.label}
        </EventField>
      ))}
    </>
  );
}

/** A field for each, and of a list one for the next. */
function textsOf({ least = 0, most = Infinity }: Field, value: unknown, isList: boolean): string[] {
  const given = [value ?? []].flat() as string[];
  const count = isList ? Math.min(most, Math.max(least, given.length + 1)) : 1;
  return Array.from({ length: Math.max(count, given.length) }, (_, index) => given[index] ?? '');
}

function ExpressionFields({ field, texts }: { field: Field; texts: unknown }): VNode {
  return (
    <>
      {textsOf(field, texts, true).map((value, index) => (
        <label>
          {index === 0 ? field.label : `${field.label}, ${index + 1}`}
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

interface EventFieldProps {
  readonly id: string;
  readonly name: string;
  readonly list: string;
  readonly value: string;
  readonly required: boolean;
  readonly children: ComponentChildren;
}

/** A search field, so that there is a button to clear it: browsers offer only choices that match what it holds. */
function EventField({ id, name, list, value, required, children }: EventFieldProps): VNode {
  return (
    <div class="bm-field">
      <label for={id}>{children}</label>
      <input
        id={id}
        type="search"
        name={name}
        list={list}
        value={value}
        required={required}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
    </div>
  );
}

function EventOption({ choice }: { choice: EventChoice }): VNode {
  return typeof choice === 'string' ? (
    <option value={choice} />
  ) : (
    <option value={choice[1]}>{choice[0]}</option>
  );
}

const DATE = /^\d{4}-\d\d-\d\d$/;

interface ControlProps {
  readonly field: Field;
  readonly value: unknown;
  /** Of the list of suggested numbers. */
  readonly numbersId: string;
}

/** A control of any other kind, in its label. */
function Control({ field, value, numbersId }: ControlProps): VNode {
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
            required
            value={text}
            list={field.suggestions && numbersId}
          />
        </label>
      );
    case 'flag':
      return (
        <label>
          {field.label}
          <input type="checkbox" name={name} value="1" checked={value === true} />
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
