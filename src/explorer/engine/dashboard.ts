import { Bitmapist, type Table } from '../../index.js';
import { dashboard, parseQuestion, type Question, type QuestionDocument } from '../../measures.js';
import type { ChosenDataset } from './chosen.js';
import { expectMarkedFor } from './marks.js';
import { toProblem } from './problem.js';
import type { DashboardAnswer, DashboardView } from './protocol.js';
import { team } from './team.js';

/** The answers of kept questions: those that speak of the same segments are asked as one, which reads every bitmap once. */
export async function answerDashboard(
  chosen: ChosenDataset,
  documents: readonly QuestionDocument[],
): Promise<DashboardView> {
  const started = performance.now();
  const answers: DashboardAnswer[] = [];
  const groups = new Map<string, { readonly at: number; readonly question: Question }[]>();
  for (const [at, document] of documents.entries()) {
    try {
      const question = parseQuestion(document);
      const segments = new Map(Object.entries(question.segments ?? {}));
      expectMarkedFor({ marks: chosen.dataset.marks, segments }, question);
      const key = JSON.stringify([...segments]);
      groups.set(key, [...(groups.get(key) ?? []), { at, question }]);
    } catch (error) {
      answers[at] = { problem: toProblem(error) };
    }
  }
  for (const group of groups.values()) {
    const settled = await settle(
      chosen,
      group.map(({ question }) => question),
    );
    for (const [index, { at }] of group.entries()) answers[at] = settled[index]!;
  }
  return { answers, milliseconds: performance.now() - started };
}

/** What one of them makes of this data that the others do not must not take the others away. */
async function settle(chosen: ChosenDataset, questions: readonly Question[]): Promise<DashboardAnswer[]> {
  try {
    const tables = await askAll(chosen, questions);
    return tables.map((each) => ({ tables: each }));
  } catch (error) {
    if (questions.length === 1) return [{ problem: toProblem(error) }];
    const alone: DashboardAnswer[] = [];
    for (const question of questions) alone.push(...(await settle(chosen, [question])));
    return alone;
  }
}

/** Segments of the address have no say: a kept question means what it meant when it was kept. */
function askAll(
  { dataset: { store, prefix }, bitmapist, now }: ChosenDataset,
  questions: readonly Question[],
): Promise<(readonly Table[])[]> {
  const asked = new Bitmapist({
    store,
    prefix,
    timeZone: bitmapist.timeZone,
    clock: () => now,
    threads: team,
  });
  for (const [name, text] of Object.entries(questions[0]?.segments ?? {})) asked.defineSegment(name, text);
  return asked.ask(dashboard, { questions });
}
