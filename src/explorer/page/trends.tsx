import { useRef } from 'preact/hooks';
import { duration, grouped, plural, shortened } from '../engine/numbers.js';
import type { TrendAsk, TrendUnit, TrendView } from '../engine/protocol.js';
import { useAnswer } from './answer.js';
import { LineChart, type Series } from './chart.js';
import { DateField, EventField, ProblemNote, Segmented, useNameNotes } from './fields.js';
import { readDate, route, setParams } from './route.js';
import { SaveButton, standaloneSvg } from './save.js';
import { dataset, engine } from './state.js';

const UNITS = [
  { value: 'day', label: 'Days' },
  { value: 'week', label: 'Weeks' },
  { value: 'month', label: 'Months' },
] as const;
/** As many lines as there are colours that can be told apart. */
const MAX_EVENTS = 8;

/** How many people were active, period by period. */
export function TrendsView() {
  const ask = readAsk(route.value.params);
  const { answer, problem, isPending } = useAnswer(
    'trend',
    ask.events.length > 0 ? ask : undefined,
    describe,
  );
  const svg = useRef<SVGSVGElement>(null);
  const series = answer ? seriesOf(answer) : [];
  const counts = (answer?.periods.length ?? 0) * series.length;
  return (
    <>
      <section class="card">
        <div class="controls">
          <EventPicker events={ask.events} />
          <Segmented label="Per" value={ask.unit} options={UNITS} onChange={(unit) => setParams({ unit })} />
          <DateField label="From" value={ask.from} onChange={(from) => setParams({ from })} />
          <DateField label="To" value={ask.to} onChange={(to) => setParams({ to })} />
          {ask.events.length > 1 && (
            <label class="field check">
              <input
                type="checkbox"
                checked={ask.any}
                onChange={({ currentTarget }) => setParams({ any: currentTarget.checked ? '1' : '' })}
              />
              <span>Any of them</span>
            </label>
          )}
        </div>
      </section>
      {problem && <ProblemNote title="This trend could not be computed">{problem.message}</ProblemNote>}
      {answer && (
        <section class="card" aria-busy={isPending}>
          <header>
            <h2>People per {ask.unit}</h2>
            <span class="muted">
              {grouped(counts)} {plural(counts, 'count')} in {duration(answer.milliseconds)}
            </span>
            <SaveButton name="trend.csv" type="text/csv" make={() => engine.value?.ask('trendText', ask)}>
              Save CSV
            </SaveButton>
            <SaveButton
              name="trend.svg"
              type="image/svg+xml"
              make={() => svg.current && standaloneSvg(svg.current)}
            >
              Save SVG
            </SaveButton>
          </header>
          <ul class="legend">
            {series.map(({ name, color }) => (
              <li key={name}>
                <i style={{ background: `var(${color})` }} />
                {name}
              </li>
            ))}
          </ul>
          <LineChart
            label={`People per ${ask.unit}`}
            columns={answer.periods.map(({ period }) => period)}
            titles={answer.periods.map(({ label }) => label)}
            series={series}
            format={grouped}
            formatTick={shortened}
            svg={svg}
          />
          <details>
            <summary>The numbers</summary>
            <Numbers answer={answer} series={series} />
          </details>
        </section>
      )}
    </>
  );
}

function EventPicker({ events }: { readonly events: readonly string[] }) {
  const notes = useNameNotes(events);
  return (
    <div class="picker grow">
      <ul class="chips" aria-label="Events shown">
        {events.map((event, index) => (
          <li key={event}>
            <i style={{ background: `var(--series-${index})` }} />
            {event}
            {events.length > 1 && (
              <button
                type="button"
                aria-label={`Take ${event} away`}
                onClick={() => setParams({ event: events.filter((each) => each !== event) })}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      {events.length < MAX_EVENTS && (
        <EventField
          key={events.length}
          label="Add an event"
          value=""
          placeholder="Name of an event"
          onCommit={(event) => setParams({ event: [...new Set([...events, event])] })}
        />
      )}
      {notes.map((note) => (
        <p key={note} class="warning">
          {note}
        </p>
      ))}
    </div>
  );
}

function Numbers({ answer, series }: { readonly answer: TrendView; readonly series: readonly Series[] }) {
  return (
    <div class="scroll tall">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Period</th>
            {series.map(({ name }) => (
              <th scope="col" class="number" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.periods.map(({ period, label }, index) => (
            <tr key={period}>
              <th scope="row">{label}</th>
              {series.map(({ name, values }) => (
                <td class="number" key={name}>
                  {grouped(values[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function seriesOf(answer: TrendView): Series[] {
  return answer.series.map(({ event, counts }, index) => ({
    name: event ?? 'Any of them',
    color: event === undefined ? '--ink' : `--series-${index}`,
    values: counts,
    isMain: answer.series.length === 1,
    isUnfinished: answer.isUnfinished,
  }));
}

function describe(answer: TrendView): string {
  return `Trend of ${answer.series.length} ${plural(answer.series.length, 'line')} over ${answer.periods.length} ${plural(answer.periods.length, 'period')}`;
}

function readAsk(params: URLSearchParams): TrendAsk {
  const named = [...new Set(params.getAll('event'))].slice(0, MAX_EVENTS);
  const first = dataset.value?.events[0];
  const unit: TrendUnit = UNITS.find(({ value }) => value === params.get('unit'))?.value ?? guessUnit();
  return {
    unit,
    events: named.length > 0 || first === undefined ? named : [first],
    any: params.get('any') === '1',
    from: readDate(params, 'from'),
    to: readDate(params, 'to'),
  };
}

function guessUnit(): TrendUnit {
  const { firstDay, lastDay } = dataset.value ?? {};
  if (firstDay === undefined || lastDay === undefined) return 'day';
  const days = (Date.parse(lastDay) - Date.parse(firstDay)) / 86_400_000;
  if (days > 1500) return 'month';
  return days > 200 ? 'week' : 'day';
}
