import type { AnyMeasure } from '../../measures.js';
import type { MeasureAsk } from '../engine/protocol.js';
import { forget, isKept, keep } from './kept.js';
import { questionOf } from './question.js';
import { announcement, dataset } from './state.js';

interface KeepButtonProps {
  readonly measure: AnyMeasure;
  readonly ask: MeasureAsk;
}

/** Puts a question on the dashboard, or takes it off. */
export function KeepButton({ measure, ask: { args, by } }: KeepButtonProps) {
  const { segments = [], lastDay = '', asOf = '' } = dataset.value ?? {};
  const defined = segments.filter(({ problem }) => problem === undefined);
  const question = questionOf(measure, args, { by, segments: defined, lastDays: [lastDay, asOf] });
  const isThere = isKept(question);
  const change = (): void => {
    if (isThere) forget(question);
    else keep([question]);
    announcement.value = isThere ? 'Taken off the dashboard' : 'Kept on the dashboard';
  };
  return (
    <button type="button" class="keep" onClick={change}>
      {isThere ? 'Take off the dashboard' : 'Keep on the dashboard'}
    </button>
  );
}
