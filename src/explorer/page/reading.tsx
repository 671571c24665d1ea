import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { PresetName, Role, TimeFormat } from '../../csv.js';
import { printable } from '../../index.js';
import type { ColumnView, EventsAsk, ReadingView } from '../engine/protocol.js';
import { areTexts } from '../engine/texts.js';
import { type Asking, closeReading, load } from './state.js';

/** How a file of events is read: what was found out about its columns, and everything of it can be changed. */
export function ReadingPanel({ ask, reading, problem }: Asking) {
  const [how, setHow] = useState<HowRead>(() => beginWith(ask.events ?? {}, reading));
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  useEffect(() => heading.current?.focus(), [reading]);
  const change = (changed: Partial<HowRead>): void => setHow({ ...how, ...changed });
  const close = (): void => {
    closeReading();
    // What opens the panel, or a file, is there when the page has changed.
    setTimeout(() => document.querySelector<HTMLElement>('.readas button, .drop button')?.focus());
  };
  return (
    <section class="card reading" aria-labelledby={titleId}>
      <header>
        <h2 id={titleId} ref={heading} tabIndex={-1}>
          How {printable(ask.name)} is read
        </h2>
        <button type="button" class="close" aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      {problem !== undefined && (
        <p class="warning" role="alert">
          {problem}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void load({ ...ask, events: toEventsAsk(how, ask.events) });
        }}
      >
        {how.preset === '' && (
          <div class="roles">
            {ROLES.map((role) => (
              <RoleField key={role} role={role} reading={reading} how={how} onChange={change} />
            ))}
          </div>
        )}
        <div class="how">
          <Choice
            label="Exported by"
            choices={PRESETS}
            value={how.preset}
            onChange={(preset) => change({ preset })}
          />
          <Choice
            label="Times are"
            choices={TIME_FORMATS}
            value={how.timeFormat}
            onChange={(timeFormat) => change({ timeFormat })}
          />
        </div>
        <div class="how">
          {FLAGS.map(([flag, label]) => (
            <label key={flag} class="field check">
              <input
                type="checkbox"
                checked={how[flag]}
                onChange={({ currentTarget }) => change({ [flag]: currentTarget.checked })}
              />
              <span>{label}</span>
            </label>
          ))}
        </div>
        <button type="submit" class="primary">
          Read it
        </button>
      </form>
      <Preview columns={reading.columns} how={how} />
      {reading.notes.length > 0 && (
        <ul class="muted notes">
          {reading.notes.map((note) => (
            <li key={note}>{printable(note)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

const ROLES: readonly Role[] = ['user', 'time', 'event'];
const ROLE_LABELS: Readonly<Record<Role, string>> = { user: 'Who', time: 'When', event: 'What' };

const PRESETS: readonly (readonly [PresetName | '', string])[] = [
  ['', 'Any program'],
  ['segment', 'Segment'],
  ['posthog', 'PostHog'],
  ['mixpanel', 'Mixpanel'],
  ['amplitude', 'Amplitude'],
];
const TIME_FORMATS: readonly (readonly [TimeFormat | '', string])[] = [
  ['', 'As their values say'],
  ['iso', 'Dates as text (ISO 8601)'],
  ['unix', 'Seconds since 1970'],
  ['ms', 'Milliseconds since 1970'],
  ['us', 'Microseconds since 1970'],
  ['ns', 'Nanoseconds since 1970'],
];
const FLAGS = [
  ['people', 'People are known by texts'],
  ['skipBroken', 'Skip rows that are broken'],
  ['hourly', 'Also mark hours'],
  ['unique', 'Also mark the dateless flag of every event'],
] as const;

/** What the controls hold: a column as its index, or what stands instead. */
interface HowRead {
  readonly user: string;
  readonly time: string;
  readonly event: string;
  /** What every row is, if that is no column. */
  readonly eventName: string;
  readonly preset: PresetName | '';
  readonly timeFormat: TimeFormat | '';
  readonly people: boolean;
  readonly skipBroken: boolean;
  readonly hourly: boolean;
  readonly unique: boolean;
  readonly columns: readonly ColumnView[];
}

/** In place of a column: every row is the same event. */
const EVERY_ROW = 'every';

function beginWith(asked: EventsAsk, { columns, taken, people }: ReadingView): HowRead {
  const indexOf = (role: Role): string => {
    const index = columns.findIndex(({ name }) => name === (asked.columns?.[role] ?? taken[role]));
    return index < 0 ? '' : String(index);
  };
  return {
    user: indexOf('user'),
    time: indexOf('time'),
    event: asked.event === undefined ? indexOf('event') : EVERY_ROW,
    eventName: asked.event ?? '',
    preset: asked.preset ?? '',
    timeFormat: asked.timeFormat ?? '',
    people,
    skipBroken: asked.skipBroken ?? false,
    hourly: asked.hourly ?? false,
    unique: asked.unique ?? false,
    columns,
  };
}

function toEventsAsk(how: HowRead, asked: EventsAsk | undefined): EventsAsk {
  const { preset, timeFormat, people, skipBroken, hourly, unique } = how;
  const nameOf = (role: Role): string | undefined => columnOf(how.columns, how[role])?.name;
  const isEveryRow = how.event === EVERY_ROW;
  const columns = {
    user: nameOf('user'),
    time: nameOf('time'),
    event: isEveryRow ? undefined : nameOf('event'),
  };
  return {
    timeZone: asked?.timeZone,
    columns: preset === '' ? columns : undefined,
    event: isEveryRow && preset === '' ? how.eventName : undefined,
    preset: preset || undefined,
    timeFormat: timeFormat || undefined,
    people,
    skipBroken,
    hourly,
    unique,
  };
}

/** The column that a control holds; none if it holds something else. */
function columnOf(columns: readonly ColumnView[], value: string): ColumnView | undefined {
  return value === '' ? undefined : columns[Number(value)];
}

interface RoleFieldProps {
  readonly role: Role;
  readonly reading: ReadingView;
  readonly how: HowRead;
  readonly onChange: (changed: Partial<HowRead>) => void;
}

/** The column that says who, when or what, those that may be meant before the others. */
function RoleField({ role, reading, how, onChange }: RoleFieldProps) {
  const { columns, candidates } = reading;
  const likely = new Set(candidates[role] ?? []);
  const options = columns.map(({ name }, index) => ({ name, value: String(index) }));
  const value = how[role];
  const samplesId = useId();
  return (
    <div class="role">
      <label class="field">
        <span>{ROLE_LABELS[role]}</span>
        <select
          value={value}
          required
          aria-describedby={samplesId}
          aria-invalid={value === ''}
          onChange={({ currentTarget: { value } }) => {
            const samples = columnOf(columns, value)?.samples ?? [];
            onChange({ [role]: value, ...(role === 'user' && { people: areTexts(samples) }) });
          }}
        >
          <option value="" disabled>
            Choose a column
          </option>
          {role === 'event' && <option value={EVERY_ROW}>Every row is the same event</option>}
          {likely.size > 0 ? (
            <>
              <Options label="May be meant" options={options.filter(({ name }) => likely.has(name))} />
              <Options label="Others" options={options.filter(({ name }) => !likely.has(name))} />
            </>
          ) : (
            <Options options={options} />
          )}
        </select>
      </label>
      {value === EVERY_ROW && (
        <label class="field">
          <span>Its name</span>
          <input
            type="text"
            required
            autocomplete="off"
            value={how.eventName}
            onInput={({ currentTarget }) => onChange({ eventName: currentTarget.value })}
          />
        </label>
      )}
      <p id={samplesId} class="muted samples">
        {columnOf(columns, value)?.samples.slice(0, FEW_SAMPLES).map(printable).join(' · ')}
      </p>
    </div>
  );
}

/** So many values tell what a column holds. */
const FEW_SAMPLES = 3;

interface OptionsProps {
  readonly label?: string;
  readonly options: readonly { readonly name: string; readonly value: string }[];
}

function Options({ label, options }: OptionsProps) {
  const listed = options.map(({ name, value }) => (
    <option key={value} value={value}>
      {printable(name)}
    </option>
  ));
  if (label === undefined) return <>{listed}</>;
  return options.length > 0 ? <optgroup label={label}>{listed}</optgroup> : null;
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly choices: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, choices, value, onChange }: ChoiceProps<T>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as T)}>
        {choices.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The first rows, and what each column is taken for. */
function Preview({ columns, how }: { readonly columns: readonly ColumnView[]; readonly how: HowRead }) {
  const rows = Math.max(0, ...columns.map(({ samples }) => samples.length));
  const roleOf = (index: number): Role | undefined =>
    how.preset === '' ? ROLES.find((role) => how[role] === String(index)) : undefined;
  if (rows === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section class="scroll preview" aria-label="First rows" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name }, index) => {
              const role = roleOf(index);
              return (
                <th key={name} scope="col" class={role && 'taken'}>
                  {printable(name)}
                  {role && <span class="badge">{ROLE_LABELS[role]}</span>}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            // Rows have no names, and stay where they are.
            <tr key={String(row)}>
              {columns.map(({ name, samples }, index) => (
                <td key={name} class={roleOf(index) && 'taken'}>
                  {printable(samples[row] ?? '')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
