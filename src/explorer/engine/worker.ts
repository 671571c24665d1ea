import { type ChosenDataset, chooseDataset } from './chosen.js';
import { answerDashboard } from './dashboard.js';
import { answerCount, answerHas, answerIds } from './expression.js';
import { type LoadedSource, loadSource } from './load.js';
import { answerMeasure } from './measures.js';
import { answerOverview } from './overview.js';
import { toProblem } from './problem.js';
import type { Answer, Ask, LoadProgress, QuestionKind, Reply, Request } from './protocol.js';
import { answerStatistics } from './statistics.js';

/** The engine's end of the protocol. It owns the data of one source; another source gets another worker. */

let source: LoadedSource | undefined;
let chosen: ChosenDataset | undefined;

type Answers = {
  [K in QuestionKind]: (
    ask: Ask<K>,
    onProgress: (progress: LoadProgress) => void,
  ) => Answer<K> | Promise<Answer<K>>;
};

const answers: Answers = {
  async load(ask, onProgress) {
    source = await loadSource(ask, onProgress);
    return source.view;
  },
  choose(ask) {
    chosen = chooseDataset(expectLoaded(source), ask);
    return chosen.view;
  },
  overview: (ask) => answerOverview(expectLoaded(chosen), ask),
  statistics: (events) => answerStatistics(expectLoaded(chosen), events),
  dashboard: (questions) => answerDashboard(expectLoaded(chosen), questions),
  measure: (ask) => answerMeasure(expectLoaded(chosen), ask),
  count: (text) => answerCount(expectLoaded(chosen), text),
  has: (ask) => answerHas(expectLoaded(chosen), ask),
  ids: (text) => answerIds(expectLoaded(chosen), text),
};

addEventListener('message', async <K extends QuestionKind>({ data, ports }: MessageEvent<Request<K>>) => {
  const reply = (message: Reply<K>): void => ports[0]!.postMessage(message);
  try {
    reply({ answer: await answers[data.kind](data.ask, (progress) => reply({ progress })) });
  } catch (error) {
    reply({ problem: toProblem(error) });
  }
});

function expectLoaded<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a source to be loaded first');
  return value;
}
