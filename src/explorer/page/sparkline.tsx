const WIDTH = 160;
const HEIGHT = 28;

/** How a number went over time, without scales. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const top = Math.max(1, ...values);
  // A lone value is a level.
  const shown = values.length === 1 ? [values[0]!, values[0]!] : values;
  const points = shown.map((value, index) => {
    const [x, y] = [(index / (shown.length - 1)) * WIDTH, HEIGHT - 2 - (value / top) * (HEIGHT - 4)];
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="area" d={`${line}V${HEIGHT}H0Z`} />
      <path class="line" d={line} />
    </svg>
  );
}
