import { batch, computed, effect, signal } from '@preact/signals';
import { Engine, EngineError } from '../engine/client.js';
import { grouped, plural } from '../engine/numbers.js';
import type {
  DatasetView,
  EventStatistics,
  LoadAsk,
  LoadProgress,
  Problem,
  SourceView,
} from '../engine/protocol.js';
import { readDate, route, setParams } from './route.js';

/** What the page knows, as signals; views read them and call the functions below. */

interface Loading {
  readonly name: string;
  readonly progress: LoadProgress | undefined;
}

/** A source that was read. */
interface Readable {
  readonly engine: Engine;
  readonly source: SourceView;
}

export const engine = signal<Engine | undefined>(undefined);
export const source = signal<SourceView | undefined>(undefined);
export const dataset = signal<DatasetView | undefined>(undefined);
export const loading = signal<Loading | undefined>(undefined);
/** One that was read in part: its reader decides whether that is of use. */
export const partial = signal<Readable | undefined>(undefined);
export const problem = signal<Problem | undefined>(undefined);
export const statistics = signal<ReadonlyMap<string, EventStatistics>>(new Map());
/** Said to those who listen to the page. */
export const announcement = signal('');

/** Which dataset of the source, and which day for today, the address asks for. */
const choice = computed(() => {
  const { params } = route.value;
  return JSON.stringify({ dataset: Number(params.get('set') ?? 0), asOf: readDate(params, 'asof') });
});

/** How files are read, however they come in. */
export const fileOptions = signal({ prefix: '', isHourly: false, isUnique: false });

let loadingEngine: Engine | undefined;

export function loadFile(file: File): Promise<void> {
  const { prefix, isHourly, isUnique } = fileOptions.value;
  return load({
    source: file,
    name: file.name,
    hourly: isHourly,
    unique: isUnique,
    prefix: prefix || undefined,
  });
}

/** Reads a source in an engine of its own; what is shown now stays until that is done. */
export async function load(ask: LoadAsk): Promise<void> {
  cancelLoading();
  const next = new Engine();
  loadingEngine = next;
  batch(() => {
    problem.value = undefined;
    loading.value = { name: ask.name, progress: undefined };
  });
  announcement.value = `Reading ${ask.name}`;
  next.onProgress = (progress) => {
    loading.value = { name: ask.name, progress };
  };
  try {
    const loaded = await next.ask('load', ask);
    loadingEngine = undefined;
    if (loaded.problem === undefined) show({ engine: next, source: loaded });
    else partial.value = { engine: next, source: loaded };
  } catch (error) {
    if (isAbort(error)) return;
    loadingEngine = undefined;
    next.close();
    problem.value = problemOf(error);
  } finally {
    if (loadingEngine === undefined) loading.value = undefined;
  }
}

/** Ends reading at once. What was shown before stays. */
export function cancelLoading(): void {
  discardPartial();
  if (loadingEngine === undefined) return;
  loadingEngine.close();
  loadingEngine = undefined;
  loading.value = undefined;
  announcement.value = 'Reading was cancelled';
}

export function acceptPartial(): void {
  if (partial.value !== undefined) show(partial.value);
  partial.value = undefined;
}

export function discardPartial(): void {
  partial.value?.engine.close();
  partial.value = undefined;
}

function show(loaded: Readable): void {
  const previous = engine.value;
  previous?.close();
  batch(() => {
    // They were chosen for the data that was open before.
    if (previous !== undefined) setParams({ set: '', asof: '' });
    dataset.value = undefined;
    engine.value = loaded.engine;
    source.value = loaded.source;
  });
}

effect(() => {
  const chosenFrom = engine.value;
  const datasets = source.value?.datasets;
  if (chosenFrom === undefined || datasets === undefined || datasets.length === 0) return;
  const asked = JSON.parse(choice.value) as { dataset: number; asOf: string };
  // An address that was made for other data may name a dataset that this source lacks.
  const ask = { dataset: datasets[asked.dataset] === undefined ? 0 : asked.dataset, asOf: asked.asOf };
  void chooseDataset(chosenFrom, ask);
});

async function chooseDataset(from: Engine, ask: { dataset: number; asOf: string }): Promise<void> {
  try {
    const view = await from.ask('choose', ask);
    if (engine.value !== from) return;
    batch(() => {
      statistics.value = new Map();
      dataset.value = view;
    });
    announcement.value = `${grouped(view.events.length)} ${plural(view.events.length, 'event')}`;
    await collectStatistics(from, view);
  } catch (error) {
    if (!isAbort(error)) problem.value = problemOf(error);
  }
}

/** Events asked for at a time: few, so that other questions do not wait for long. */
const STATISTICS_BATCH = 10;

/** Asks for the numbers of all events, bit by bit, those that are looked at first. */
async function collectStatistics(from: Engine, view: DatasetView): Promise<void> {
  const missing = new Set(view.events);
  while (missing.size > 0 && dataset.value === view) {
    const wanted = visibleEvents.peek().filter((event) => missing.has(event));
    const next = [...new Set([...wanted, ...missing])].slice(0, STATISTICS_BATCH);
    const answers = await from.ask('statistics', { events: next });
    if (dataset.value !== view) return;
    for (const event of next) missing.delete(event);
    statistics.value = new Map([...statistics.value, ...answers.map((each) => [each.event, each] as const)]);
  }
}

/** Events that are on the screen, whose numbers are asked for first. */
export const visibleEvents = signal<readonly string[]>([]);

export function problemOf(error: unknown): Problem {
  if (error instanceof EngineError) return error.problem;
  return { message: error instanceof Error ? error.message : String(error) };
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
