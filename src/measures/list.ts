import { cohort } from './cohort.js';
import { frequency } from './frequency.js';
import { funnel } from './funnel.js';
import { lifecycle } from './lifecycle.js';
import type { AnyMeasure } from './measure.js';
import { overlap } from './overlap.js';
import { ratio } from './ratio.js';
import { retention } from './retention.js';
import { rolling } from './rolling.js';
import { series } from './series.js';
import { similar } from './similar.js';
import { trend } from './trend.js';

/**
 * Every measure, in the order in which they are offered: each has a command, and a page of the explorer. Their arguments, which
 * differ, are what `parseFields` makes of their fields.
 */
export const measures = [
  cohort,
  retention,
  trend,
  lifecycle,
  frequency,
  ratio,
  rolling,
  series,
  funnel,
  overlap,
  similar,
] as unknown as readonly AnyMeasure[];
