import { range, sum } from 'd3-array';
import { printable } from '../base/errors.js';
import { type CohortArguments, describeCohort, readCohort } from '../measures/cohort.js';
import { type FragmentOptions, renderFragment } from '../report/fragment.js';
import { reportStylesheet } from '../report/style.js';
import { Caption, Head, Label, Notes } from '../report/tableparts.js';
import { compatCells } from './cells.js';
import type { DatesRow } from './dates.js';

/** What stands around the reference's table. */
export interface CompatTableOptions extends FragmentOptions {
  /** Sentences below it, such as about a name that no event has. */
  readonly notes?: readonly string[] | undefined;
}

/**
 * Rows of `datesData` as a piece of HTML, with the texts and colours of the reference's `render_html_data`.
 * @param args what the rows were asked for with
 * @example
 * import { renderCompatTable } from 'bitmapist-wasm/compat';
 * const args = { select1: 'signup', select2: 'active', numOfRows: 0 };
 * const html = renderCompatTable([['2026-11-22T00:00:00+00:00', 8, 12.5]], args, { inlineStyle: false });
 * console.log(html.includes('22 Nov, 2026')); // true
 */
export function renderCompatTable(
  rows: readonly DatesRow[],
  args: CohortArguments,
  options: CompatTableOptions = {},
): string {
  const { timeGroup, as } = readCohort(args);
  const cells = compatCells(rows, args);
  const { title, subtitle } = describeCohort(
    args,
    sum(rows, ([, total]) => total),
  );
  const unit = cells.head.length === 0 ? '' : as === 'percent' ? 'percent ' : 'people ';
  return renderFragment(
    <>
      <section class="bm-scroll" aria-label={printable(title)} tabindex={0}>
        <table>
          <Caption title={printable(title)} subtitle={`${unit}${subtitle}`} />
          <Head rowHead="Cohort" columnHead={`${timeGroup} later`} columns={cells.head} hasSizes />
          <tbody>
            {cells.rows.map(([label, total, ...texts]) => (
              <tr>
                <Label>{label}</Label>
                <td class="bm-size">{total}</td>
                {texts.map(([text, ...alphas]) => (
                  <td class={alphas.length === 0 ? undefined : alphaClasses(alphas[0]!, alphas[1]!)}>
                    {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <Label>Mean</Label>
              <td />
              {cells.avg.map((text) => (
                <td>{text}</td>
              ))}
            </tr>
          </tfoot>
        </table>
      </section>
      <Notes notes={(options.notes ?? []).map(printable)} />
    </>,
    options,
    'bm-compat',
    `${reportStylesheet}\n${compatStylesheet}`,
  );
}

/** Classes of a cell, for the alphas the reference prints: `0.4` and `0.9` give `bm-b4 bm-t9`. */
export function alphaClasses(backgroundAlpha: string, textAlpha: string): string {
  return `bm-b${tenths(backgroundAlpha)} bm-t${tenths(textAlpha)}`;
}

function tenths(alpha: string): number {
  return Math.round(Number(alpha) * 10);
}

/**
 * The reference's colours, one blue and black, more or less transparent, on white: what `renderCompatTable` needs beside
 * `reportStylesheet` if it is rendered with `inlineStyle: false`.
 */
export const compatStylesheet = [
  '.bitmapist.bm-compat{--bm-page:#fff;--bm-ink:#000;--bm-muted:#555;--bm-line:#aaa;color-scheme:light}',
  ...range(11).map((alpha) => `.bitmapist .bm-b${alpha}{background:hsla(200,80%,50%,${alpha / 10})}`),
  // At its faintest, 0.5, the reference's text has a contrast of 3.9 : 1; 0.6 is readable. Above 1 is as good as 1.
  ...range(5, 16).map(
    (alpha) => `.bitmapist .bm-t${alpha}{color:rgba(0,0,0,${Math.min(10, Math.max(6, alpha)) / 10})}`,
  ),
].join('\n');
