import { useEffect, useRef, useState } from 'preact/hooks';
import { byteSize, grouped, plural } from '../engine/numbers.js';
import { EventsView } from './events.js';
import { ExpressionView } from './expression.js';
import { DateField } from './fields.js';
import { FileButton, Landing, LoadStatus } from './landing.js';
import { RetentionView } from './retention.js';
import { hrefOf, route, setParams, VIEWS, type ViewName } from './route.js';
import { announcement, dataset, loadFile, loading, partial, problem, source } from './state.js';
import { TrendsView } from './trends.js';

const TITLES: Record<ViewName, string> = {
  events: 'Events',
  retention: 'Retention',
  trends: 'Trends',
  expression: 'Expression',
};

const PAGES = {
  events: EventsView,
  retention: RetentionView,
  trends: TrendsView,
  expression: ExpressionView,
} satisfies Record<ViewName, () => unknown>;

export function App() {
  const isDragged = useFileDrop();
  const { view } = route.value;
  const isOpen = dataset.value !== undefined;
  const heading = useRef<HTMLHeadingElement>(null);
  const wasShown = useRef(view);
  useEffect(() => {
    document.title = isOpen ? `${TITLES[view]} · ${source.value?.name}` : 'Bitmapist explorer';
    // A reader who followed a link goes on from the top of what it leads to.
    if (wasShown.current !== view) heading.current?.focus();
    wasShown.current = view;
  }, [view, isOpen]);
  const Page = PAGES[view];
  return (
    <div class={isDragged ? 'page dragged' : 'page'}>
      {isOpen && (
        <button type="button" class="skip" onClick={() => heading.current?.focus()}>
          Skip to the content
        </button>
      )}
      <header class="top">
        <Brand />
        {isOpen && <SourceBar />}
        {isOpen && (
          <nav aria-label="Views">
            {VIEWS.map((name) => (
              <a key={name} href={hrefOf(name)} aria-current={name === view ? 'page' : undefined}>
                {TITLES[name]}
              </a>
            ))}
          </nav>
        )}
      </header>
      <main>
        {isOpen ? (
          <>
            {(loading.value || partial.value || problem.value) && (
              <section class="card">
                <LoadStatus />
              </section>
            )}
            <h1 ref={heading} tabIndex={-1} class="hidden">
              {TITLES[view]}
            </h1>
            <Page />
          </>
        ) : (
          <Landing />
        )}
      </main>
      <footer>
        Counted in this page by WebAssembly. The data stays here; the address holds the view, not the data.
      </footer>
      <p class="hidden" role="status" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  );
}

function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {LOGO.map((heat, index) => (
          <rect
            key={`${index}`}
            x={(index % 3) * 8 + 1}
            y={Math.floor(index / 3) * 8 + 1}
            width="6"
            height="6"
            rx="1.5"
            data-heat={heat}
          />
        ))}
      </svg>
      Bitmapist explorer
    </span>
  );
}

/** A small retention table. */
const LOGO = [20, 13, 8, 17, 10, 3, 14, 6, 1];

/** What is looked at. */
function SourceBar() {
  const current = source.value;
  const data = dataset.value;
  if (current === undefined || data === undefined) return null;
  const { params } = route.value;
  const skipped = [
    current.otherKeys > 0 && `${grouped(current.otherKeys)} other ${plural(current.otherKeys, 'key')}`,
    current.expiredKeys > 0 &&
      `${grouped(current.expiredKeys)} expired ${plural(current.expiredKeys, 'key')}`,
  ].filter((text) => text !== false);
  const index =
    current.datasets[Number(params.get('set') ?? 0)] === undefined ? 0 : Number(params.get('set') ?? 0);
  const bitmaps = current.datasets[index]?.bitmaps ?? 0;
  return (
    <div class="source">
      <p>
        <strong>{current.name}</strong>
        <span class="muted">
          {byteSize(current.bytes)} · {grouped(bitmaps)} {plural(bitmaps, 'bitmap')} in{' '}
          {byteSize(data.memoryBytes)}
          {data.firstDay !== undefined && ` · ${data.firstDay} – ${data.lastDay}`}
          {skipped.length > 0 && ` · ${skipped.join(' and ')} left out`}
        </span>
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
                Database {db}, {prefix} ({grouped(events)} {plural(events, 'event')})
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
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragged(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragged(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setDragged(false);
      const file = event.dataTransfer?.files[0];
      if (file) void loadFile(file);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isDragged;
}
