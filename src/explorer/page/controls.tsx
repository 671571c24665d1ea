import { group } from 'd3-array';
import { useId } from 'preact/hooks';
import { type Field, formName } from '../../measures.js';
import { BY, readBy } from './by.js';
import { Combobox } from './combobox.js';
import { completeExpression, completeName } from './completion.js';
import { DateField, useNameNotes } from './fields.js';
import { problemOf, readNamed } from './named.js';
import { isNarrow } from './narrow.js';
import { setParams } from './route.js';
import { dataset, datelessNames, names } from './state.js';
import { summarize } from './summary.js';

interface ControlsProps {
  readonly fields: readonly Field[];
  /** What they hold, as in an address. */
  readonly params: URLSearchParams;
}

/**
 * The controls of a measure, as its fields describe them; what they are changed to goes into the address. On a phone they fold
 * into a line that says what they hold.
 */
export function Controls({ fields, params }: ControlsProps) {
  const groups = group(fields, (field) => field.group ?? field.name);
  const controls = (
    <div class="controls">
      {[...groups].map(([name, members]) => {
        const controls = members.map((field) => <Control key={field.name} field={field} params={params} />);
        if (members[0]!.group === undefined) return controls;
        return (
          <fieldset key={name} class="pair">
            <legend>{name}</legend>
            {controls}
          </fieldset>
        );
      })}
      <EventPicker field={BY} events={readBy(params) ?? []} />
    </div>
  );
  if (!isNarrow.value) return controls;
  return (
    <details class="folded">
      <summary>{summarize(fields, params)}</summary>
      {controls}
    </details>
  );
}

interface ControlProps {
  readonly field: Field;
  readonly params: URLSearchParams;
}

function Control({ field, params }: ControlProps) {
  const { label, help, least, most, optional = false } = field;
  const name = formName(field);
  const value = params.get(name) ?? '';
  const isMissing = !optional && value === '';
  const change = (text: string): void => setParams({ [name]: text });
  switch (field.kind) {
    case 'event':
      return (
        <EventField
          label={label}
          value={value}
          isOptional={optional}
          isMissing={isMissing}
          isDateless={field.dateless === true}
          words={Object.keys(field.choices ?? {})}
          onCommit={change}
        />
      );
    case 'events':
      return <EventPicker events={params.getAll(name).filter((event) => event !== '')} field={field} />;
    case 'expression':
      return (
        <ExpressionField
          label={label}
          value={value}
          isOptional={optional}
          isMissing={isMissing}
          onCommit={change}
        />
      );
    case 'expressions':
      return <ExpressionPicker texts={params.getAll(name).filter((text) => text !== '')} field={field} />;
    case 'unit':
    case 'choice':
      return <Segmented field={field} value={value} onChange={change} />;
    case 'date':
      return <DateField label={label} value={value} onChange={change} />;
    case 'number':
      return (
        <label class="field quantity" title={help}>
          <span>{label}</span>
          <input
            type="number"
            inputMode="numeric"
            min={least}
            max={most}
            step={1}
            required={!optional || field.default !== undefined}
            value={value}
            onInput={({ currentTarget }) => {
              // What is out of range is not passed on.
              if (currentTarget.validity.valid) change(currentTarget.value);
            }}
          />
        </label>
      );
    case 'numbers':
      return (
        <label class="field quantity" title={help}>
          <span>{label}</span>
          <input
            type="text"
            inputMode="text"
            pattern="\s*\d+(\s*,\s*\d+)*\s*"
            placeholder="1, 3, 7"
            required={!optional}
            value={value}
            onChange={({ currentTarget }) => {
              if (currentTarget.validity.valid) change(currentTarget.value);
            }}
          />
        </label>
      );
    case 'flag':
      return (
        <label class="field check" title={help}>
          <input
            type="checkbox"
            checked={value === '1'}
            onChange={({ currentTarget }) => change(currentTarget.checked ? '1' : '0')}
          />
          <span>{label}</span>
        </label>
      );
  }
}

function suggestExpression(typed: string, caret: number) {
  return completeExpression(typed, caret, names.value, dataset.value?.periods ?? []);
}

