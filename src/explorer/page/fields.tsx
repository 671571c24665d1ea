import type { ComponentChildren } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import { noteUnknownNames } from '../../index.js';
import { printable } from '../../report.js';
import { Combobox } from './combobox.js';
import { completeName } from './completion.js';
import { dataset } from './state.js';

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** One of a few, all of them visible. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset class="field segmented">
      <legend>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

/** A whole number; what is out of range is not passed on. */
export function NumberField({ label, value, min, max, onChange }: NumberFieldProps) {
  return (
    <label class="field quantity">
      <span>{label}</span>
      <input
        type="number"
        inputMode="numeric"
        min={min}
        max={max}
        step={1}
        required
        value={value}
        onInput={({ currentTarget }) => {
          if (currentTarget.validity.valid) onChange(currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}

interface DateFieldProps {
  readonly label: string;
  /** ISO date, or empty. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function DateField({ label, value, onChange }: DateFieldProps) {
  return (
    <label class="field date">
      <span>{label}</span>
      <input
        type="date"
        min="0001-01-01"
        max="9999-12-31"
        value={value}
        onChange={({ currentTarget }) => {
          if (currentTarget.validity.valid) onChange(currentTarget.value);
        }}
      />
    </label>
  );
}

interface EventFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isOptional?: boolean;
  readonly placeholder?: string;
  readonly onCommit: (event: string) => void;
}

/** The name of an event, completed from those that the data has. */
export function EventField({ label, value, isOptional = false, placeholder, onCommit }: EventFieldProps) {
  const events = dataset.value?.events ?? [];
  const [note] = useNameNotes(value === '' ? [] : [value]);
  const noteId = useId();
  return (
    <div class="field event">
      <span aria-hidden="true">{label}</span>
      <Combobox
        label={label}
        value={value}
        placeholder={placeholder}
        suggest={(text) => completeName(text, events)}
        onCommit={(text) => {
          if (text !== '' || isOptional) onCommit(text);
        }}
        invalid={note !== undefined}
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

/** Sentences about names that no event of the data has. */
export function useNameNotes(names: readonly string[]): string[] {
  const { events = [] } = dataset.value ?? {};
  return useMemo(() => noteUnknownNames(names, events).map(printable), [JSON.stringify(names), events]);
}

interface ProblemNoteProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** What went wrong, said at once. */
export function ProblemNote({ title, children }: ProblemNoteProps) {
  return (
    <div class="problem" role="alert">
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}
