import type { VNode } from 'preact';
import { formName, parseFields } from '../measures/arguments.js';
import type { Field } from '../measures/field.js';
import type { Measure } from '../measures/measure.js';
import { areLabelled, type EventChoice, showChoices } from './choices.js';
import { Control } from './control.js';
import { EventFields } from './eventfields.js';
import { type FragmentOptions, renderFragment } from './fragment.js';
import { ExpressionFields } from './listfields.js';
import { formScript } from './script.js';
import { checkUrl } from './url.js';

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
 * `num_results`, `num_of_rows`, `start_date`). Events with labels are shown by them and sent by
 * name, chosen from a list; a small script makes it one that filters while one types, and sends names that are not listed, too.
 * Without JavaScript only what is listed or `chosen` can be. If no event of a field has a label, its name is typed, listed or
 * not, with JavaScript and without.
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
  const typed = { ...measure, fields: measure.fields.map(asTyped) };
  const chosen: Readonly<Record<string, unknown>> = parseFields(typed, { ...options.chosen });
  const eventsOf: Readonly<Record<string, readonly EventChoice[] | undefined>> = options.eventsOf ?? {};
  const choices = new Map(
    fields.filter(isEventField).map((field) => {
      const names = eventsOf[field.name] ?? events;
      const words = Object.entries(field.choices ?? {}).map(([word, label]) => [label, word] as const);
      return [field, words.length === 0 ? names : [...words, ...names]] as const;
    }),
  );
  const { action, query } = splitQuery(checkUrl(options.actionUrl), fields);
  const lists = [...new Set(choices.values())].filter((each) => !areLabelled(each));
  const listId = (index: number): string => `${idPrefix}-events-${index}`;
  const suggested = fields.filter(({ suggestions }) => suggestions !== undefined);
  const numbersId = (field: Field): string => `${idPrefix}-${formName(field)}-numbers`;
  const controlOf = (field: Field): VNode => {
    const value = chosen[field.name] ?? field.default;
    if (field.kind === 'expressions') return <ExpressionFields field={field} texts={value} />;
    const offered = choices.get(field);
    if (offered === undefined) return <Control field={field} value={value} numbersId={numbersId(field)} />;
    return (
      <EventFields
        id={`${idPrefix}-${formName(field)}`}
        field={field}
        choices={offered}
        names={value ?? (field.optional ? undefined : showChoices(offered)[0]?.name)}
        list={listId(lists.indexOf(offered))}
      />
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
      {lists.map((each, index) => (
        <datalist id={listId(index)}>
          {showChoices(each).map(({ name }) => (
            <option value={name} />
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

/** What was typed is shown to be mended, if it is no expression. */
function asTyped<Name extends string>(field: Field<Name>): Field<Name> {
  if (field.kind === 'expression') return { ...field, kind: 'event' };
  return field.kind === 'expressions' ? { ...field, kind: 'events' } : field;
}

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
