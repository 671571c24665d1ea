import type { ComponentChildren, VNode } from 'preact';
import type { TimeGroup } from '../measures/types.js';
import { type FragmentOptions, renderFragment } from './fragment.js';
import { type ReportUnit, unitOf } from './options.js';
import {
  checkTimeGroup,
  DEFAULT_RESULTS,
  DEFAULT_ROWS,
  FIELD_NAMES,
  MAX_SIZE,
  TIME_GROUPS,
} from './request.js';
import { formScript } from './script.js';
import { checkUrl } from './url.js';

/** An event (or named segment) to choose: its name, or a label and the name. `'---'`, the reference's separator, is left out. */
export type EventChoice = string | readonly [label: string, name: string];

/** What a form offers, and what is chosen in it at first. */
export interface HtmlFormOptions extends FragmentOptions {
  /** Where the form is sent, by GET; relative or http(s). What its query holds is sent along. */
  readonly actionUrl: string;
  /** What the cohort may be made of. */
  readonly selections1: readonly EventChoice[];
  /** Default: `selections1`. */
  readonly selections1b?: readonly EventChoice[] | undefined;
  /** Default: `selections1`. */
  readonly selections2?: readonly EventChoice[] | undefined;
  /** Default: `selections2`. */
  readonly selections2b?: readonly EventChoice[] | undefined;
  /** The name chosen at first; default: the first choice. */
  readonly select1?: string | undefined;
  /** The name chosen at first; default: none. */
  readonly select1b?: string | undefined;
  /** The name chosen at first; default: the first choice. */
  readonly select2?: string | undefined;
  /** The name chosen at first; default: none. */
  readonly select2b?: string | undefined;
  /** Default `days`. */
  readonly timeGroup?: TimeGroup | undefined;
  /** Default `percent`. */
  readonly as?: ReportUnit | undefined;
  /** Default 31. */
  readonly numResults?: number | undefined;
  /** Default 12. */
  readonly numOfRows?: number | undefined;
  /** `YYYY-MM-DD`, or empty for none. */
  readonly startDate?: string | undefined;
  /** Begins the form's ids; choose another for a second form on a page. Default `bitmapist`. */
  readonly idPrefix?: string | undefined;
  /** Whether a `<script>` element with `formScript` comes along, with the nonce if there is one. Default: yes. */
  readonly inlineScript?: boolean | undefined;
}

/**
 * A form that asks for a cohort table: the fields of the reference's `render_html_form`, under the same names (`select1`,
 * `select1b`, `select2`, `select2b`, `time_group`, `as_percent`, `num_results`, `num_of_rows`, `start_date`), which
 * `parseCohortForm` reads. Event fields filter their choices while one types: a small script sees to it, and browsers do it
 * themselves without. What is typed is sent, listed or not, but the script puts the name in place of a label that is typed
 * in full; without JavaScript a label arrives as it is, so whoever offers labels may want to look for them in what was sent.
 * @throws TypeError for an `actionUrl` that is neither relative nor http(s)
 * @throws RangeError for an unknown time group or unit
 */
