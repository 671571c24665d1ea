import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Period, plural } from '../../index.js';
import { parseForm } from '../../measures.js';
import { groupDigits, periodLabel, renderHtmlTable } from '../../report.js';
import { MEASURES } from '../engine/measures.js';
import type {
  ActiveView,
  Change,
  DatasetView,
  EventChange,
  OverviewView,
  SpanView,
} from '../engine/protocol.js';
import { useAnswer } from './answer.js';
import { breakable } from './events.js';
import { ProblemNote } from './fields.js';
import { Markup } from './markup.js';
import { hrefOf } from './route.js';
import { Sparkline } from './sparkline.js';
import { dataset, statistics, visibleEvents } from './state.js';
import { withSuggestions } from './suggestions.js';

/** So many events are in a list. */
const TOP = 5;

/** The first page of any data: who is active, which events are strong or grow, and one table; each leads to its own page. */
export function Overview() {
  const data = dataset.value!;
  const hasDays = data.firstDay !== undefined;
  const { answer, problem, isPending } = useAnswer('overview', hasDays ? { most: TOP } : undefined, describe);
  useEffect(() => {
    const shown = [...(answer?.strongest ?? []), ...(answer?.growing ?? [])].map(({ event }) => event);
    visibleEvents.value = [...new Set(shown)];
  }, [answer]);
  return (
    <>
      {!hasDays && <OnlyFlags events={data.events.length} />}
      {problem && <ProblemNote title="This could not be computed">{problem.message}</ProblemNote>}
      {answer && (
        <div class="overview" aria-busy={isPending}>
          <ActiveCard answer={answer} />
          <RankingCard title="Strongest events" events={answer.strongest} answer={answer} />
          <RankingCard title="Fastest growing" events={answer.growing} answer={answer} />
        </div>
      )}
      {hasDays && <SuggestedTable data={data} />}
    </>
  );
}

function OnlyFlags({ events }: { readonly events: number }) {
  return (
    <section class="card">
      <p>
        Nothing here happened on a day: there are dateless flags alone.{' '}
        <a href={hrefOf('events')}>
          All {groupDigits(events)} {plural(events, 'flag')}
        </a>
      </p>
    </section>
  );
}

function ActiveCard({ answer: { active, countedEvents, leftOutEvents } }: { readonly answer: OverviewView }) {
  return (
    <section class="card active">
      <header>
        <h2>People who were active</h2>
        <span class="muted">
          {leftOutEvents === 0
            ? 'whoever did any event'
            : `whoever did any of the ${groupDigits(countedEvents)} ${plural(countedEvents, 'event')} of the most days; ${groupDigits(leftOutEvents)} left out`}
        </span>
      </header>
      <ul class="tiles">
        {active.map((each) => (
          <Tile key={each.unit} active={each} />
        ))}
      </ul>
    </section>
  );
}

const TILES = { day: 'Today', week: 'This week', month: 'This month' };

function Tile({ active }: { readonly active: ActiveView }) {
  const { unit, people, span, spanBefore, query } = active;
  return (
    <li>
      <a href={hrefOf('expression', { q: query })}>
        <span>{TILES[unit]}</span>
        <strong>{groupDigits(people)}</strong>
      </a>
      <p class="muted">{spanText(span)}</p>
      <p>
        <ChangeText change={active} /> <span class="muted">against {spanText(spanBefore)}</span>
      </p>
    </li>
  );
}

interface RankingProps {
  readonly title: string;
  readonly events: readonly EventChange[];
  readonly answer: OverviewView;
}

function RankingCard({ title, events, answer: { span, spanBefore } }: RankingProps) {
  return (
    <section class="card">
      <header>
        <h2>{title}</h2>
        <span class="muted">
          {spanText(span)}, against {spanText(spanBefore)}
        </span>
      </header>
      {events.length === 0 ? (
        <p class="muted">No event has more people than before, as far as the data reaches back.</p>
      ) : (
        <div class="scroll">
          <table class="ranking">
            <caption class="hidden">{title}</caption>
            <thead>
              <tr>
                <th scope="col">Event</th>
                <th scope="col" class="number">
                  People
                </th>
                <th scope="col" class="number">
                  Change
                </th>
                <th scope="col">Over time</th>
              </tr>
            </thead>
            <tbody>
              {events.map((each) => (
                <tr key={each.event}>
                  <th scope="row">
                    <a href={hrefOf('trend', { events: each.event })}>{breakable(each.event)}</a>
                  </th>
                  <td class="number">{groupDigits(each.people)}</td>
                  <td class="number">
                    <ChangeText change={each} />
                  </td>
                  <td>
                    <Spark event={each.event} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Spark({ event }: { readonly event: string }) {
  const numbers = statistics.value.get(event);
  return numbers === undefined ? <span class="muted">…</span> : <Sparkline values={numbers.spark} />;
}

/** By how much there are more people, or fewer. */
function ChangeText({ change: { people, before } }: { readonly change: Change }): ComponentChildren {
  if (before === undefined) return <span class="muted">no data before</span>;
  if (before === 0) return people === 0 ? <span class="muted">nobody before</span> : <b class="up">from 0</b>;
  const percent = ((people - before) / before) * 100;
  const text = `${groupDigits(Math.abs(percent))}%`;
  if (people === before) return <b>±0%</b>;
  return people > before ? <b class="up">+{text}</b> : <b class="down">−{text}</b>;
}

/** A table of events that likely begin and continue a history, small enough for a glance. */
function SuggestedTable({ data }: { readonly data: DatasetView }) {
  const measure = MEASURES.find(({ name }) => name === 'cohort')!;
  const few = { num_results: '8', num_of_rows: '8' };
  const params = withSuggestions(measure.fields, new URLSearchParams(few), data);
  const ask = { measure: measure.name, args: parseForm(measure, params) };
  const { answer } = useAnswer('measure', ask, () => '');
  if (answer === undefined) return null;
  const [table] = answer.tables;
  return (
    <section class="card">
      <header>
        <h2>
          <a href={hrefOf(measure.name, Object.fromEntries(params))}>{measure.title}</a>
        </h2>
        <span class="muted">a guess of events that begin and go on; the link lets choose others</span>
      </header>
      <Markup render={() => renderHtmlTable(table, { inlineStyle: false })} of={[table]} />
    </section>
  );
}

/** `Thu, 26 Nov 2026`, `1–26 Nov 2026`, `2 Nov – 1 Dec 2026`: a span for people. */
function spanText({ first, last }: SpanView): string {
  const [from, to] = [Period.parse(first), Period.parse(last)];
  if (from.equals(to))
    return to.unit === 'day'
      ? `${WEEKDAYS[to.start().dayOfWeek - 1]}, ${dayText(to)} ${to.year}`
      : periodLabel(to);
  const end = `${dayText(to)} ${to.year}`;
  if (from.year !== to.year) return `${dayText(from)} ${from.year} – ${end}`;
  return from.month === to.month ? `${from.day}–${end}` : `${dayText(from)} – ${end}`;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function dayText(day: Period): string {
  const [month] = periodLabel(Period.from('month', day)).split(' ');
  return `${day.day} ${month}`;
}

function describe({ active }: OverviewView): string {
  return active.map(({ unit, people }) => `${TILES[unit]}: ${groupDigits(people)} active`).join('; ');
}
