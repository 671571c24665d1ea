/** Times tasks against peers and collects rows for the report. A bench file exports a function that receives a `Suite`. */
import { Bench } from 'tinybench';

/** One comparison. Less is better in both figures; `ratio` says how many times less than the peer ours is. */
export interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'bytes';
  readonly ours: number;
  readonly peerName: string;
  /** Absent where the peer is not there (see `note`), as are the ratio and whether the target was met. */
  readonly peer?: number | undefined;
  readonly ratio?: number | undefined;
  readonly target?: number | undefined;
  readonly met?: boolean | undefined;
  readonly note?: string | undefined;
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

export interface Measurement {
  readonly name: string;
  readonly unit: Row['unit'];
  readonly ours: number;
  readonly peerName: string;
  readonly peer?: number | undefined;
  readonly target?: number | undefined;
  readonly note?: string | undefined;
}

/** Time for the rounds of one comparison; they end with the one that exceeds it. */
const ROUNDS_MS = 12_000;

export class Suite {
  readonly rows: Row[] = [];
  /** Whether the run has to be over within a minute: fewer sizes, shorter samples. */
  readonly quick: boolean;
  private readonly onRow: (row: Row) => void;

  constructor(quick: boolean, onRow: (row: Row) => void = () => {}) {
    this.quick = quick;
    this.onRow = onRow;
  }

  /**
   * Runs our task and the peers' in turn, several times over, and takes each one's best median: what else the machine does
   * only ever adds time. Tasks return what they computed; it is kept, so that no engine can leave the work out.
   */
  async compare({ name, ours, peers }: Comparison): Promise<void> {
    const present = peers.flatMap((peer) => (peer.run ? [{ name: peer.name, run: peer.run }] : []));
    const best = await this.bestMedians([{ name: '', run: ours }, ...present]);
    for (const { name: peerName, target, note } of peers) {
      this.record({
        name,
        unit: 'ms',
        ours: best.get('')!,
        peerName,
        peer: best.get(peerName),
        target,
        note,
      });
    }
  }

  /** Adds a row that was measured otherwise: bytes, or the time of a whole process. */
  record({ name, unit, ours, peerName, peer, target, note }: Measurement): void {
    const ratio = peer === undefined ? undefined : peer / ours;
    const met = ratio === undefined || target === undefined ? undefined : ratio >= target;
    const row = { name, unit, ours, peerName, peer, ratio, target, met, note };
    this.rows.push(row);
    this.onRow(row);
  }

  private async bestMedians(tasks: readonly { name: string; run: Task }[]): Promise<Map<string, number>> {
    const best = new Map<string, number>();
    const rounds = this.quick ? 2 : 5;
    const end = performance.now() + ROUNDS_MS;
    // What takes seconds is measured once more at least, and no more than that.
    for (let round = 0; round < rounds && (round < 2 || performance.now() < end); round++) {
      for (const { name, run } of tasks) {
        const median = await this.median(run);
        best.set(name, Math.min(median, best.get(name) ?? Number.POSITIVE_INFINITY));
      }
    }
    return best;
  }

  private async median(run: Task): Promise<number> {
    const bench = new Bench({
      time: this.quick ? 60 : 250,
      iterations: 3,
      warmupTime: this.quick ? 20 : 60,
      warmupIterations: 1,
      throws: true,
    });
    bench.add('', () => keep(run()));
    const [task] = await bench.run();
    const result = task!.result;
    if (result.state !== 'completed')
      throw new Error(`expected a completed task, got one that is ${result.state}`);
    return result.latency.p50;
  }
}

/** The last thing any task computed, visible from outside. */
export let kept: unknown;

function keep(value: unknown): unknown {
  kept = value;
  return value;
}
