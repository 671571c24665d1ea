import { sum } from 'd3-array';
import { useEffect } from 'preact/hooks';
import { plural, type Table } from '../../index.js';
import { type AnyMeasure, type Field, formName, parseForm } from '../../measures.js';
import { groupDigits, renderCsv, renderSvg, renderSvgCurves, viewTable } from '../../report.js';
import type { MeasureView as MeasureAnswer, MeasureAsk, Problem } from '../engine/protocol.js';
import { useAnswer } from './answer.js';
import { readBy } from './by.js';
import { Chart } from './chart.js';
import { Controls, Segmented } from './controls.js';
import { openedDoor, type Piece } from './door.js';
import { duration } from './duration.js';
import { ProblemNote } from './fields.js';
import { Grid } from './grid.js';
import { KeepButton } from './keep.js';
import { DoorPanel } from './panel.js';
import { isHeatmap } from './picture.js';
import { completeAddress, route, setParams } from './route.js';
import { SaveButton } from './save.js';
import { Segments } from './segments.js';
import { dataset } from './state.js';
import { withSuggestions } from './suggestions.js';

/** The page of any measure: controls for its fields, and its table as its layout wants to be seen. */
export function MeasureView({ measure }: { readonly measure: AnyMeasure }) {
  const data = dataset.value!;
  const fields = data.hasHours ? measure.fields : measure.fields.map(withoutHours);
  const params = withSuggestions(fields, route.value.params, data);
  const { ask, failure } = readAsk({ ...measure, fields }, params);
  const { answer, problem = failure, isPending } = useAnswer('measure', ask, describe);
  const look = answer && lookOf(answer.tables[0], params);
  for (const [name, text] of Object.entries(look ?? {})) params.set(name, text);
  const address = params.toString();
  useEffect(() => completeAddress(params), [route.value, address]);
  return (
    <>
      <section class="card">
        <Controls fields={fields} params={params} />
        {ask && <KeepButton measure={measure} ask={ask} />}
      </section>
      {problem && <ProblemNote title="This could not be computed">{problem.message}</ProblemNote>}
      {answer &&
        look &&
        answer.tables.map((table, at) => (
          <TableCard
            key={at}
            table={table}
            part={answer.tables.length > 1 ? ask?.by?.[at] : undefined}
            look={look}
            speed={at === 0 ? speedOf(answer) : undefined}
            isBusy={isPending}
          />
        ))}
      <Segments />
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
    return { ask: { measure: measure.name, args: parseForm(measure, params), by: readBy(params) } };
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

/**
 * How a table is looked at, as the address says it: as a table or as curves, or whether there are numbers below its picture.
 * A heatmap is its own picture.
 */
type Look = { readonly look: 'table' | 'curves' } | { readonly numbers: '0' | '1' } | Record<never, never>;

function lookOf(table: Table, params: URLSearchParams): Look {
  const { layout, columns } = table;
  if (layout === 'triangle') {
    return { look: params.get('look') === 'curves' && columns.length > 0 ? 'curves' : 'table' };
  }
  if (isHeatmap(table)) return {};
  const numbers = params.get('numbers') ?? (layout === 'series' ? '0' : '1');
  return { numbers: numbers === '1' ? '1' : '0' };
}

interface TableCardProps extends Piece {
  readonly look: Look;
  /** How long the answer took, if this is the one that says it. */
  readonly speed: string | undefined;
  readonly isBusy: boolean;
}

/** The table, and the door that is open in it. */
function TableCard({ table, part, look, speed, isBusy }: TableCardProps) {
  const { layout, columns } = table;
  const { title, subtitle } = viewTable(table);
  const isTable = 'look' in look ? look.look === 'table' : !('numbers' in look);
  const isCurves = 'look' in look && look.look === 'curves';
  const door = openedDoor(table, part);
  return (
    <>
      <section class="card" aria-busy={isBusy}>
        <header>
          {!isTable && <h2>{title}</h2>}
          <span class="muted">
            {[...(isTable ? [] : [subtitle]), ...(speed === undefined ? [] : [speed])].join(' · ')}
          </span>
          {'look' in look && columns.length > 0 && (
            <Segmented
              field={{ label: 'Show as', choices: { table: 'Table', curves: 'Curves' } }}
              value={look.look}
              onChange={(text) => setParams({ look: text })}
            />
          )}
          <Save
            table={table}
            part={part}
            ending="csv"
            render={(each) => renderCsv(each, { unfinished: true })}
          />
          <Save table={table} part={part} ending="json" render={JSON.stringify} />
          <Save
            table={table}
            part={part}
            ending="svg"
            name={isCurves ? '-curves' : ''}
            render={isCurves ? renderSvgCurves : renderSvg}
          />
        </header>
        {isTable ? <Grid table={table} part={part} /> : <Chart table={table} part={part} />}
        {'numbers' in look && <Numbers table={table} part={part} isOpen={look.numbers === '1'} />}
      </section>
      {door && (
        <DoorPanel table={table} part={part} door={door} hasNeighbours={layout === 'series' || isCurves} />
      )}
    </>
  );
}

/** The numbers of a picture, for those who wish to see them. */
function Numbers({ table, part, isOpen }: Piece & { readonly isOpen: boolean }) {
  return (
    <details
      open={isOpen}
      onToggle={({ currentTarget: { open } }) => {
        if (open !== isOpen) setParams({ numbers: open ? '1' : '0' });
      }}
    >
      <summary>The numbers</summary>
      <Grid table={table} part={part} />
    </details>
  );
}

interface SaveProps extends Piece {
  readonly ending: 'csv' | 'json' | 'svg';
  readonly name?: string;
  readonly render: (table: Table) => string;
}

function Save({ table, part, ending, name = '', render }: SaveProps) {
  const type = { csv: 'text/csv', json: 'application/json', svg: 'image/svg+xml' }[ending];
  // What file systems do not take is left out.
  const partName = part === undefined ? '' : `-${part.replace(/[^\p{L}\p{N}]+/gu, '_')}`;
  return (
    <SaveButton name={`${table.measure}${name}${partName}.${ending}`} type={type} make={() => render(table)}>
      Save {ending.toUpperCase()}
    </SaveButton>
  );
}

function speedOf({ tables, milliseconds }: MeasureAnswer): string {
  const count = sum(tables, ({ rows, columns }) => rows.length * columns.length);
  return `${groupDigits(count)} ${plural(count, 'count')} in ${duration(milliseconds)}`;
}

function describe({ tables }: MeasureAnswer): string {
  return tables.map(describeTable).join('; ');
}

function describeTable({ title, rows, columns }: Table): string {
  return `${title}: ${rows.length} ${plural(rows.length, 'row')} of ${columns.length} ${plural(columns.length, 'cell')}`;
}