export function renderHtmlForm(options: HtmlFormOptions): string {
  const {
    numResults = DEFAULT_RESULTS,
    numOfRows = DEFAULT_ROWS,
    startDate = '',
    timeGroup = 'days',
    idPrefix = 'bitmapist',
    inlineScript = true,
  } = options;
  const unit = unitOf(options);
  checkTimeGroup(timeGroup);
  const { action, query } = splitQuery(checkUrl(options.actionUrl));
  const { selections1, selections2 = selections1 } = options;
  const { selections1b = selections1, selections2b = selections2 } = options;
  const lists = [...new Set([selections1, selections1b, selections2, selections2b])];
  const listId = (choices: readonly EventChoice[]): string => `${idPrefix}-events-${lists.indexOf(choices)}`;
  return renderFragment(
    <form action={action} method="get">
      {query.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <fieldset>
        <legend>People who did</legend>
        <EventField
          idPrefix={idPrefix}
          name="select1"
          list={listId(selections1)}
          value={options.select1 ?? first(selections1)}
          required
        >
          Event
        </EventField>
        <EventField idPrefix={idPrefix} name="select1b" list={listId(selections1b)} value={options.select1b}>
          And also (optional)
        </EventField>
      </fieldset>
      <fieldset>
        <legend>And came back to</legend>
        <EventField
          idPrefix={idPrefix}
          name="select2"
          list={listId(selections2)}
          value={options.select2 ?? first(selections2)}
          required
        >
          Event
        </EventField>
        <EventField idPrefix={idPrefix} name="select2b" list={listId(selections2b)} value={options.select2b}>
          And also (optional)
        </EventField>
      </fieldset>
      <fieldset>
        <legend>Shown as</legend>
        <Choice name="time_group" chosen={timeGroup} choices={TIME_GROUPS}>
          Group by
        </Choice>
        <Choice name="as_percent" chosen={unit === 'percent' ? '1' : '0'} choices={UNITS}>
          Cells
        </Choice>
        <label>
          Number of results
          <input
            type="number"
            name="num_results"
            min={1}
            max={MAX_SIZE}
            required
            value={numResults}
            list={`${idPrefix}-results`}
          />
        </label>
        <label>
          Number of rows
          <input
            type="number"
            name="num_of_rows"
            min={0}
            max={MAX_SIZE}
            required
            value={numOfRows}
            list={`${idPrefix}-rows`}
          />
        </label>
        <label>
          Start date
          <input type="date" name="start_date" value={startDate} />
        </label>
      </fieldset>
      <button type="submit">Show results</button>
      {lists.map((choices) => (
        <datalist id={listId(choices)}>
          {choices
            .filter((choice) => choice !== SEPARATOR)
            .map((choice) => (
              <EventOption choice={choice} />
            ))}
        </datalist>
      ))}
      <datalist id={`${idPrefix}-results`}>{SUGGESTED_RESULTS.map(NumberOption)}</datalist>
      <datalist id={`${idPrefix}-rows`}>{SUGGESTED_ROWS.map(NumberOption)}</datalist>
      {inlineScript && <script nonce={options.nonce} dangerouslySetInnerHTML={{ __html: formScript }} />}
    </form>,
    options,
  );
}

const SEPARATOR = '---';
const SUGGESTED_RESULTS = [4, 7, 12, 24, 28, 31, 52, 104];
const SUGGESTED_ROWS = [3, 6, 12, 24, 48];

const UNITS = { 1: 'percent', 0: 'counts' };

const OWN_FIELDS = new Set<string>(FIELD_NAMES);

/** Browsers replace the query of a GET form's address, so what it holds becomes hidden fields. */
function splitQuery(url: string): { action: string; query: [name: string, value: string][] } {
  const [, path, query, hash] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url)!;
  const kept = [...new URLSearchParams(query)].filter(([name]) => !OWN_FIELDS.has(name));
  return { action: `${path}${hash ?? ''}`, query: kept };
}

function first(choices: readonly EventChoice[]): string | undefined {
  const choice = choices.find((each) => each !== SEPARATOR);
  return choice === undefined ? undefined : nameOf(choice);
}

function nameOf(choice: EventChoice): string {
  return typeof choice === 'string' ? choice : choice[1];
}

interface EventFieldProps {
  readonly idPrefix: string;
  readonly name: string;
  readonly list: string;
  readonly value: string | undefined;
  readonly required?: boolean;
  readonly children: ComponentChildren;
}

/** A search field, so that there is a button to clear it: browsers offer only choices that match what it holds. */
function EventField({ idPrefix, name, list, value, required = false, children }: EventFieldProps): VNode {
  const id = `${idPrefix}-${name}`;
  return (
    <div class="bm-field">
      <label for={id}>{children}</label>
      <input
        id={id}
        type="search"
        name={name}
        list={list}
        value={value ?? ''}
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

function NumberOption(value: number): VNode {
  return <option value={value} />;
}

interface ChoiceProps {
  readonly name: string;
  readonly chosen: string;
  readonly choices: Record<string, string>;
  readonly children: ComponentChildren;
}

function Choice({ name, chosen, choices, children }: ChoiceProps): VNode {
  return (
    <label>
      {children}
      <select name={name}>
        {Object.entries(choices).map(([value, label]) => (
          <option value={value} selected={value === chosen}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
