import { max, min } from 'd3-array';
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { VNode } from 'preact';
import { printable } from '../base/errors.js';
import { type BarBody, BarMark, type BarScene, barText } from './bar.js';
import type { Bar } from './classes.js';
import { CHARACTER, INK, MARGIN } from './picture.js';

const BAR_HEIGHT = 18;
/** Of one of several side by side. */
const SLIM_HEIGHT = 13;
const ROW_GAP = 8;
const LABEL_GAP = 10;
/** The part of the width that names may take. */
const LABEL_PART = 0.35;

/** Bars that lie below each other, each row beside its name. */
export function layLying(scene: BarScene): BarBody {
  const { bars, classes, table, top, width } = scene;
  const all = bars.flat();
  const fits = Math.floor((width * LABEL_PART) / CHARACTER);
  const labels = table.rows.map(({ label }) => shorten(printable(label), fits));
  const left = MARGIN + (max(labels, ({ length }) => length) ?? 0) * CHARACTER + LABEL_GAP;
  const valueWidth = (max(all, (bar) => barText(bar, scene).length) ?? 0) * CHARACTER + LABEL_GAP;
  const lowest = min(all, ({ from, to }) => Math.min(from, to)) ?? 0;
  const x = scaleLinear(
    [lowest, max(all, ({ from, to }) => Math.max(from, to)) || 1],
    [left + (lowest < 0 ? valueWidth : 0), Math.max(left + 40, width - MARGIN - valueWidth)],
  );
  const isSlim = !table.stacked && classes.length > 1;
  const lineHeight = isSlim ? SLIM_HEIGHT : BAR_HEIGHT;
  const rowHeight = lineHeight * (isSlim ? classes.length : 1) + ROW_GAP;
  const first = all[0];
  return {
    height: table.rows.length * rowHeight,
    children: (
      <>
        {table.rows.map((row, index) => {
          const y = top + index * rowHeight;
          return (
            <g>
              <text
                class="ink"
                x={left - LABEL_GAP}
                y={y + (rowHeight - ROW_GAP) / 2 + 4}
                text-anchor="end"
                fill={INK}
              >
                {labels[index] !== printable(row.label) && <title>{printable(row.label)}</title>}
                {labels[index]}
              </text>
              {bars[index]!.map((bar) => (
                <Lying
                  bar={bar}
                  scene={scene}
                  x={x}
                  y={isSlim ? y + classes.indexOf(bar.class) * lineHeight : y}
                  height={isSlim ? lineHeight - 1 : lineHeight}
                  isFirst={bar === first}
                />
              ))}
            </g>
          );
        })}
        <line
          class="axis"
          x1={x(0)}
          x2={x(0)}
          y1={top - 4}
          y2={top + table.rows.length * rowHeight - ROW_GAP + 4}
          stroke="#77838d"
        />
      </>
    ),
  };
}

interface LyingProps {
  readonly bar: Bar;
  readonly scene: BarScene;
  readonly x: ScaleLinear<number, number>;
  readonly y: number;
  readonly height: number;
  readonly isFirst: boolean;
}

function Lying({ bar, scene, x, y, height, isFirst }: LyingProps): VNode {
  const [left, right] = [x(Math.min(bar.from, bar.to)), x(Math.max(bar.from, bar.to))];
  const isInside = Boolean(scene.table.stacked);
  const hasLabel = !isInside || barText(bar, scene).length * CHARACTER <= right - left;
  const beside =
    bar.to < 0 ? ({ x: left - 5, anchor: 'end' } as const) : ({ x: right + 5, anchor: 'start' } as const);
  const within = { x: (left + right) / 2, anchor: 'middle' } as const;
  return (
    <BarMark
      bar={bar}
      scene={scene}
      x={left}
      y={y}
      width={right - left}
      height={height}
      isFirst={isFirst}
      label={hasLabel ? { ...(isInside ? within : beside), y: y + height / 2 + 4, isInside } : undefined}
    />
  );
}

function shorten(text: string, fits: number): string {
  return text.length > fits ? `${text.slice(0, fits - 1)}…` : text;
}
