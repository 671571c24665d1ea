import type { Role } from '../../csv.js';
import { plural, printable } from '../../index.js';
import { groupDigits } from '../../report.js';
import type { LoadAsk, Problem, ReadingView } from '../engine/protocol.js';
import { askReading } from './state.js';

interface ReadingNoteProps {
  readonly ask: LoadAsk;
  readonly reading: ReadingView;
}

/** How the file of events that is looked at was read, and a way to read it in another one. */
export function ReadingNote({ ask, reading }: ReadingNoteProps) {
  const { taken, people } = reading;
  const user: [Role, string][] = [['user', people ? 'who, by texts' : 'who']];
  const roles: [Role, string][] = [...user, ['time', 'when'], ['event', 'what']];
  const parts = roles.flatMap(([role, says]) => {
    const name = taken[role];
    return name === undefined ? [] : `${printable(name)} says ${says}`;
  });
  const every = ask.events?.event;
  return (
    <span class="muted readas">
      {parts.join(', ')}
      {every !== undefined && `, every row is ${printable(every)}`}{' '}
      <button type="button" class="plain" onClick={() => askReading({ ask, reading })}>
        Change how it is read
      </button>
    </span>
  );
}

/** That numbers are of the beginning of a file alone, and what ended the reading. */
export function PartNote({ problem }: { readonly problem: Problem | undefined }) {
  if (problem === undefined) return null;
  return (
    <p class="card warning">Only what comes before this was read and counted: {printable(problem.message)}</p>
  );
}

/** How many rows were left out, and why the first of them. */
export function SkippedRows({ reading: { skipped, reasons } }: { readonly reading: ReadingView }) {
  if (skipped === 0) return null;
  const more = skipped - reasons.length;
  return (
    <details class="card skipped">
      <summary class="warning">
        {groupDigits(skipped)} {plural(skipped, 'broken row was', 'broken rows were')} skipped
      </summary>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{printable(reason)}</li>
        ))}
        {more > 0 && <li>and {groupDigits(more)} more</li>}
      </ul>
    </details>
  );
}
