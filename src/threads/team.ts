import { describe } from '../base/errors.js';
import { MAX_THREADS } from '../base/limits.js';
import { TeamError } from './error.js';
import { type Join, Lease } from './lease.js';
import { Member } from './member.js';
import { availableCores, startWorker, type TeamWorker } from './platform.js';
import { compileWorkerKernel } from './shared.js';

/** Of `auto`: beyond that, memory is what threads wait for. */
const MAX_AUTO_THREADS = 8;

/** How many threads a team has, and how its workers are started. */
export interface TeamOptions {
  /** The caller's own thread is one of them (default `auto`: as many as there are cores, but no more than 8). */
  readonly threads?: 'auto' | number;
  /**
   * Starts a worker that runs the file `bitmapist-wasm/threads/worker`, if a bundler does not find it by itself (default:
   * `new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })` in this package).
   */
  readonly worker?: () => TeamWorker;
}

/**
 * Worker threads (Web Workers in a browser) that count for questions, beside the thread that asks. They start when a question first needs
 * them, and keep no process alive. If they cannot be started, everything is counted on the thread that asks.
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { Team } from 'bitmapist-wasm/threads';
 *
 * const team = new Team({ threads: 2 });
 * const bitmapist = new Bitmapist({ threads: team });
 * await bitmapist.markUnique('pro', [1, 2]);
 * console.log(await bitmapist.unique('pro').count()); // 2
 * await team.close();
 */
export class Team {
  /** How many threads it has at most, the caller's included. */
  readonly threads: number;
  readonly #startWorker: () => TeamWorker;
  /** All workers, and those that no question has. */
  readonly #members = new Set<Member>();
  readonly #idle: Member[] = [];
  readonly #leases = new Set<Lease>();
  /** Those that wait for all workers to be ready. */
  #waiting: { resolve: () => void; reject: (error: TeamError) => void }[] = [];
  #ready = new Set<Member>();
  /** Why workers are unavailable. */
  #failure: TeamError | undefined;

  /** @throws RangeError for a number of threads that is not whole, or not from 1 to 256; TypeError for a `worker` that is no function */
  constructor({ threads = 'auto', worker = startWorker }: TeamOptions = {}) {
    this.threads = threads === 'auto' ? Math.min(availableCores(), MAX_AUTO_THREADS) : checkThreads(threads);
    this.#startWorker = worker;
    if (typeof worker !== 'function') {
      throw new TypeError(`expected worker to be a function that starts a worker, got ${describe(worker)}`);
    }
  }

  /**
   * Starts all workers now, rather than when a question first needs them.
   * @throws TeamError if they cannot be started, or the team is closed
   * @example
   * import { Team } from 'bitmapist-wasm/threads';
   *
   * const team = new Team({ threads: 2 });
   * await team.start();
   * await team.close();
   */
  async start(): Promise<void> {
    this.#employ();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ready.size === this.#members.size) return;
    for (const member of this.#members) member.hold(true);
    await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject })).finally(() => {
      for (const member of this.#idle) member.hold(false);
    });
  }

  /**
   * Ends all workers. Questions that they are counting for are rejected with a `TeamError`; those that come later are counted on the
   * thread that asks.
   * @example
   * import { Team } from 'bitmapist-wasm/threads';
   *
   * const team = new Team();
   * await team.close();
   */
  async close(): Promise<void> {
    const error = new TeamError('expected a team that stays open until there is an answer, got it closed');
    this.#failure = error;
    for (const lease of this.#leases) lease.fail(error);
    this.#settle();
    const members = [...this.#members];
    this.#members.clear();
    this.#idle.length = 0;
    await Promise.all(members.map((member) => member.close(error)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Lets workers take part in a question: now, or when they are ready, until it is ended.
   * @internal
   * @param most how many would find work
   */
  lease(most: number, join: Join): Lease {
    const lease = new Lease(this.#leases, most, join);
    this.#employ();
    this.#leases.add(lease);
    this.#assign();
    return lease;
  }

  /** @internal */
  endLease(lease: Lease): void {
    this.#leases.delete(lease);
  }

  /** Starts the workers that are missing. */
  #employ(): void {
    try {
      while (this.#failure === undefined && this.#members.size < this.threads - 1) {
        // First what may be forbidden: a worker without it would never end.
        const kernel = compileWorkerKernel();
        const member: Member = new Member(this.#startWorker(), kernel, {
          onReady: () => this.#welcome(member),
          onEnd: (error, isNew) => this.#lose(member, error, isNew),
        });
        this.#members.add(member);
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#giveUp(new TeamError(`expected a platform that starts workers, got: ${reason}`, { cause }));
    }
  }

  #welcome(member: Member): void {
    if (!this.#members.has(member)) return;
    this.#ready.add(member);
    this.#idle.push(member);
    if (this.#ready.size === this.#members.size) this.#settle();
    this.#assign();
  }

  #lose(member: Member, error: TeamError, isNew: boolean): void {
    this.#members.delete(member);
    this.#ready.delete(member);
    const place = this.#idle.indexOf(member);
    if (place >= 0) this.#idle.splice(place, 1);
    // The next one would fare no better.
    if (isNew) this.#giveUp(error);
  }

  #giveUp(error: TeamError): void {
    this.#failure ??= error;
    this.#settle();
  }

  #settle(): void {
    for (const { resolve, reject } of this.#waiting) {
      if (this.#failure === undefined) resolve();
      else reject(this.#failure);
    }
    this.#waiting = [];
  }

  /** Hands idle workers to the questions that have fewest. */
  #assign(): void {
    while (this.#idle.length > 0) {
      let poorest: Lease | undefined;
      for (const lease of this.#leases) {
        if (lease.isOpen && (poorest === undefined || lease.size < poorest.size)) poorest = lease;
      }
      if (poorest === undefined) return;
      const member = this.#idle.pop()!;
      poorest.take(member).then(() => {
        if (!this.#members.has(member)) return;
        if (member.rest()) {
          this.#idle.push(member);
          this.#assign();
        }
      });
    }
  }
}

function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads;
  throw new RangeError(
    `expected threads to be auto or a whole number from 1 to ${MAX_THREADS}, got ${describe(threads)}`,
  );
}
