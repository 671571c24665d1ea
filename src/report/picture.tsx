import { range } from 'd3-array';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { BEYOND, cellColors, HEAT_STEPS } from '../tables/heat.js';
import { heatLegend, type TableView, type ViewOptions } from '../tables/view.js';
import { type FragmentOptions, Style } from './fragment.js';
import { pictureStylesheet } from './style.js';

/** Options of the pictures. */
export interface SvgOptions extends ViewOptions, FragmentOptions {
  /**
   * Whether cells and columns say where they stand, `data-row` and `data-column` (indexes into the table's rows and columns),
   * and what they mean under the pointer: for a picture within a page. Default: no.
   */
  readonly interactive?: boolean | undefined;
}

/** Options of pictures that take the width they are given. */
export interface ChartOptions extends SvgOptions {
  /** In pixels; default 760, at least 320. */
  readonly width?: number | undefined;
  /** Whether it goes without title, notes and paper, in a page that has them. Default: if it is `interactive`. */
  readonly bare?: boolean | undefined;
}

export function chartWidth({ width = 760 }: ChartOptions): number {
  return Math.max(320, Math.floor(width));
}

/** What all pictures have in common. Lengths are in pixels at natural size. */
export interface Picture {
  readonly view: TableView;
  readonly width: number;
  /** Without the notes, which go below. */
  readonly height: number;
  /** What there is to see, for who does not see it. */
  readonly description: string;
  readonly options: SvgOptions;
  /** Whether it goes without title, notes and paper, within a page that has them. */
  readonly isBare?: boolean | undefined;
  readonly children: ComponentChildren;
}

export const MARGIN = 16;
/** Where the body of a picture may begin, below its title. */
export const BODY_TOP = 64;

export const INK = '#1b2228';
export const MUTED = '#55616b';
const PAGE = '#ffffff';

/** A standalone SVG file: title, subtitle and notes, light and dark, its own text for screen readers. */
export function renderPicture({
  children,
  description,
  height: bodyHeight,
  isBare = false,
  options: { inlineStyle = true, nonce, interactive = false },
  view: { title, subtitle, notes },
  width,
}: Picture): string {
  const fits = Math.floor((width - 2 * MARGIN) / TITLE_CHARACTER);
  const lines = isBare
    ? []
    : notes.flatMap((note) => wrap(note, Math.floor((width - 2 * MARGIN) / CHARACTER)));
  const height = bodyHeight + lines.length * LINE_HEIGHT;
  return `${renderToString(
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class="bm-picture"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role={interactive ? 'group' : 'img'}
      font-family="system-ui, -apple-system, 'Segoe UI', sans-serif"
      font-size="12"
    >
      <title>{title}</title>
      <desc>{description}</desc>
      {inlineStyle && <Style nonce={nonce} css={pictureStylesheet} />}
      {!isBare && (
        <>
          <rect class="page" width={width} height={height} fill={PAGE} />
          <text class="ink" x={MARGIN} y={MARGIN + 14} font-size="16" font-weight="600" fill={INK}>
            {title.length > fits ? `${title.slice(0, fits - 1)}…` : title}
          </text>
          <text class="muted" x={MARGIN} y={MARGIN + 32} fill={MUTED}>
            {subtitle}
          </text>
        </>
      )}
      {children}
      {lines.map((text, index) => (
        <text class="muted" x={MARGIN} y={bodyHeight + 4 + index * LINE_HEIGHT} fill={MUTED}>
          {text}
        </text>
      ))}
    </svg>,
  )}\n`;
}

/** Lines of at most `fits` characters, broken between words if that can be. */
function wrap(text: string, fits: number): string[] {
  return text.match(new RegExp(`\\S.{0,${fits - 1}}(?!\\S)|\\S{${fits}}`, 'gu')) ?? [];
}

const LINE_HEIGHT = 16;

// Widths of characters of common fonts, on the generous side, since nothing here can measure text.
const TITLE_CHARACTER = 9.5;
export const CHARACTER = 7;

/** Heat from zero to the hottest, what is beyond, and then what the signs mean. */
export function Legend({ view, y }: { view: TableView; y: number }): VNode {
  const { zero, hottest, beyond, kind } = heatLegend(view.scale!, view.unit);
  const rampLeft = MARGIN + (zero.length + 1) * CHARACTER;
  const rampRight = rampLeft + HEAT_STEPS * RAMP_STEP;
  const beyondLeft = rampRight + 6 + (hottest.length + 2) * CHARACTER;
  const kindLeft =
    beyond === undefined ? beyondLeft : beyondLeft + BEYOND_WIDTH + 6 + (beyond.length + 2) * CHARACTER;
  const notes = view.signs.map(({ sign, meaning }) => `${sign}: ${meaning}`);
  return (
    <g>
      <LegendText x={MARGIN} y={y}>
        {zero}
      </LegendText>
      {range(HEAT_STEPS).map((step) => (
        <Swatch step={step} x={rampLeft + step * RAMP_STEP} y={y} width={RAMP_STEP} />
      ))}
      <LegendText x={rampRight + 6} y={y}>
        {hottest}
      </LegendText>
      {beyond !== undefined && (
        <>
          <Swatch step={BEYOND} x={beyondLeft} y={y} width={BEYOND_WIDTH} />
          <LegendText x={beyondLeft + BEYOND_WIDTH + 6} y={y}>
            {beyond}
          </LegendText>
        </>
      )}
      <LegendText x={kindLeft} y={y}>
        {kind}
      </LegendText>
      <LegendText x={MARGIN} y={y + 20}>
        {notes.join(' · ')}
      </LegendText>
    </g>
  );
}

function Swatch({ step, x, y, width }: { step: number; x: number; y: number; width: number }): VNode {
  return (
    <g class={`h${step}`}>
      <rect x={x} y={y} width={width} height="12" fill={LIGHT[step]!.background} />
    </g>
  );
}

function LegendText({ x, y, children }: { x: number; y: number; children: string }): VNode {
  return (
    <text class="muted" x={x} y={y + 10} fill={MUTED}>
      {children}
    </text>
  );
}

const BEYOND_WIDTH = 18;
const RAMP_STEP = 6;
export const LIGHT = cellColors('light');
