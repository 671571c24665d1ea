import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { plural } from '../../index.js';
import { groupDigits } from '../../report.js';
import type { EventStatistics } from '../engine/protocol.js';
import { Segmented } from './controls.js';
import { hrefOf, route, setParams } from './route.js';
import { Sparkline } from './sparkline.js';
import { dataset, statistics, visibleEvents } from './state.js';

const PAGE_SIZE = 50;
const ORDER = { label: 'Order', choices: { name: 'By name', people: 'By people' } };

/** All events, a page at a time, with their numbers. */
export function EventsView() {
  const { params } = route.value;
  const filter = params.get('filter') ?? '';
  const order = params.get('order') === 'people' ? 'people' : 'name';
  const events = dataset.value?.events ?? [];
  const known = statistics.value;
  const found = sorted(
    events.filter((event) => event.toLowerCase().includes(filter.toLowerCase())),
    order,
    known,
  );
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const page = Math.min(Math.max(Number(params.get('page') ?? 1) || 1, 1), pages);
  const visible = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  const visibleKey = visible.join('\n');
  useEffect(() => {
    visibleEvents.value = visible;
  }, [visibleKey]);
  const most = Math.max(1, ...visible.map((event) => known.get(event)?.ids ?? 0));

  return (
    <section class="card">
      <div class="controls">
        <label class="field grow">
          <span>Find</span>
          <input
            type="search"
            value={filter}
            placeholder="Part of a name"
            onInput={({ currentTarget }) => setParams({ filter: currentTarget.value, page: '' })}
          />
        </label>
        <Segmented
          field={ORDER}
          value={order}
          onChange={(value) => setParams({ order: value === 'people' ? value : '', page: '' })}
        />
      </div>
      <div class="scroll">
        <table class="events" aria-busy={known.size < events.length}>
          <caption class="hidden">Events and how many people did them</caption>
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col" class="number">
                People
              </th>
              <th scope="col">Over time</th>
              <th scope="col" class="span">
                First and last
              </th>
            </tr>
          </thead>
          <tbody>
            {visible.map((event) => (
              <EventRow key={event} event={event} numbers={known.get(event)} most={most} />
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && <p class="empty">No event has “{filter}” in its name.</p>}
      <nav class="pager" aria-label="Pages of events">
        <span role="status">
          {groupDigits(found.length)} {plural(found.length, 'event')}
          {known.size < events.length && <span class="muted"> · counted {groupDigits(known.size)}</span>}
        </span>
        {pages > 1 && (
          <span>
            <button type="button" disabled={page === 1} onClick={() => setParams({ page: String(page - 1) })}>
              Previous
            </button>
            <span class="muted">
              {page} of {pages}
            </span>
            <button
              type="button"
              disabled={page === pages}
              onClick={() => setParams({ page: String(page + 1) })}
            >
              Next
            </button>
          </span>
        )}
      </nav>
    </section>
  );
}

interface EventRowProps {
  readonly event: string;
  readonly numbers: EventStatistics | undefined;
  readonly most: number;
}

function EventRow({ event, numbers, most }: EventRowProps) {
  return (
    <tr>
      <th scope="row">
        <a href={hrefOf('trend', { events: event })}>{breakable(event)}</a>{' '}
        {numbers?.hasFlag && (
          <span class="badge" title="Has a dateless flag">
            flag
          </span>
        )}
      </th>
      <td class="number">
        {numbers === undefined ? <span class="muted">…</span> : groupDigits(numbers.ids)}
        <span class="bar" style={{ '--share': String((numbers?.ids ?? 0) / most) }} />
      </td>
      <td>{numbers?.first && <Sparkline values={numbers.spark} />}</td>
      <td class="span muted">{numbers?.first && spanText(numbers.first, numbers.last!)}</td>
    </tr>
  );
}

/** A name that rather breaks after its punctuation than within its words. */
export function breakable(name: string): ComponentChildren {
  return name
    .split(/(?<=[_:./-])/)
    .flatMap((part, index) => (index === 0 ? [part] : [<wbr key={index} />, part]));
}

function spanText(first: string, last: string): string {
  return first === last ? first : `${first} – ${last}`;
}

function sorted(
  events: string[],
  order: 'name' | 'people',
  known: ReadonlyMap<string, EventStatistics>,
): string[] {
  if (order === 'name') return events;
  return events.sort((a, b) => (known.get(b)?.ids ?? 0) - (known.get(a)?.ids ?? 0));
}
