import type { ComponentChildren } from 'preact';
import { plural, type Table } from '../../index.js';
import type { AnyMeasure } from '../../measures.js';
import { type Field, formName, parseForm } from '../../measures.js';
import { groupDigits, renderCsv, renderSvgCurves, renderSvgHeatmap, viewTable } from '../../report.js';
import type { MeasureAsk, Problem } from '../engine/protocol.js';
import { useAnswer } from './answer.js';
import { Chart } from './chart.js';
import { Controls } from './controls.js';
import { duration } from './duration.js';
import { ProblemNote } from './fields.js';
import { Grid } from './grid.js';
import { route } from './route.js';
import { SaveButton } from './save.js';
import { dataset } from './state.js';
import { withSuggestions } from './suggestions.js';

/** The page of any measure: controls for its fields, and its table as its layout wants to be seen. */
export function MeasureView({ measure }: { readonly measure: AnyMeasure }) {
  const data = dataset.value!;
  const fields = data.hasHours ? measure.fields : measure.fields.map(withoutHours);
  const params = withSuggestions(fields, route.value.params, data);
  const { ask, failure } = readAsk({ ...measure, fields }, params);
  const { answer, problem = failure, isPending } = useAnswer('measure', ask, describe);
  return (
    <>
      <section class="card">
        <Controls fields={fields} params={params} />
      </section>
      {problem && <ProblemNote title="This could not be computed">{problem.message}</ProblemNote>}
      {answer && <TableCards table={answer.table} milliseconds={answer.milliseconds} isBusy={isPending} />}
    </>
  );
}

/** What the address asks for, or why it cannot be asked. */
function readAsk(
  measure: AnyMeasure,
  params: URLSearchParams,
): { readonly ask?: MeasureAsk; readonly failure?: Problem } {
  const missing = measure.fields.filter((field) => !field.optional && !params.get(formName(field)));
  if (missing.length > 0) {
    return { failure: { message: `expected something for: ${missing.map(fullLabel).join(', ')}` } };
  }
  try {
    return { ask: { measure: measure.name, args: parseForm(measure, params) } };
  } catch (error) {
    return { failure: error as Problem };
  }
}

/** Labels may be the same in two groups. */
function fullLabel({ group, label }: Field): string {
  return group === undefined ? label : `${group}: ${label}`;
}

/** Hours are marked on demand; without them every answer would be 0. */
function withoutHours(field: Field): Field {
  const { hour, hours, ...choices } = field.choices ?? {};
  return field.kind === 'unit' ? { ...field, choices } : field;
}

interface TableCardsProps {
  readonly table: Table;
  readonly milliseconds: number;
  readonly isBusy: boolean;
}

function TableCards({ table, milliseconds, isBusy }: TableCardsProps) {
  const { layout, rows, columns } = table;
  const count = rows.length * columns.length;
  const speed = `${groupDigits(count)} ${plural(count, 'count')} in ${duration(milliseconds)}`;
  const { title, subtitle } = viewTable(table);
  const numbers = [
    <Save key="csv" table={table} ending="csv" render={renderCsv} />,
    <Save key="json" table={table} ending="json" render={JSON.stringify} />,
  ];
  const heatmap = <Save table={table} ending="svg" render={renderSvgHeatmap} />;
  const curves = <Save table={table} ending="svg" name="-curves" render={renderSvgCurves} />;
  if (layout === 'series') {
    return (
      <Card isBusy={isBusy} title={title} info={`${subtitle} · ${speed}`} actions={[numbers, curves]}>
        <Chart table={table} />
        <details>
          <summary>The numbers</summary>
          <Grid table={table} />
        </details>
      </Card>
    );
  }
  return (
    <>
      <Card isBusy={isBusy} info={speed} actions={[numbers, heatmap]}>
        <Grid table={table} />
      </Card>
      {layout === 'triangle' && columns.length > 1 && (
        <Card isBusy={isBusy} info={subtitle} actions={curves}>
          <Chart table={table} />
        </Card>
      )}
    </>
  );
}

interface SaveProps {
  readonly table: Table;
  readonly ending: 'csv' | 'json' | 'svg';
  readonly name?: string;
  readonly render: (table: Table) => string;
}

function Save({ table, ending, name = '', render }: SaveProps) {
  const type = { csv: 'text/csv', json: 'application/json', svg: 'image/svg+xml' }[ending];
  return (
    <SaveButton name={`${table.measure}${name}.${ending}`} type={type} make={() => render(table)}>
      Save {ending.toUpperCase()}
    </SaveButton>
  );
}

interface CardProps {
  readonly isBusy: boolean;
  readonly title?: string;
  readonly info: string;
  readonly actions: ComponentChildren;
  readonly children: ComponentChildren;
}

function Card({ isBusy, title, info, actions, children }: CardProps) {
  return (
    <section class="card" aria-busy={isBusy}>
      <header>
        {title !== undefined && <h2>{title}</h2>}
        <span class="muted">{info}</span>
        {actions}
      </header>
      {children}
    </section>
  );
}

function describe({ table: { title, rows, columns } }: { readonly table: Table }): string {
  return `${title}: ${rows.length} ${plural(rows.length, 'row')} of ${columns.length} ${plural(columns.length, 'cell')}`;
}
