import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Ask, Problem, QuestionKind } from '../engine/protocol.js';
import { announcement, dataset, isAbort, opened } from './state.js';

export interface Answered<K extends QuestionKind> {
  /** The newest answer; while the next one is awaited, the one before. */
  readonly answer?: Answer<K> | undefined;
  readonly problem?: Problem | undefined;
  readonly isPending: boolean;
}

/**
 * The engine's answer to the newest question. One question is on its way at a time: of those asked meanwhile only the last
 * one is sent.
 * @param describe what to tell those who listen to the page
 */
export function useAnswer<K extends QuestionKind>(
  kind: K,
  ask: Ask<K> | undefined,
  describe: (answer: Answer<K>) => string,
): Answered<K> {
  const [state, setState] = useState<Answered<K>>({ isPending: false });
  const newest = useRef<object>(undefined);
  const before = useRef(Promise.resolve());
  const from = opened.value?.engine;
  const of = dataset.value;
  useEffect(() => {
    const own = {};
    newest.current = own;
    if (ask === undefined || from === undefined || of === undefined) {
      setState({ isPending: false });
      return;
    }
    setState((previous) => ({ ...previous, isPending: true }));
    const settle = (answered: Answered<K>): void => {
      if (newest.current === own) setState(answered);
    };
    before.current = before.current.then(async () => {
      if (newest.current !== own) return;
      try {
        const answer = await from.ask(kind, ask);
        settle({ answer, isPending: false });
        announcement.value = describe(answer);
      } catch (error) {
        if (!isAbort(error)) settle({ problem: error as Problem, isPending: false });
      }
    });
  }, [ask && JSON.stringify(ask), from, of]);
  return state;
}
