import type { TimeGroup } from '../../index.js';
import { duration, grouped, plural } from '../engine/numbers.js';
import type {
  DatasetView,
  RetentionView as Retention,
  RetentionAsk,
  RetentionFormat,
} from '../engine/protocol.js';
import { useAnswer } from './answer.js';
import { LineChart, type Series } from './chart.js';
import { DateField, EventField, NumberField, ProblemNote, Segmented } from './fields.js';
import { Heatmap } from './heatmap.js';
import { readDate, route, setParams } from './route.js';
import { SaveButton } from './save.js';
import { dataset, engine } from './state.js';

const GROUPS = [
  { value: 'days', label: 'Days' },
  { value: 'weeks', label: 'Weeks' },
  { value: 'months', label: 'Months' },
  { value: 'years', label: 'Years' },
] as const;
const UNITS = [
  { value: 'percent', label: 'Percent' },
  { value: 'counts', label: 'Counts' },
] as const;
/** More cells than this nobody reads, and a browser draws them slowly. */
const MAX_ROWS = 120;
const MAX_COLUMNS = 60;

/** Who came back: the cohort table as a heatmap, and its rows as curves. */
export function RetentionView() {
  const ask = readAsk(route.value.params, dataset.value);
  const { answer, problem, isPending } = useAnswer('retention', ask, describe);
  const cells = (answer?.rows.length ?? 0) * (answer?.columns.length ?? 0);
  return (
    <>
      <section class="card">
        <RetentionControls ask={ask} />
      </section>
      {problem && <ProblemNote title="This table could not be computed">{problem.message}</ProblemNote>}
      {answer && (
        <section class="card" aria-busy={isPending}>
          <header>
            <h2>Cohorts</h2>
            <span class="muted">
              {grouped(cells)} {plural(cells, 'cell')} in {duration(answer.milliseconds)}
            </span>
            <SaveAs ask={ask} format="csv" />
            <SaveAs ask={ask} format="heatmap" />
          </header>
          <Heatmap view={answer} />
        </section>
      )}
      {answer && answer.columns.length > 1 && (
        <section class="card" aria-busy={isPending}>
          <header>
            <h2>Retention curves</h2>
            <span class="muted">
              {answer.ask.as === 'percent' ? 'share of each cohort' : 'people of each cohort'} that came back
            </span>
            <SaveAs ask={ask} format="curves" />
          </header>
          <Curves view={answer} />
        </section>
      )}
    </>
  );
}

interface SaveAsProps {
  readonly ask: RetentionAsk;
  readonly format: RetentionFormat;
}

function SaveAs({ ask, format }: SaveAsProps) {
  const { name, type, label } = FILES[format];
  const make = (): Promise<string> | undefined => engine.value?.ask('retentionText', { ...ask, format });
  return (
    <SaveButton name={name} type={type} make={make}>
      {label}
    </SaveButton>
  );
}

const FILES = {
  csv: { name: 'retention.csv', type: 'text/csv', label: 'Save CSV' },
  heatmap: { name: 'retention.svg', type: 'image/svg+xml', label: 'Save SVG' },
  curves: { name: 'retention-curves.svg', type: 'image/svg+xml', label: 'Save SVG' },
};

function RetentionControls({ ask }: { readonly ask: RetentionAsk }) {
  return (
    <div class="controls">
      <fieldset class="pair">
        <legend>Cohort: who did</legend>
        <EventField label="Event" value={ask.select1} onCommit={(select1) => setParams({ select1 })} />
        <EventField
          label="And also"
          value={ask.select1b}
          isOptional
          placeholder="any"
          onCommit={(select1b) => setParams({ select1b })}
        />
      </fieldset>
      <fieldset class="pair">
        <legend>Came back: who then did</legend>
        <EventField label="Event" value={ask.select2} onCommit={(select2) => setParams({ select2 })} />
        <EventField
          label="And also"
          value={ask.select2b}
          isOptional
          placeholder="any"
          onCommit={(select2b) => setParams({ select2b })}
        />
      </fieldset>
      <Segmented
        label="Group by"
        value={ask.timeGroup}
        options={GROUPS}
        onChange={(group) => setParams({ group })}
      />
      <Segmented label="Show" value={ask.as} options={UNITS} onChange={(as) => setParams({ as })} />
      <NumberField
        label="Cohorts"
        value={ask.numResults}
        min={1}
        max={MAX_ROWS}
        onChange={(results) => setParams({ results: String(results) })}
      />
      <NumberField
        label="Periods after"
        value={ask.numOfRows}
        min={0}
        max={MAX_COLUMNS}
        onChange={(rows) => setParams({ rows: String(rows) })}
      />
      <DateField label="First cohort" value={ask.startDate} onChange={(start) => setParams({ start })} />
    </div>
  );
}

