import type { ComponentChildren } from 'preact';
import { useId, useMemo } from 'preact/hooks';
import { printable } from '../../index.js';
import { noteUnknownNames } from '../../measures.js';
import { dataset, datelessNames, names } from './state.js';

interface DateFieldProps {
  readonly label: string;
  /** ISO date, or empty. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function DateField({ label, value, onChange }: DateFieldProps) {
  const id = useId();
  // An address may hold a longer period, which the browser's control does not know.
  const isPeriod = value !== '' && !/^\d{4}-\d\d-\d\d$/.test(value);
  return (
    <label class="field date" for={id}>
      <span>{label}</span>
      {isPeriod ? (
        <input
          id={id}
          type="text"
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      ) : (
        <input
          id={id}
          type="date"
          min="0001-01-01"
          max="9999-12-31"
          value={value}
          onChange={({ currentTarget }) => {
            if (currentTarget.validity.valid) onChange(currentTarget.value);
          }}
        />
      )}
    </label>
  );
}

/**
 * Sentences about names that no event of the data and no segment has, and about what is wrong with a segment.
 * @param isDateless whether flags are asked for, not what people did; an expression may stand instead of one
 */
export function useNameNotes(given: readonly string[], isDateless = false): string[] {
  const known = names.value;
  const carried = datelessNames.value;
  const asked = isDateless ? given.filter((text) => !text.includes('@')) : given;
  const { segments = [] } = dataset.value ?? {};
  return useMemo(() => {
    const used = segments.filter(({ name }) => asked.includes(name));
    const wrong = used.flatMap(({ name, problem, notes }) =>
      (problem === undefined ? notes : [problem]).map((note) => `segment ${JSON.stringify(name)}: ${note}`),
    );
    const isUncarried = (name: string): boolean =>
      isDateless && known.includes(name) && !carried.includes(name);
    const uncarried = asked
      .filter(isUncarried)
      .map((name) => `nobody carries ${JSON.stringify(name)} as a flag`);
    const others = asked.filter((name) => !isUncarried(name));
    return [...noteUnknownNames(others, isDateless ? carried : known), ...uncarried, ...wrong].map(printable);
  }, [JSON.stringify(asked), known, isDateless]);
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
