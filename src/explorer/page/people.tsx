import { plural } from '../../index.js';
import { groupDigits } from '../../report.js';
import type { CountView } from '../engine/protocol.js';
import { duration } from './duration.js';
import { SaveButton } from './save.js';
import { opened } from './state.js';

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
            {first.join(' ')}
            {count > first.length && ' …'}
          </p>
          <SaveButton name="ids.csv" type="text/csv" make={() => opened.value?.engine.ask('ids', query)}>
            Save ids as CSV
          </SaveButton>
        </>
      )}
    </div>
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
