import { plural, printable } from '../base/errors.js';
import type { Table } from '../tables/table.js';
import { RUNNING_MARK, showAs, viewTable } from '../tables/view.js';
import { BAR_COLORS, type BarScene } from './bar.js';
import { type BarClass, barsOf, classesOf } from './classes.js';
import { KEY_HEIGHT, type Key, Keys, placeKeys } from './keys.js';
import { layLying } from './lyingbars.js';
import { BODY_TOP, type ChartOptions, chartWidth, MARGIN, renderPicture } from './picture.js';
import { layUpright } from './uprightbars.js';

/**
 * Bars of a table: upright over time if its rows are periods, otherwise one below the other beside their names. Classes that
 * exclude each other are stacked, with those that are `below` under the line.
 */
export function renderSvgBars(given: Table, options: ChartOptions): string {
  const { interactive = false, bare = interactive } = options;
  const table = showAs(given, options);
  const classes = classesOf(table);
  const bars = barsOf(table, classes);
  const width = chartWidth(options);
  const scene: BarScene = {
    table,
    classes,
    bars,
    width,
    top: bare ? MARGIN : BODY_TOP + 8,
    interactive,
  };
  const isOverTime = table.rows.length > 0 && table.rows.every(({ period }) => period !== undefined);
  const { height, children } = isOverTime ? layUpright(scene) : layLying(scene);
  const keys = placeKeys(keysOf(scene), MARGIN, width - MARGIN);
  const keyRows = keys.length === 0 ? 0 : keys.at(-1)!.row + 1;
  const keysTop = scene.top + height + KEY_HEIGHT;
  return renderPicture({
    view: viewTable(given, options),
    width,
    height: keysTop + keyRows * KEY_HEIGHT,
    description: describe(table, classes),
    options,
    isBare: bare,
    children: (
      <>
        {children}
        <Keys keys={keys} y={keysTop} />
      </>
    ),
  });
}

/** A lone class needs no key. */
function keysOf({ classes, bars }: BarScene): Key[] {
  const keys = classes.map(({ label, color }): Key => {
    return { label, color: BAR_COLORS[color]!, className: `bar${color}`, isBar: true };
  });
  const isRunning = bars.some((row) => row.some((bar) => bar.isRunning));
  return [
    ...(keys.length > 1 ? keys : []),
    ...(isRunning && keys[0] !== undefined
      ? [{ ...keys[0], label: `pale, ${RUNNING_MARK}: not over yet`, isPale: true }]
      : []),
  ];
}

function describe({ rows }: Table, classes: readonly BarClass[]): string {
  const named = classes.map(({ label }) => label).join(', ');
  if (rows.length === 0) return `No bars: ${named}.`;
  const [first, last] = [rows[0]!, rows.at(-1)!].map(({ label }) => printable(label));
  return `Bars of ${rows.length} ${plural(rows.length, 'row')}, ${first} to ${last}: ${named}.`;
}
