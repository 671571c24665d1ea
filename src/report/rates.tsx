import type { VNode } from 'preact';
import { printable } from '../base/errors.js';
import { formatValue, groupDigits } from '../tables/numbers.js';
import { stepRates } from '../tables/steps.js';
import { RUNNING_MARK, type TableView } from '../tables/view.js';
import { Caption, Label } from './tableparts.js';

/** The steps of a funnel, of everybody: a line each. */
export function Rates({ view, isBelowPicture }: { view: TableView; isBelowPicture: boolean }): VNode {
  const percentOf = (rate: number | undefined): string =>
    rate === undefined ? '–' : formatValue(rate, 'percent');
  return (
    <figure class="bm-scroll" aria-label={`${view.title}: steps`} tabindex={0}>
      <table>
        <Caption title={view.title} subtitle="people at each step" isUnseen={isBelowPicture} />
        <thead>
          <tr>
            <th scope="col" class="bm-label">
              Step
            </th>
            <th scope="col">People</th>
            <th scope="col">Of the first step</th>
            <th scope="col">Of the step before</th>
          </tr>
        </thead>
        <tbody>
          {stepRates(view.table).map(({ label, count, ofFirst, ofBefore, isRunning }, index) => (
            <tr>
              <Label>{`${index + 1}. ${printable(label)}`}</Label>
              <td>{`${groupDigits(count)}${isRunning ? RUNNING_MARK : ''}`}</td>
              <td>{percentOf(ofFirst)}</td>
              <td>{index === 0 ? '' : percentOf(ofBefore)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
