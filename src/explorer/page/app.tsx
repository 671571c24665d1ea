import { useEffect, useRef, useState } from 'preact/hooks';
import prettyBytes from 'pretty-bytes';
import { plural } from '../../index.js';
import { groupDigits } from '../../report.js';
import { MEASURES } from '../engine/measures.js';
import { Dashboard } from './dashboard.js';
import { EventsView } from './events.js';
import { ExpressionView } from './expression.js';
import { DateField } from './fields.js';
import { FileButton, Landing, LoadStatus } from './landing.js';
import { MeasureView } from './measure.js';
import { Navigation } from './navigation.js';
import { Overview } from './overview.js';
import { PartNote, ReadingNote, SkippedRows } from './readingnote.js';
import { route, setParams, VIEWS } from './route.js';
import { announcement, asking, dataset, loadFile, loading, opened, partial, problem } from './state.js';

export function App() {
  const isDragged = useFileDrop();
  const { view } = route.value;
  const isOpen = dataset.value !== undefined;
  const heading = useRef<HTMLHeadingElement>(null);
  const wasShown = useRef(view);
  useEffect(() => {
    document.title = isOpen ? `${VIEWS.get(view)} · ${opened.value?.source.name}` : 'Bitmapist explorer';
    // A reader who followed a link goes on from the top of what it leads to.
    if (wasShown.current !== view) heading.current?.focus();
    wasShown.current = view;
  }, [view, isOpen]);
  return (
    <div class={isDragged ? 'page dragged' : 'page'}>
      {isOpen && (
        <button type="button" class="skip" onClick={() => heading.current?.focus()}>
          Skip to the content
        </button>
      )}
      <header class="top">
        <span class="brand">Bitmapist explorer</span>
        {isOpen && <SourceBar />}
      </header>
      <div class="body">
        {isOpen && <Navigation />}
        <main>
          {isOpen ? (
            <>
              {(loading.value || partial.value || problem.value || asking.value) && (
                <section class={asking.value ? 'asked' : 'card'}>
                  <LoadStatus />
                </section>
              )}
              <PartNote problem={opened.value?.source.problem} />
              {opened.value?.source.reading && <SkippedRows reading={opened.value.source.reading} />}
              <h1 ref={heading} tabIndex={-1} class="hidden">
                {VIEWS.get(view)}
              </h1>
              <View name={view} />
            </>
          ) : (
            <Landing />
          )}
        </main>
      </div>
      <footer>
        Counted in this page by WebAssembly. The data stays here; the address holds the view, not the data.
      </footer>
      <p class="hidden" role="status" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  );
}

function View({ name }: { readonly name: string }) {
  if (name === 'overview') return <Overview />;
  if (name === 'events') return <EventsView />;
  if (name === 'dashboard') return <Dashboard />;
  if (name === 'expression') return <ExpressionView />;
  return <MeasureView key={name} measure={MEASURES.find((measure) => measure.name === name)!} />;
}

/** What is looked at. */
function SourceBar() {
  const current = opened.value?.source;
  const data = dataset.value;
  if (current === undefined || data === undefined) return null;
  const skipped = [
    current.otherKeys > 0 && `${groupDigits(current.otherKeys)} other ${plural(current.otherKeys, 'key')}`,
    current.expiredKeys > 0 &&
      `${groupDigits(current.expiredKeys)} expired ${plural(current.expiredKeys, 'key')}`,
  ].filter((text) => text !== false);
  const asked = Number(route.value.params.get('set') ?? 0);
  const index = current.datasets[asked] === undefined ? 0 : asked;
  const { bitmaps } = current.datasets[index]!;
  return (
    <div class="source">
      <p>
        <strong>{current.name}</strong>
        <span class="muted">
          {current.bytes !== undefined && `${prettyBytes(current.bytes, { binary: true })} · `}
          {groupDigits(bitmaps)} {plural(bitmaps, 'bitmap')} in{' '}
          {prettyBytes(data.memoryBytes, { binary: true })}
          {data.firstDay !== undefined && ` · ${data.firstDay} – ${data.lastDay}`}
          {skipped.length > 0 && ` · ${skipped.join(' and ')} left out`}
        </span>
        {current.reading && <ReadingNote ask={opened.value!.ask} reading={current.reading} />}
      </p>
      {current.datasets.length > 1 && (
        <label class="field">
          <span>Data</span>
          <select
            value={String(index)}
            onChange={({ currentTarget }) => setParams({ set: currentTarget.value, asof: '' })}
          >
            {current.datasets.map(({ db, prefix, events }, each) => (
              <option key={`${db} ${prefix}`} value={String(each)}>
                Database {db}, {prefix} ({groupDigits(events)} {plural(events, 'event')})
              </option>
            ))}
          </select>
        </label>
      )}
      <DateField label="As of" value={data.asOf} onChange={(asof) => setParams({ asof })} />
      <FileButton>Open another</FileButton>
    </div>
  );
}

/** Takes files that are dropped anywhere; tells whether one hovers. */
function useFileDrop(): boolean {
  const [isDragged, setDragged] = useState(false);
  useEffect(() => {
    const take = (event: DragEvent): void => {
      const isFile = event.dataTransfer?.types.includes('Files') ?? false;
      if (isFile) event.preventDefault();
      setDragged(isFile && event.type === 'dragover');
      const file = event.dataTransfer?.files[0];
      if (event.type === 'drop' && file) void loadFile(file);
    };
    const leave = (event: DragEvent): void => setDragged(event.relatedTarget !== null);
    const end = new AbortController();
    addEventListener('dragover', take, end);
    addEventListener('drop', take, end);
    addEventListener('dragleave', leave, end);
    return () => end.abort();
  }, []);
  return isDragged;
}
