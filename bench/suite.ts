/** Times tasks against peers and collects rows for the report. A bench file exports a function that receives a `Suite`. */
import { Bench } from 'tinybench';

/** One comparison. Less is better in all figures; `ratio` says how many times less than the peer ours is. */
export interface Row {
  readonly bench: string;
  readonly name: string;
  readonly unit: 'ms' | 'bytes';
  readonly ours: Figure;
  readonly peerName: string;
  /** Absent where the peer is not there (see `note`), as are the ratio and whether the target was met. */
  readonly peer?: Figure | undefined;
  readonly ratio?: number | undefined;
  readonly target?: number | undefined;
  readonly met?: boolean | undefined;
  readonly note?: string | undefined;
}

export interface Figure {
  /** The median, or what was measured once. */
  readonly value: number;
  /** Four out of five samples lie between these two. */
  readonly spread?: readonly [p10: number, p90: number];
}

type Task = () => unknown;

export interface Peer {
  readonly name: string;
  /** The same work by the peer; where it could not be loaded, the note says why. */
  readonly run: Task | undefined;
  readonly note?: string | undefined;
  /** How many times as fast as the peer we want to be. */
  readonly target?: number | undefined;
}

export interface Comparison {
  readonly name: string;
  readonly ours: Task;
  readonly peers: readonly Peer[];
}

/** What becomes a row; a number alone was measured once. */
export interface Measurement extends Pick<Row, 'name' | 'unit' | 'peerName' | 'target' | 'note'> {
  readonly ours: Figure | number;
  readonly peer?: Figure | number | undefined;
}

/** Time for the rounds of one measurement, unless told otherwise; they end with the one that exceeds it. */
const ROUNDS_MS = 7000;
const MAX_ROUNDS = 4;
/** No more rounds after three whose medians differ by no more than this. */
const STEADY = 1.03;
/** More samples of a round than these say nothing more about it. */
const MAX_SAMPLES = 1000;

export class Suite {
  readonly rows: Row[] = [];
  /** Whether the run has to be over within a minute: fewer sizes, shorter samples. */
  readonly quick: boolean;
  /** The name of the bench file whose rows come next. */
  bench = '';
  private readonly onRow: (row: Row) => void;

  constructor(quick: boolean, onRow: (row: Row) => void = () => {}) {
    this.quick = quick;
    this.onRow = onRow;
  }

  /** Measures our task and the peers', and adds a row for each of them. */
  async compare({ name, ours, peers }: Comparison): Promise<void> {
    const present = peers.flatMap((peer) => (peer.run ? [[peer.name, peer.run] as const] : []));
    const figures = await this.measure<string>({ '': ours, ...Object.fromEntries(present) });
    for (const { name: peerName, target, note } of peers) {
      this.record({ name, unit: 'ms', ours: figures['']!, peerName, peer: figures[peerName], target, note });
    }
  }

  /**
   * Milliseconds of each task, from several rounds in which all of them take turns, so that what else the machine does meets
   * all alike. Tasks return what they computed; it is kept, so that no engine can leave the work out.
   */
  async measure<Name extends string>(
    tasks: Readonly<Record<Name, Task>>,
    roundsMs = ROUNDS_MS,
  ): Promise<Record<Name, Figure>> {
    const entries = Object.entries<Task>(tasks).map(([name, run]) => ({
      name,
      run,
      rounds: [] as Float64Array[],
    }));
    const end = performance.now() + roundsMs;
    let left = this.quick ? 2 : MAX_ROUNDS;
    do {
      for (const { run, rounds } of entries) rounds.push(await this.sample(run));
      left -= 1;
    } while (left > 0 && performance.now() < end && !entries.every(({ rounds }) => isSteady(rounds)));
    return Object.fromEntries(entries.map(({ name, rounds }) => [name, figureOf(rounds)])) as Record<
      Name,
      Figure
    >;
  }

  /** Adds a row of what was measured already. */
  record({ ours, peer, ...rest }: Measurement): void {
    const figures = { ours: toFigure(ours), peer: peer === undefined ? undefined : toFigure(peer) };
    const ratio = figures.peer && figures.peer.value / figures.ours.value;
    const met = ratio === undefined || rest.target === undefined ? undefined : ratio >= rest.target;
    const row = { bench: this.bench, ...rest, ...figures, ratio, met };
    this.rows.push(row);
    this.onRow(row);
  }

  /** Ascending. */
  private async sample(run: Task): Promise<Float64Array> {
    const bench = new Bench({
      time: this.quick ? 60 : 200,
      iterations: 3,
      warmupTime: this.quick ? 20 : 50,
      warmupIterations: 1,
      retainSamples: true,
      throws: true,
    });
    bench.add('', () => keep(run()));
    const [task] = await bench.run();
    const result = task!.result;
    if (result.state !== 'completed')
      throw new Error(`expected a completed task, got one that is ${result.state}`);
    return thin(result.latency.samples!);
  }
}

function toFigure(figure: Figure | number): Figure {
  return typeof figure === 'number' ? { value: figure } : figure;
}

function isSteady(rounds: readonly Float64Array[]): boolean {
  const medians = rounds.slice(-3).map((samples) => quantileOf(samples, 0.5));
  return medians.length === 3 && Math.max(...medians) <= Math.min(...medians) * STEADY;
}

/** Every round weighs the same, however many samples it took. */
function figureOf(rounds: readonly Float64Array[]): Figure {
  const count = Math.min(...rounds.map(({ length }) => length));
  const samples = Float64Array.from(rounds.flatMap((round) => [...thin(round, count)])).sort();
  return {
    value: quantileOf(samples, 0.5),
    spread: [quantileOf(samples, 0.1), quantileOf(samples, 0.9)],
  };
}

/** So many samples out of ascending ones, evenly. */
function thin(samples: ArrayLike<number>, count = MAX_SAMPLES): Float64Array {
  const length = Math.min(count, samples.length);
  return Float64Array.from({ length }, (_, index) => quantileOf(samples, (index + 0.5) / length));
}

function quantileOf(ascending: ArrayLike<number>, part: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * part))]!;
}

/** The last thing any task computed, visible from outside. */
export let kept: unknown;

function keep(value: unknown): unknown {
  kept = value;
  return value;
}
