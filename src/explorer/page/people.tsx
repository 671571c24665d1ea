import { useId, useState } from 'preact/hooks';
import { plural, printable } from '../../index.js';
import { groupDigits } from '../../report.js';
import type { CountView } from '../engine/protocol.js';
import { duration } from './duration.js';
import { SaveButton } from './save.js';
import { announcement, opened } from './state.js';

interface PeopleProps {
  readonly answer: CountView;
  /** The expression that was asked. */
  readonly query: string;
  readonly isPending: boolean;
}

/** Who the people of an expression are: how many, the first of them, all of them as a file. */
export function People({ answer, query, isPending }: PeopleProps) {
  const { count, first, notes, milliseconds } = answer;
  return (
    <div class="count" aria-busy={isPending}>
      {/* Nobody is no answer to a name that nobody has. */}
      {!isMistaken(answer) && (
        <p>
          <output>{groupDigits(count)}</output> {plural(count, 'person', 'people')}
          <span class="muted"> in {duration(milliseconds)}</span>
        </p>
      )}
      {notes.map((note) => (
        <p key={note} class="warning">
          {note}
        </p>
      ))}
      {count > 0 && (
        <>
          <p class="ids">
            {first.some((person) => typeof person === 'string')
              ? first.map((person) => printable(String(person))).join(', ')
              : first.join(' ')}
            {count > first.length && ' …'}
          </p>
          <Finder key={query} query={query} />
          <SaveButton name="ids.csv" type="text/csv" make={() => opened.value?.engine.ask('ids', query)}>
            Save ids as CSV
          </SaveButton>
        </>
      )}
    </div>
  );
}

/** Whether somebody is one of them, however many they are. */
function Finder({ query }: { readonly query: string }) {
  const [person, setPerson] = useState('');
  const [said, setSaid] = useState<{ readonly text: string; readonly isProblem: boolean }>();
  const noteId = useId();
  const find = async (): Promise<void> => {
    if (person.trim() === '') return;
    try {
      const isIn = await opened.value?.engine.ask('has', { expression: query, person: person.trim() });
      const text = `${printable(person.trim())} is ${isIn ? '' : 'not '}one of them`;
      setSaid({ text, isProblem: false });
      announcement.value = text;
    } catch (error) {
      setSaid({ text: (error as Error).message, isProblem: true });
    }
  };
  return (
    <form
      class="finder"
      onSubmit={(event) => {
        event.preventDefault();
        void find();
      }}
    >
      <label class="field">
        <span>Is somebody one of them?</span>
        <input
          type="text"
          value={person}
          placeholder="An id"
          autocomplete="off"
          aria-describedby={noteId}
          aria-invalid={said?.isProblem ?? false}
          onInput={({ currentTarget }) => {
            setPerson(currentTarget.value);
            setSaid(undefined);
          }}
        />
      </label>
      <button type="submit">Ask</button>
      <p
        id={noteId}
        class={said?.isProblem ? 'warning' : 'muted'}
        role={said?.isProblem ? 'alert' : undefined}
      >
        {said?.text}
      </p>
    </form>
  );
}

/** The same in a sentence. */
export function describePeople(answer: CountView): string {
  const { count, notes } = answer;
  const people = isMistaken(answer) ? [] : [`${groupDigits(count)} ${plural(count, 'person', 'people')}`];
  return [...people, ...notes].join('; ');
}

function isMistaken({ count, notes }: CountView): boolean {
  return count === 0 && notes.length > 0;
}
