import { range } from 'd3-array';
import type { VNode } from 'preact';
import { BEYOND, HEAT_STEPS } from '../tables/heat.js';
import { heatLegend, type TableView } from '../tables/view.js';
import { heatClass } from './style.js';

/** What the colours and signs of an HTML table mean. */
export function Legend({ unit, scale, signs }: TableView): VNode {
  const heat = scale && heatLegend(scale, unit);
  return (
    <p class="bm-legend">
      {heat && (
        <span>
          {heat.zero}
          <span class="bm-ramp" aria-hidden="true">
            {range(HEAT_STEPS).map((step) => (
              <i class={heatClass(step)} />
            ))}
          </span>
          {heat.hottest}
        </span>
      )}
      {heat?.beyond && (
        <span>
          <span class="bm-ramp" aria-hidden="true">
            <i class={`bm-wide ${heatClass(BEYOND)}`} />
          </span>
          {heat.beyond}
        </span>
      )}
      {heat && <span>{heat.kind}</span>}
      {signs.map(({ sign, meaning }) => (
        <span>
          <span class="bm-sign">{sign}</span> {meaning}
        </span>
      ))}
    </p>
  );
}
