import { scaleLinear } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  /** A colour, as a custom property of the style sheet. */
  readonly color: string;
  /** Drawn stronger, above the others, with the area below it where it is alone. */
  readonly isMain?: boolean;
  /** One of many that only show the spread. */
  readonly isFaint?: boolean;
  /** The period of the last value is not over. */
  readonly isUnfinished?: boolean;
}

interface LineChartProps {
  readonly label: string;
  /** What a point of every series stands for, in order. */
  readonly columns: readonly string[];
  /** The same in more words, for one at a time. */
  readonly titles?: readonly string[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly formatTick: (value: number) => string;
  readonly svg?: RefObject<SVGSVGElement | null>;
}

const HEIGHT = 320;
const MARGIN = { top: 12, right: 24, bottom: 28, left: 56 };
/** Room that a label of the horizontal axis takes, in pixels per character and beside them. */
const LABEL = { character: 7, gap: 24 };
const MAX_LISTED = 12;

/** Lines over columns. The values under the pointer, or under a slider for keyboards and screen readers, are listed. */
export function LineChart({
  label,
  columns,
  titles = columns,
  series,
  format,
  formatTick,
  svg,
}: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [at, setAt] = useState<number | undefined>(undefined);
  const last = Math.max(columns.length - 1, 1);
  const x = scaleLinear([0, last], [MARGIN.left, Math.max(width - MARGIN.right, MARGIN.left + 1)]);
  const top = Math.max(0, ...series.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  const y = scaleLinear([0, top || 1], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(5);
  const path = line<number | undefined>()
    .defined((value) => value !== undefined)
    .x((_, index) => x(index))
    .y((value) => y(value!))
    .curve(curveMonotoneX);
  const fill = area<number | undefined>()
    .defined((value) => value !== undefined)
    .x((_, index) => x(index))
    .y0(y(0))
    .y1((value) => y(value!))
    .curve(curveMonotoneX);
  const shown = at !== undefined && at < columns.length ? at : undefined;
  const ordered = [...series].sort((a, b) => Number(a.isMain ?? false) - Number(b.isMain ?? false));
  const main = series.find(({ isMain }) => isMain);

  const pointAt = (event: PointerEvent): void => {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    setAt(Math.min(Math.max(Math.round(x.invert(event.clientX - left)), 0), columns.length - 1));
  };

  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        <svg
          {...(svg && { ref: svg })}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={label}
          onPointerMove={pointAt}
          onPointerDown={pointAt}
          onPointerLeave={() => setAt(undefined)}
        >
          {y.ticks(5).map((tick) => (
            <g key={tick} class="tick">
              <line x1={MARGIN.left} x2={width - MARGIN.right} y1={y(tick)} y2={y(tick)} />
              <text x={MARGIN.left - 8} y={y(tick) + 4} class="end">
                {formatTick(tick)}
              </text>
            </g>
          ))}
          {axisColumns(columns, width).map((index) => (
            <text key={index} x={x(index)} y={HEIGHT - 8} class={anchorOf(x(index), columns[index]!, width)}>
              {columns[index]}
            </text>
          ))}
          {main && <path class="area" d={fill(main.values) ?? ''} style={{ fill: `var(${main.color})` }} />}
          {ordered.flatMap((each) =>
            split(each).map((values, part) => (
              <path
                key={`${each.name} ${part}`}
                class={classOf(each, part > 0)}
                d={path(values) ?? ''}
                style={{ stroke: `var(${each.color})` }}
              />
            )),
          )}
          {shown !== undefined && (
            <line class="cross" x1={x(shown)} x2={x(shown)} y1={MARGIN.top} y2={HEIGHT - MARGIN.bottom} />
          )}
          {shown !== undefined &&
            ordered.map((each) => {
              const value = each.values[shown];
              if (value === undefined || each.isFaint) return null;
              return (
                <circle
                  key={each.name}
                  class="dot"
                  cx={x(shown)}
                  cy={y(value)}
                  r={4}
                  style={{ fill: `var(${each.color})` }}
                />
              );
            })}
        </svg>
      )}
      <input
        type="range"
        class="cursor"
        aria-label={`${label}: read values`}
        aria-valuetext={describe(titles, series, shown ?? 0, format)}
        min={0}
        max={Math.max(columns.length - 1, 0)}
        value={shown ?? 0}
        onInput={({ currentTarget }) => setAt(currentTarget.valueAsNumber)}
        onFocus={() => setAt((before) => before ?? 0)}
        onBlur={() => setAt(undefined)}
      />
      {shown !== undefined && (
        <Readout
          title={titles[shown]!}
          values={listed(series, shown)}
          format={format}
          isLeft={x(shown) > width / 2}
          at={x(shown)}
          width={width}
        />
      )}
    </div>
  );
}

function classOf({ isMain, isFaint }: Series, isProvisional: boolean): string {
  return ['line', isMain && 'main', isFaint && 'faint', isProvisional && 'provisional']
    .filter(Boolean)
    .join(' ');
}

interface ReadoutProps {
  readonly title: string;
  readonly values: readonly { readonly series: Series; readonly value: number }[];
  readonly format: (value: number) => string;
  readonly isLeft: boolean;
  readonly at: number;
  readonly width: number;
}

function Readout({ title, values, format, isLeft, at, width }: ReadoutProps) {
  return (
    <div
      class="readout"
      aria-hidden="true"
      style={isLeft ? { right: `${width - at + 12}px` } : { left: `${at + 12}px` }}
    >
      <strong>{title}</strong>
      {values.map(({ series, value }) => (
        <div key={series.name}>
          <i style={{ background: `var(${series.color})` }} />
          <span>{series.name}</span>
          <b>{format(value)}</b>
        </div>
      ))}
    </div>
  );
}

/** The largest values of a column. */
function listed(series: readonly Series[], column: number): { series: Series; value: number }[] {
  return series
    .map((each) => ({ series: each, value: each.values[column] }))
    .filter((each): each is { series: Series; value: number } => each.value !== undefined)
    .sort((a, b) => Number(b.series.isMain ?? false) - Number(a.series.isMain ?? false) || b.value - a.value)
    .slice(0, MAX_LISTED);
}

function describe(
  titles: readonly string[],
  series: readonly Series[],
  column: number,
  format: (value: number) => string,
): string {
  const values = listed(series, column).map((each) => `${each.series.name} ${format(each.value)}`);
  return `${titles[column] ?? ''}: ${values.join(', ')}`;
}

/** Columns whose labels have room on the axis. */
function axisColumns(columns: readonly string[], width: number): number[] {
  const longest = Math.max(...columns.map((column) => column.length), 1);
  const room = longest * LABEL.character + LABEL.gap;
  const labels = Math.max(2, Math.floor((width - MARGIN.left - MARGIN.right) / room));
  const step = Math.max(1, Math.ceil(columns.length / labels));
  return columns.map((_, index) => index).filter((index) => index % step === 0);
}

/** Labels stand below their column, but within the chart. */
function anchorOf(at: number, label: string, width: number): string {
  const half = (label.length * LABEL.character) / 2;
  if (at < half) return 'start';
  return at + half > width ? 'end' : 'middle';
}

/** The values that stand, and the last two where the last one may still grow. */
function split({ values, isUnfinished }: Series): readonly (readonly (number | undefined)[])[] {
  if (!isUnfinished) return [values];
  const end = values.findLastIndex((value) => value !== undefined);
  return [
    values.map((value, index) => (index < end ? value : undefined)),
    values.map((value, index) => (index >= end - 1 ? value : undefined)),
  ];
}

/** The width of an element, as it changes. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
