import { useState } from 'preact/hooks';
import { plural } from '../../index.js';
import { groupDigits } from '../../report.js';
import { breakable } from './events.js';

/** So many are shown; the others are found by their names. */
const MOST = 50;

/** The names of events that were found in what is still being read. They have no numbers: those of a part would be too small. */
export function EventsSoFar({ events }: { readonly events: readonly string[] }) {
  const [part, setPart] = useState('');
  const found = events.filter((event) => event.toLowerCase().includes(part.toLowerCase()));
  const shown = found.slice(0, MOST);
  return (
    <section class="card sofar">
      <p class="muted">
        {groupDigits(events.length)} {plural(events.length, 'event')} so far, still being read
        {found.length < events.length && ` · ${groupDigits(found.length)} of that name`}
        {shown.length < found.length && ` · the first ${groupDigits(shown.length)} are shown`}. People are
        counted when all is read.
      </p>
      <div class="controls">
        <label class="field grow">
          <span>Find</span>
          <input
            type="search"
            value={part}
            placeholder="Part of a name"
            onInput={({ currentTarget }) => setPart(currentTarget.value)}
          />
        </label>
      </div>
      <table class="events">
        <caption class="hidden">Events found so far</caption>
        <thead>
          <tr>
            <th scope="col">Events so far</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((event) => (
            <tr key={event}>
              <th scope="row">{breakable(event)}</th>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length === 0 && <p class="empty">No event so far has “{part}” in its name.</p>}
    </section>
  );
}