interface SegmentedProps {
  readonly field: Pick<Field, 'label' | 'choices' | 'form'>;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One of a few, all of them visible. */
export function Segmented({ field, value, onChange }: SegmentedProps) {
  const name = useId();
  return (
    <fieldset class="field segmented">
      <legend>{field.label}</legend>
      <div>
        {Object.entries(field.choices ?? {}).map(([choice, label]) => {
          const text = field.form?.choices[choice] ?? choice;
          return (
            <label key={text}>
              <input type="radio" name={name} checked={text === value} onChange={() => onChange(text)} />
              <span>{label}</span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

interface EventFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isOptional?: boolean;
  /** It is empty and must not be. */
  readonly isMissing?: boolean;
  /** It takes a flag, or an expression. */
  readonly isDateless?: boolean;
  readonly placeholder?: string;
  /** What may stand instead of a name. */
  readonly words?: readonly string[];
  readonly onCommit: (event: string) => void;
}

/** The name of an event, completed from those that the data has. */
function EventField(props: EventFieldProps) {
  const { label, value, isOptional = false, isMissing = false, isDateless = false, words = [] } = props;
  const { placeholder, onCommit } = props;
  const [note] = useNameNotes(value === '' || words.includes(value) ? [] : [value], isDateless);
  const known = isDateless ? datelessNames.value : names.value;
  const noteId = useId();
  return (
    <div class="field event">
      <span aria-hidden="true">{label}</span>
      <Combobox
        label={label}
        value={value}
        placeholder={placeholder}
        suggest={(text) => completeName(text, [...words, ...known])}
        onCommit={(text) => {
          if (text !== '' || isOptional) onCommit(text);
        }}
        invalid={isMissing || note !== undefined}
        describedBy={note === undefined ? undefined : noteId}
      />
      {note !== undefined && (
        <small id={noteId} class="warning">
          {note}
        </small>
      )}
    </div>
  );
}

interface ExpressionFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isOptional?: boolean;
  readonly isMissing?: boolean;
  readonly placeholder?: string;
  readonly onCommit: (text: string) => void;
}

/** The text of an expression, with what is wrong with it, or with its names. */
function ExpressionField(props: ExpressionFieldProps) {
  const { label, value, isOptional = false, isMissing = false, placeholder, onCommit } = props;
  const problem = value === '' ? undefined : problemOf(value);
  const notes = useNameNotes((readNamed(value) ?? []).map(({ event }) => event));
  const said = problem === undefined ? notes : [problem];
  const noteId = useId();
  return (
    <div class="field event">
      <span aria-hidden="true">{label}</span>
      <Combobox
        class="code"
        label={label}
        value={value}
        placeholder={placeholder}
        isContinuous
        suggest={suggestExpression}
        onCommit={(text) => {
          if (text !== '' || isOptional) onCommit(text);
        }}
        invalid={isMissing || said.length > 0}
        describedBy={said.length === 0 ? undefined : noteId}
      />
      {said.length > 0 && (
        <small id={noteId} class="warning">
          {said.join('; ')}
        </small>
      )}
    </div>
  );
}

/** Expressions, each of which can be changed and taken away, and a field to add another. */
function ExpressionPicker({ field, texts }: { readonly field: Field; readonly texts: readonly string[] }) {
  const name = formName(field);
  const { label, each = label, least = 0, most = Number.POSITIVE_INFINITY } = field;
  const put = (index: number, text: string): void => setParams({ [name]: texts.with(index, text) });
  return (
    <fieldset class="expressions">
      <legend>{label}</legend>
      {texts.map((text, index) => (
        <div key={`${index} ${text}`} class="line">
          <i data-line={index} />
          <ExpressionField
            label={`${each} ${index + 1}`}
            value={text}
            onCommit={(next) => put(index, next)}
          />
          {texts.length > least && (
            <button type="button" aria-label={`Take ${text} away`} onClick={() => put(index, '')}>
              ×
            </button>
          )}
        </div>
      ))}
      {texts.length < most && (
        <ExpressionField
          key={texts.length}
          label="Add an expression"
          value=""
          isMissing={texts.length < least}
          placeholder={field.help.includes('{period}') ? 'active@{period}' : 'active@month'}
          onCommit={(text) => setParams({ [name]: [...texts, text] })}
        />
      )}
    </fieldset>
  );
}

/** Names of events, and a field to add another; if their order matters, it can be changed. */
function EventPicker({ field, events }: { readonly field: Field; readonly events: readonly string[] }) {
  const name = formName(field);
  const { least = 0, most = Number.POSITIVE_INFINITY, ordered = false } = field;
  const dateless = field.dateless === true;
  return (
    <div class="picker grow">
      <ul class="chips" aria-label={field.label}>
        {events.map((event, index) => (
          <li key={`${index} ${event}`}>
            {ordered && <span class="muted">{index + 1}.</span>}
            {!ordered && !dateless && <i data-line={index} />}
            {event}
            {ordered && index > 0 && (
              <button
                type="button"
                aria-label={`Move ${event} before ${events[index - 1]}`}
                onClick={() =>
                  setParams({ [name]: events.toSpliced(index - 1, 2, event, events[index - 1]!) })
                }
              >
                ‹
              </button>
            )}
            {events.length > least && (
              <button
                type="button"
                aria-label={`Take ${event} away`}
                onClick={() => setParams({ [name]: events.toSpliced(index, 1) })}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      {events.length < most && (
        <EventField
          key={events.length}
          label={dateless ? field.label : 'Add an event'}
          value=""
          isMissing={events.length < least}
          isDateless={dateless}
          placeholder={dateless ? 'A flag or a segment' : 'Name of an event'}
          onCommit={(event) =>
            setParams({ [name]: ordered ? [...events, event] : [...new Set([...events, event])] })
          }
        />
      )}
      {useNameNotes(events, dateless).map((note) => (
        <p key={note} class="warning">
          {note}
        </p>
      ))}
    </div>
  );
}
