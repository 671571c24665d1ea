import type { VNode } from 'preact';
import { printable } from '../base/errors.js';
import { lineColors } from '../tables/heat.js';
import { formatValue, groupDigits } from '../tables/numbers.js';
import { type StepRates, stepRates } from '../tables/steps.js';
import type { Table } from '../tables/table.js';
import { explainCell, RUNNING_MARK, showAs, type TableView, viewTable } from '../tables/view.js';
import { PALE } from './bar.js';
import { drawGrid } from './heatmap.js';
import {
  BODY_TOP,
  CHARACTER,
  type ChartOptions,
  chartWidth,
  INK,
  MARGIN,
  MUTED,
  renderPicture,
} from './picture.js';

/**
 * A funnel: of everybody a bar per step, with how many took it, what part of those who began they are, and what part of those
 * at the step before; below it a heatmap of the other rows, such as a row per period of entry.
 */
export function renderSvgFunnel(given: Table, options: ChartOptions): string {
  const { interactive = false, bare = interactive } = options;
  const table = showAs(given, options);
  const view = viewTable(given, options);
  const steps = stepRates(table);
  const top = bare ? MARGIN : BODY_TOP;
  const bottom = top + steps.length * STEP_HEIGHT - (STEP_HEIGHT - BAR_TOP - BAR_HEIGHT);
  const grid = table.rows.length > 1 ? drawGrid(view, bottom + GRID_GAP, interactive, 1) : undefined;
  const width = chartWidth(options);
  return renderPicture({
    view,
    width: Math.max(width, grid?.width ?? 0),
    height: grid?.height ?? bottom + (steps.some(({ isRunning }) => isRunning) ? 36 : 16),
    description: describe(steps),
    options,
    isBare: bare,
    children: (
      <>
        <g>
          {steps.map((step, index) => (
            <Step
              step={step}
              next={steps[index + 1]}
              index={index}
              y={top + index * STEP_HEIGHT}
              width={width}
              view={view}
              interactive={interactive}
            />
          ))}
        </g>
        {grid?.children}
        {grid === undefined && steps.some(({ isRunning }) => isRunning) && (
          <text class="muted" x={MARGIN} y={bottom + 20} fill={MUTED}>
            {`${RUNNING_MARK}: not over yet`}
          </text>
        )}
      </>
    ),
  });
}

const STEP_HEIGHT = 64;
const BAR_TOP = 20;
const BAR_HEIGHT = 20;
const GRID_GAP = 24;
const COLOR = lineColors('light')[0]!;

interface StepProps {
  readonly step: StepRates;
  readonly next: StepRates | undefined;
  readonly index: number;
  readonly y: number;
  readonly width: number;
  readonly view: TableView;
  readonly interactive: boolean;
}

function Step({ step, next, index, y, width, view, interactive }: StepProps): VNode {
  const { count, ofFirst = 0, isRunning } = step;
  const room = width - 2 * MARGIN;
  const mark = isRunning ? RUNNING_MARK : '';
  const figures = `${groupDigits(count)}${mark} · ${percentOf(step.ofFirst)}`;
  const name = `${index + 1}. ${printable(step.label)}`;
  const fits = Math.max(8, Math.floor(room / CHARACTER) - figures.length - 2);
  const place = { 'data-row': 0, 'data-column': index, tabindex: index === 0 ? 0 : -1 };
  return (
    <g class="bar" {...(interactive && place)}>
      <title>{`${name}: ${explainCell(view.table, 0, index)}${isRunning ? ' so far' : ''}`}</title>
      <text class="ink" x={MARGIN} y={y + 12} font-weight="600" fill={INK}>
        {name.length > fits ? `${name.slice(0, fits - 1)}…` : name}
      </text>
      <text class="ink" x={width - MARGIN} y={y + 12} text-anchor="end" fill={INK}>
        {figures}
      </text>
      <path class="track" d={barPath(MARGIN, y + BAR_TOP, room)} fill="#e6ebf0" />
      <rect
        class="bar0"
        x={MARGIN}
        y={y + BAR_TOP}
        width={Math.max(count > 0 ? 1 : 0, Math.round((room * Math.min(100, ofFirst)) / 10) / 10)}
        height={BAR_HEIGHT}
        fill={COLOR}
        stroke={COLOR}
        stroke-width="0"
        {...(isRunning && PALE)}
      />
      {next !== undefined && (
        <text class="muted" x={MARGIN} y={y + BAR_TOP + BAR_HEIGHT + 14} fill={MUTED}>
          {`↓ ${percentOf(next.ofBefore)} of these took the next step`}
        </text>
      )}
    </g>
  );
}

/** As wide as everybody. */
function barPath(x: number, y: number, width: number): string {
  return `M${x},${y}h${width}v${BAR_HEIGHT}h${-width}z`;
}

function percentOf(rate: number | undefined): string {
  return rate === undefined ? '–' : formatValue(rate, 'percent');
}

function describe(steps: readonly StepRates[]): string {
  const said = steps.map(
    ({ label, count, ofFirst }) => `${printable(label)}: ${groupDigits(count)}, ${percentOf(ofFirst)}`,
  );
  return `Funnel of ${steps.length} steps. ${said.join('; ')}.`;
}