interface CurvesProps {
  readonly view: Retention;
}

function Curves({ view }: CurvesProps) {
  const isPercent = view.ask.as === 'percent';
  const rows: Series[] = view.rows.map((row) => ({
    name: row.label,
    color: '--curve',
    isFaint: true,
    isUnfinished: row.cells.some(({ state }) => state === 'running'),
    values: row.cells.map((cell) => {
      if (cell.state === 'future' || cell.state === 'empty') return undefined;
      return isPercent ? cell.percent : cell.count;
    }),
  }));
  const average: Series = {
    name: view.averageLabel,
    color: '--accent',
    isMain: true,
    values: view.averages.map((value) => value ?? undefined),
  };
  const format = (value: number): string => (isPercent ? `${value.toFixed(1)}%` : grouped(Math.round(value)));
  return (
    <LineChart
      label="Retention curves"
      columns={view.columns.map((column) => `+${column}`)}
      series={[...rows, average]}
      format={format}
      formatTick={(value) => (isPercent ? `${value}%` : grouped(value))}
    />
  );
}

function describe(view: Retention): string {
  return `Table of ${view.rows.length} ${plural(view.rows.length, 'cohort')} and ${view.columns.length} ${plural(view.columns.length, 'period')}`;
}

/** What the address asks for; where it says nothing, what suits the data. */
function readAsk(params: URLSearchParams, data: DatasetView | undefined): RetentionAsk {
  const guess = guessEvents(data?.events ?? []);
  const timeGroup = GROUPS.find(({ value }) => value === params.get('group'))?.value ?? guessGroup(data);
  return {
    select1: params.get('select1') ?? guess.select1,
    select1b: params.get('select1b') ?? '',
    select2: params.get('select2') ?? guess.select2,
    select2b: params.get('select2b') ?? '',
    timeGroup,
    numResults: readNumber(params.get('results'), timeGroup === 'years' ? 3 : 12, 1, MAX_ROWS),
    numOfRows: readNumber(params.get('rows'), timeGroup === 'years' ? 3 : 12, 0, MAX_COLUMNS),
    startDate: readDate(params, 'start'),
    as: params.get('as') === 'counts' ? 'counts' : 'percent',
  };
}

function readNumber(text: string | null, otherwise: number, min: number, max: number): number {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) && value >= min && value <= max ? value : otherwise;
}

const BEGINNINGS = /^(first|sign[-_ ]?up|regist|join|install|created?)/i;
const COMEBACKS = /^(active|log[-_ ]?in|sign[-_ ]?in|visit|open|session|seen)/i;

/** Events that likely begin and continue a history: `first_X` and `X`, or names that sound like it. */
function guessEvents(events: readonly string[]): { select1: string; select2: string } {
  const first = events.find((event) => event.startsWith('first_') && events.includes(event.slice(6)));
  if (first !== undefined) return { select1: first, select2: first.slice(6) };
  const select1 = events.find((event) => BEGINNINGS.test(event)) ?? events[0] ?? '';
  return { select1, select2: events.find((event) => COMEBACKS.test(event)) ?? select1 };
}

/** Periods of which the data holds some, but not too many. */
function guessGroup(data: DatasetView | undefined): TimeGroup {
  if (data?.firstDay === undefined || data.lastDay === undefined) return 'days';
  const days = (Date.parse(data.lastDay) - Date.parse(data.firstDay)) / 86_400_000;
  if (days > 300) return 'months';
  return days > 50 ? 'weeks' : 'days';
}
