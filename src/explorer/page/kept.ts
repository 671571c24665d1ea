import { signal } from '@preact/signals';
import type { QuestionDocument } from '../../measures.js';

/** The questions that a reader keeps, in the browser if it lets the page. */

const STORAGE_KEY = 'bitmapist-dashboard';

/** Whether the browser keeps anything for this page; it may be told not to. */
export const isStored = signal(true);
export const kept = signal<readonly QuestionDocument[]>(readStored());

// Another tab may have kept something.
addEventListener('storage', ({ key }) => {
  if (key === STORAGE_KEY || key === null) kept.value = readStored();
});

export function isKept(question: QuestionDocument): boolean {
  return kept.value.some((each) => isSame(each, question));
}

export function keep(questions: readonly QuestionDocument[]): void {
  const further = questions.filter(
    (question, at) => !isKept(question) && questions.findIndex((each) => isSame(each, question)) === at,
  );
  store([...kept.value, ...further]);
}

export function forget(question: QuestionDocument): void {
  store(kept.value.filter((each) => !isSame(each, question)));
}

/** Lets a question change places with the one that is `by` places behind it. */
export function move(at: number, by: number): void {
  const next = [...kept.value];
  const [moved] = next.splice(at, 1);
  if (moved !== undefined) next.splice(at + by, 0, moved);
  store(next);
}

export function keptJson(): string {
  return `${JSON.stringify(kept.value, null, 2)}\n`;
}

function isSame(a: QuestionDocument, b: QuestionDocument): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function readStored(): readonly QuestionDocument[] {
  try {
    const documents: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    // What is there and no JSON is not ours.
    isStored.value = error instanceof SyntaxError;
    return [];
  }
}

function store(questions: readonly QuestionDocument[]): void {
  kept.value = questions;
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(questions));
    isStored.value = true;
  } catch {
    isStored.value = false;
  }
}
