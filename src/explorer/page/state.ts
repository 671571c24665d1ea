import { batch, computed, effect, signal } from '@preact/signals';
import { plural } from '../../index.js';
import { groupDigits } from '../../report.js';
import { Engine } from '../engine/client.js';
import type {
  ChooseAsk,
  DatasetView,
  EventStatistics,
  LoadAsk,
  LoadProgress,
  Problem,
  ReadingView,
  SourceView,
} from '../engine/protocol.js';
import { readDate, readSegments, route, setParams } from './route.js';

/** What the page knows, as signals; views read them and call the functions below. */

/** A source that was read. */
interface Readable {
  readonly engine: Engine;
  readonly ask: LoadAsk;
  readonly source: SourceView;
}

/** What went wrong, and the source that could not be read if that is what did. */
export interface Failure extends Problem {
  readonly ask?: LoadAsk | undefined;
}

/** A file of events whose reader says how it is to be read. */
export interface Asking {
  readonly ask: LoadAsk;
  readonly reading: ReadingView;
  /** Why it cannot be read as it was tried. */
  readonly problem?: string | undefined;
}

interface Loading {
  readonly engine: Engine;
  readonly name: string;
  /** Whether it is made here, not read. */
  readonly isMade: boolean;
  /** What was asked before that, and is again if it is cancelled. */
  readonly asked: Asking | undefined;
  readonly progress?: LoadProgress;
  /** Names of events that were found so far, sorted. */
  readonly events: readonly string[];
}

export const loading = signal<Loading | undefined>(undefined);
/** One that was read in part: its reader decides whether that is of use. */
export const partial = signal<Readable | undefined>(undefined);
/** One that is about to be read, if its reader says how. */
export const asking = signal<Asking | undefined>(undefined);
/** The one that is looked at. */
export const opened = signal<Readable | undefined>(undefined);
export const dataset = signal<DatasetView | undefined>(undefined);
/** Names to ask for: of segments, and of events. */
export const names = computed(() => {
  const { segments = [], events = [] } = dataset.value ?? {};
  return [...segments.map(({ name }) => name), ...events];
});
/** Those of them that stand for people without a date: of segments, and of flags. */
export const datelessNames = computed(() => {
  const { segments = [], flags = [] } = dataset.value ?? {};
  return [...segments.map(({ name }) => name), ...flags];
});
export const statistics = signal<ReadonlyMap<string, EventStatistics>>(new Map());
/** Events that are on the screen, whose numbers are asked for first. */
export const visibleEvents = signal<readonly string[]>([]);
export const problem = signal<Failure | undefined>(undefined);
/** Said to those who listen to the page. */
export const announcement = signal('');
/** How files are read, however they come in. */
export const fileOptions = signal({ prefix: '', hourly: false, unique: false });

export function loadFile(file: File): Promise<void> {
  const { prefix, ...events } = fileOptions.value;
  return load({ source: file, name: file.name, prefix, events });
}

const SAMPLE = { source: { users: 20_000 }, name: 'A made-up app' };

/** Makes something to look at for whoever has nothing at hand. */
export function loadSample(): Promise<void> {
  return load(SAMPLE);
}

/** Reads a source in an engine of its own; what is shown now stays until that is done. */
export async function load(ask: LoadAsk): Promise<void> {
  cancelLoading();
  const engine = new Engine();
  const { name } = ask;
  const isMade = ask === SAMPLE;
  const asked = asking.value;
  batch(() => {
    problem.value = undefined;
    asking.value = undefined;
    loading.value = { engine, name, isMade, asked, events: [] };
  });
  announcement.value = isMade ? 'Making an app up' : `Reading ${name}`;
  try {
    const source = await engine.ask('load', ask, (progress) => {
      // It may have been cancelled meanwhile.
      if (loading.value?.engine !== engine) return;
      const { events = [] } = progress;
      const known = loading.value.events;
      const all = events.length > 0 ? [...known, ...events].sort() : known;
      loading.value = { engine, name, isMade, asked, progress, events: all };
    });
    loading.value = undefined;
    if (source.problem === undefined) show({ engine, ask, source });
    else partial.value = { engine, ask, source };
  } catch (error) {
    if (isAbort(error)) return;
    engine.close();
    loading.value = undefined;
    const { message, reading, isRow } = error as Problem;
    if (reading === undefined || isRow) problem.value = { message, reading, isRow, ask };
    else asking.value = { ask, reading, problem: message };
  }
}

/** Reads a file again without the rows that are broken. */
export function skipBroken(ask: LoadAsk): Promise<void> {
  return load({ ...ask, events: { ...ask.events, skipBroken: true } });
}

/** Asks how a file is to be read. */
export function askReading(next: Asking): void {
  batch(() => {
    problem.value = undefined;
    discardPartial();
    asking.value = next;
  });
}

export function closeReading(): void {
  asking.value = undefined;
}

/** Ends reading at once. What was shown before stays. */
export function cancelLoading(): void {
  discardPartial();
  if (loading.value === undefined) return;
  const { engine, asked } = loading.value;
  engine.close();
  batch(() => {
    loading.value = undefined;
    asking.value = asked;
  });
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

function show(next: Readable): void {
  batch(() => {
    // They were chosen for the data that was open before.
    if (opened.value !== undefined) setParams({ set: '', asof: '' });
    opened.value?.engine.close();
    dataset.value = undefined;
    opened.value = next;
  });
}

/** Which dataset of the source, day for today and segments the address asks for: as text, to see whether it changes. */
const choice = computed(() => {
  const { params } = route.value;
  const dataset = Number(params.get('set') ?? 0);
  return JSON.stringify({ dataset, asOf: readDate(params, 'asof'), segments: readSegments(params) });
});

effect(() => {
  if (opened.value === undefined) return;
  const { engine, source } = opened.value;
  const ask = JSON.parse(choice.value) as ChooseAsk;
  // An address that was made for other data may name a dataset that this source lacks.
  void chooseDataset(engine, source.datasets[ask.dataset] === undefined ? { ...ask, dataset: 0 } : ask);
});

/** What the statistics were counted of. */
let counted: string | undefined;

async function chooseDataset(engine: Engine, ask: ChooseAsk): Promise<void> {
  try {
    const view = await engine.ask('choose', ask);
    if (opened.value?.engine !== engine) return;
    const of = JSON.stringify([ask.dataset, view.asOf]);
    // Other segments change nothing about events.
    const isOther = dataset.value === undefined || of !== counted;
    counted = of;
    batch(() => {
      if (isOther) statistics.value = new Map();
      dataset.value = view;
    });
    if (isOther)
      announcement.value = `${groupDigits(view.events.length)} ${plural(view.events.length, 'event')}`;
    await collectStatistics(engine, view);
  } catch (error) {
    if (!isAbort(error)) problem.value = error as Problem;
  }
}

/** Events asked for at a time: few, so that other questions do not wait for long. */
const STATISTICS_BATCH = 10;

/** Asks for the numbers of all events, bit by bit, those that are looked at first. */
async function collectStatistics(engine: Engine, view: DatasetView): Promise<void> {
  const missing = new Set(view.events.filter((event) => !statistics.value.has(event)));
  while (missing.size > 0 && dataset.value === view) {
    const wanted = visibleEvents.peek().filter((event) => missing.has(event));
    const next = [...new Set([...wanted, ...missing])].slice(0, STATISTICS_BATCH);
    const answers = await engine.ask('statistics', next);
    if (dataset.value !== view) return;
    for (const event of next) missing.delete(event);
    statistics.value = new Map([...statistics.value, ...answers.map((each) => [each.event, each] as const)]);
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
