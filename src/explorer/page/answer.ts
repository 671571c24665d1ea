import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Ask, Problem, QuestionKind } from '../engine/protocol.js';
import { announcement, dataset, engine, isAbort, problemOf } from './state.js';

export interface Answered<K extends QuestionKind> {
  /** The newest answer; while the next one is awaited, the one before. */
  readonly answer: Answer<K> | undefined;
  readonly problem: Problem | undefined;
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
  describe?: (answer: Answer<K>) => string,
): Answered<K> {
  const [state, setState] = useState<Answered<K>>({
    answer: undefined,
    problem: undefined,
    isPending: false,
  });
  const desk = useRef<Desk>({ isBusy: false, next: undefined });
  const key = ask && JSON.stringify(ask);
  const from = engine.value;
  const of = dataset.value;
  useEffect(() => {
    if (ask === undefined || from === undefined || of === undefined) {
      desk.current.next = undefined;
      setState({ answer: undefined, problem: undefined, isPending: false });
      return;
    }
    setState((before) => ({ ...before, isPending: true }));
    const run = async (): Promise<void> => {
      try {
        const answer = await from.ask(kind, ask);
        if (desk.current.next !== undefined) return;
        setState({ answer, problem: undefined, isPending: false });
        if (describe !== undefined) announcement.value = describe(answer);
      } catch (error) {
        if (isAbort(error) || desk.current.next !== undefined) return;
        setState({ answer: undefined, problem: problemOf(error), isPending: false });
      }
    };
    void enqueue(desk.current, run);
  }, [key, from, of]);
  return state;
}

interface Desk {
  isBusy: boolean;
  next: (() => Promise<void>) | undefined;
}

async function enqueue(desk: Desk, run: () => Promise<void>): Promise<void> {
  desk.next = run;
  if (desk.isBusy) return;
  desk.isBusy = true;
  while (desk.next !== undefined) {
    const next = desk.next;
    desk.next = undefined;
    await next();
  }
  desk.isBusy = false;
}
