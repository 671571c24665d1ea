import { useState } from 'preact/hooks';
import { printable } from '../../index.js';
import { hrefOf, readSegments, route, setSegments } from './route.js';
import { announcement, dataset } from './state.js';

/** The segments that the address defines, each with its expression and a way to take it away. */
export function Segments() {
  const { segments = [] } = dataset.value ?? {};
  if (segments.length === 0) return null;
  return (
    <section class="card segments">
      <h2>Segments</h2>
      <ul>
        {segments.map(({ name, expression, problem, notes }) => (
          <li key={name}>
            <strong>{printable(name)}</strong>
            <a href={hrefOf('expression', { q: expression })}>
              <code>{printable(expression)}</code>
            </a>
            <button
              type="button"
              aria-label={`Take the segment ${printable(name)} away`}
              onClick={() =>
                setSegments(readSegments(route.value.params).filter((each) => each.name !== name))
              }
            >
              ×
            </button>
            {[...(problem === undefined ? [] : [printable(problem)]), ...notes].map((note) => (
              <p key={note} class="warning">
                {note}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Gives an expression a name, by which it can be asked for wherever an event can. */
export function SegmentForm({ expression }: { readonly expression: string }) {
  const [name, setName] = useState('');
  const [said, setSaid] = useState<{ readonly text: string; readonly isProblem: boolean }>();
  const segments = readSegments(route.value.params);
  const isKnown = segments.some((each) => each.name === name);
  const define = (): void => {
    const problem = problemOf(name);
    if (problem !== undefined) {
      setSaid({ text: problem, isProblem: true });
      return;
    }
    setSegments([...segments.filter((each) => each.name !== name), { name, expression }]);
    const text = `${printable(name)} can be asked for wherever an event can`;
    setSaid({ text, isProblem: false });
    announcement.value = text;
    setName('');
  };
  return (
    <form
      class="naming"
      onSubmit={(event) => {
        event.preventDefault();
        define();
      }}
    >
      <label class="field">
        <span>A segment of them</span>
        <input
          type="text"
          value={name}
          placeholder="Its name"
          autocomplete="off"
          aria-invalid={said?.isProblem ?? false}
          onInput={({ currentTarget }) => {
            setName(currentTarget.value);
            setSaid(undefined);
          }}
        />
      </label>
      <button type="submit">{isKnown ? 'Replace segment' : 'Make segment'}</button>
      {said !== undefined && (
        <p class={said.isProblem ? 'warning' : 'muted'} role={said.isProblem ? 'alert' : undefined}>
          {said.text}
        </p>
      )}
    </form>
  );
}

/** Why a name cannot be that of a segment. */
function problemOf(name: string): string | undefined {
  if (name.trim() === '') return 'expected a name';
  if (name.includes('=')) return 'expected a name without "=", which ends it in the address';
  const isEvent = dataset.value?.events.includes(name) ?? false;
  return isEvent ? `expected a name that no event has, got ${JSON.stringify(name)}` : undefined;
}
