import { extent, max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { plural, printable } from '../base/errors.js';
import { formatValue } from '../tables/numbers.js';
import { cellValue, type Table } from '../tables/table.js';
import { showAs, summaryOf, viewTable } from '../tables/view.js';
import { VALUE_TICKS, valueText, valueTicks } from './axes.js';
import { CohortKey, cohortKeyRows } from './cohortkey.js';
import { Average, Curve, Running } from './curve.js';
import { Grid } from './curvegrid.js';
import { KEY_HEIGHT, type Key, Keys, placeKeys } from './keys.js';
import { LineNames, namesOf, nameWidthOf } from './lineends.js';
import { type Axes, type Line, linesOf, pointsOf } from './lines.js';
import { BODY_TOP, CHARACTER, type ChartOptions, chartWidth, MARGIN, renderPicture } from './picture.js';
import { Columns } from './pointer.js';

const HEIGHT = 440;
const LEFT = 64;
const RIGHT = 24;
const BOTTOM = 84;

/**
 * Lines over the columns of a table. Of cohorts: a line each, older ones paler, and the average of all as a strong one; of
 * lines over time: one per row, in colours of their own. A dot if there is but one value. An SVG file that opens anywhere, in
 * light and dark. A dashed end leads to a period that has not ended. With `interactive`, it goes without title and paper, and
 * shows the values of the column that is pointed at, or has the class `at`.
 * @throws RangeError for a table of sizes alone, which has no values to draw
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { trend } from 'bitmapist-wasm/measures';
 * import { renderSvgCurves } from 'bitmapist-wasm/report';
 * const table = await new Bitmapist().ask(trend, { events: ['signup', 'active'], unit: 'week', any: true });
 * console.log(renderSvgCurves(table).startsWith('<svg ')); // true
 */
export function renderSvgCurves(given: Table, options: ChartOptions = {}): string {
  const asked = showAs(given, options);
  const table = { ...asked, summary: summaryOf(asked) };
  if (table.columns.length === 0) {
    throw new RangeError('expected a table with a column or more for curves, got one of sizes alone');
  }
  const { interactive = false, bare = interactive } = options;
  const lines = linesOf(table);
  const average = pointsOf(table.summary?.cells ?? [], table.unit);
  const width = chartWidth(options);
  const isTriangle = table.layout === 'triangle';
  const nameWidth = nameWidthOf(lines, width);
  const right = width - Math.max(RIGHT, nameWidth);
  const top = bare ? MARGIN : BODY_TOP + 8;
  const [lowest, highest] = extent([0, ...lines.flatMap(({ points }) => points.map((point) => point.y))]);
  const last = table.columns.length - 1;
  const y = scaleLinear([lowest!, highest || 1], [HEIGHT - BOTTOM, top]).nice(VALUE_TICKS);
  const left = Math.max(
    LEFT,
    MARGIN + 8 + CHARACTER * max(valueTicks(y, table.unit), (tick) => valueText(tick, table.unit).length)!,
  );
  const axes: Axes = {
    width,
    left,
    right,
    // A lone column stands in the middle.
    x: scaleLinear(last === 0 ? [-1, 1] : [0, last], [left, right]),
    y,
  };
  const names = nameWidth === 0 ? undefined : namesOf(lines, axes, isTriangle);
  const keys = isTriangle || names !== undefined ? [] : placeKeys(lines.map(keyOf), left, width - RIGHT);
  const isRunning = lines.some(({ points }) => points.some(({ isFinal }) => !isFinal));
  const keyRows = isTriangle ? cohortKeyRows(width) : Math.max(keys.at(-1)?.row ?? 0, 0);
  const keysTop = HEIGHT - BOTTOM + 54;
  return renderPicture({
    view: viewTable(given, options),
    width,
    height: HEIGHT + keyRows * KEY_HEIGHT,
    description: describe(table),
    options,
    isBare: bare,
    children: (
      <>
        <Grid axes={axes} table={table} />
        {!isTriangle && isRunning && <Running lines={lines} axes={axes} />}
        {lines.map((each) => (
          <Curve line={each} axes={axes} />
        ))}
        {table.summary && <Average points={average} axes={axes} />}
        {names && <LineNames names={names} />}
        {interactive && <Columns lines={lines} average={average} axes={axes} table={table} />}
        {isTriangle ? (
          <CohortKey table={table} width={width} left={LEFT} y={HEIGHT - MARGIN} />
        ) : (
          <Keys keys={keys} y={keysTop} />
        )}
      </>
    ),
  });
}

function keyOf({ label, color, name }: Line): Key {
  return { label, color, className: `${name}Key` };
}

function describe({ layout, rows, columns, columnHead, summary, unit }: Table): string {
  if (layout !== 'triangle' || summary === undefined) {
    const names = rows.map(({ label }) => printable(label)).join(', ');
    return `Lines from ${columns[0]!.label} to ${columns.at(-1)!.label}: ${names}.`;
  }
  const values = summary.cells.map((cell, x) => {
    const value = cellValue(cell, unit);
    return `${x}: ${value === undefined ? 'none' : formatValue(value, unit)}`;
  });
  return `Curves of ${rows.length} ${plural(rows.length, 'cohort')}. Average by ${columnHead}: ${values.join(', ')}.`;
}
