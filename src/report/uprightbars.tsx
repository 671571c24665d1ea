import { max, min } from 'd3-array';
import { type ScaleBand, type ScaleLinear, scaleBand, scaleLinear } from 'd3-scale';
import type { VNode } from 'preact';
import { RUNNING_MARK } from '../tables/view.js';
import { Period } from '../time/period.js';
import { AxisText, PeriodLabels, VALUE_TICKS, valueText, valueTicks } from './axes.js';
import { type BarBody, BarMark, type BarScene, barText } from './bar.js';
import type { Bar } from './classes.js';
import { CHARACTER, MARGIN } from './picture.js';
import { periodTicks, type Tick } from './ticks.js';

const HEIGHT = 320;
/** Of the labels below. */
const AXIS_HEIGHT = 40;
/** What a label inside of a bar needs. */
const LABEL_HEIGHT = 16;
/** Labels of some slim bars look like a mistake: there are none in any. */
const LABEL_WIDTH = 30;
const LABEL_GAP = 8;
/** The widest that a bar becomes. */
const MOST_WIDTH = 140;

/** Bars that stand beside each other, row by row: rows are periods. */
export function layUpright(scene: BarScene): BarBody {
  const { bars, classes, table, top, width } = scene;
  const all = bars.flat();
  const bottom = top + HEIGHT - AXIS_HEIGHT;
  const y = scaleLinear(
    [
      min(all, ({ from, to }) => Math.min(from, to)) ?? 0,
      max(all, ({ from, to }) => Math.max(from, to)) || 1,
    ],
    [bottom, top],
  ).nice(VALUE_TICKS);
  const ticks = valueTicks(y, table.unit);
  // Under the line stand people as well: their number is no negative one.
  const isMirrored = classes.some(({ isBelow }) => isBelow);
  const texts = ticks.map((tick) => valueText(isMirrored ? Math.abs(tick) : tick, table.unit));
  const left = MARGIN + (max(texts, ({ length }) => length) ?? 0) * CHARACTER + LABEL_GAP;
  const right = width - MARGIN;
  const x = scaleBand<number>([left, Math.min(right, left + table.rows.length * MOST_WIDTH)])
    .domain(table.rows.keys())
    .paddingInner(0.25)
    .paddingOuter(0.15);
  const inner = table.stacked
    ? undefined
    : scaleBand<number>([0, x.bandwidth()]).domain(classes.map(({ column }) => column));
  const widthOf = inner?.bandwidth() ?? x.bandwidth();
  const widest = (max(all, (bar) => barText(bar, scene).length) ?? 0) * CHARACTER;
  const axes: Axes = { x, y, inner, widthOf, isLabelled: widthOf >= (inner ? widest - 4 : LABEL_WIDTH) };
  const first = all[0];
  return {
    height: HEIGHT,
    children: (
      <>
        {ticks.map((tick, index) => (
          <g>
            <line
              class={tick === 0 ? 'axis' : 'line'}
              x1={left}
              x2={right}
              y1={y(tick)}
              y2={y(tick)}
              stroke={tick === 0 ? '#77838d' : '#c8d0d7'}
            />
            <AxisText x={left - LABEL_GAP} y={y(tick) + 4} anchor="end">
              {texts[index]!}
            </AxisText>
          </g>
        ))}
        <PeriodLabels
          ticks={ticksOf(scene, x.step())}
          x={({ index }) => x(index)! + x.bandwidth() / 2}
          y={bottom}
        />
        {bars.map((row) => (
          <g>
            {row.map((bar) => (
              <Upright bar={bar} scene={scene} axes={axes} isFirst={bar === first} />
            ))}
          </g>
        ))}
      </>
    ),
  };
}

interface Axes {
  readonly x: ScaleBand<number>;
  readonly y: ScaleLinear<number, number>;
  /** Of classes side by side. */
  readonly inner: ScaleBand<number> | undefined;
  readonly widthOf: number;
  readonly isLabelled: boolean;
}

interface UprightProps {
  readonly bar: Bar;
  readonly scene: BarScene;
  readonly axes: Axes;
  readonly isFirst: boolean;
}

function Upright({
  bar,
  scene,
  axes: { x, y, inner, widthOf: width, isLabelled },
  isFirst,
}: UprightProps): VNode {
  const left = x(bar.row)! + (inner?.(bar.class.column) ?? 0);
  const [upper, lower] = [y(Math.max(bar.from, bar.to)), y(Math.min(bar.from, bar.to))];
  const isInside = inner === undefined;
  const fits = barText(bar, scene).length * CHARACTER <= width && lower - upper >= LABEL_HEIGHT;
  const hasLabel = isLabelled && (fits || !isInside);
  return (
    <BarMark
      bar={bar}
      scene={scene}
      x={left}
      y={upper}
      width={isInside ? width : Math.max(1, width - 1)}
      height={lower - upper}
      isFirst={isFirst}
      label={
        hasLabel
          ? {
              x: left + width / 2,
              y: isInside ? (upper + lower) / 2 + 4 : bar.to < 0 ? lower + 13 : upper - 4,
              anchor: 'middle',
              isInside,
            }
          : undefined
      }
    />
  );
}

function ticksOf({ table, bars }: BarScene, step: number): Tick[] {
  const periods = table.rows.map(({ period }) => Period.parse(period!));
  return periodTicks(periods, step).map((tick) => {
    const isRunning = bars[tick.index]!.some((bar) => bar.isRunning);
    return isRunning ? { ...tick, label: `${tick.label}${RUNNING_MARK}` } : tick;
  });
}
