import { area, line } from 'd3-shape';

const WIDTH = 160;
const HEIGHT = 28;

/** How a number went over time, without scales. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const top = Math.max(1, ...values);
  const step = WIDTH / Math.max(values.length - 1, 1);
  const y = (value: number): number => HEIGHT - 2 - (value / top) * (HEIGHT - 4);
  const points = values.length === 1 ? [values[0]!, values[0]!] : values;
  const stroke = line<number>()
    .x((_, index) => index * step)
    .y(y);
  const fill = area<number>()
    .x((_, index) => index * step)
    .y0(HEIGHT)
    .y1(y);
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="area" d={fill(points) ?? ''} />
      <path class="line" d={stroke(points) ?? ''} />
    </svg>
  );
}
