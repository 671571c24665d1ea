import { type ChosenDataset, chooseDataset } from './chosen.js';
import { answerCount, answerIds } from './expression.js';
import { type LoadedSource, loadSource } from './load.js';
import { toProblem } from './problem.js';
import type { Answer, Ask, LoadProgress, QuestionKind, Reply, Request } from './protocol.js';
import { answerRetention, printRetention } from './retention.js';
import { answerStatistics } from './statistics.js';
import { answerTrend, printTrend } from './trend.js';

/** The engine's end of the protocol. It owns the data of one source; another source gets another worker. */

type Handlers = { [K in QuestionKind]: (ask: Ask<K>) => Answer<K> | Promise<Answer<K>> };

let source: LoadedSource | undefined;
let chosen: ChosenDataset | undefined;

const handlers: Handlers = {
  async load(ask) {
    source = await loadSource(ask, (progress: LoadProgress) => reply({ progress }));
    return source.view;
  },
  choose(ask) {
    chosen = chooseDataset(expectLoaded(source), ask);
    return chosen.view;
  },
  statistics: (ask) => answerStatistics(expectLoaded(chosen), ask.events),
  retention: (ask) => answerRetention(expectLoaded(chosen), ask),
  retentionText: (ask) => printRetention(expectLoaded(chosen), ask),
  trend: (ask) => answerTrend(expectLoaded(chosen), ask),
  trendText: (ask) => printTrend(expectLoaded(chosen), ask),
  count: (ask) => answerCount(expectLoaded(chosen), ask),
  ids: (ask) => answerIds(expectLoaded(chosen), ask),
};

addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  try {
    const handle = handlers[data.kind] as (ask: Ask<QuestionKind>) => Promise<Answer<QuestionKind>>;
    reply({ id: data.id, answer: await handle(data.ask) });
  } catch (error) {
    reply({ id: data.id, problem: toProblem(error) });
  }
});

function reply(message: Reply): void {
  postMessage(message);
}

function expectLoaded<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a source to be loaded first');
  return value;
}
