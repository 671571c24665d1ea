import { onAbort } from '../base/abort.js';
import { SLOT_ALIGNMENT } from '../kernel/types.js';
import type { Lease } from '../threads/lease.js';
import { type Member, TRAYS, type Tray } from '../threads/member.js';
import { turn } from '../threads/platform.js';
import { MAX_SHARED_BYTES } from '../threads/shared.js';
import { Team } from '../threads/team.js';
import type { Beginnings } from './beginnings.js';
import type { Plan, Window } from './plan.js';
import type { Question, Threads } from './question.js';
import { alignLength, layOut, Slots } from './slots.js';
import { countWindows, WindowRun, WindowSource } from './windows.js';

/** Counting windows on several threads: windows are independent, so that each goes to whoever is free. */

/** What takes several milliseconds to count: bytes of every bitmap, as often as it is counted with another. */
const MIN_BYTES = 64 * 2 ** 20;
/**
 * How often each byte is to be counted, by itself and with others, to be worth bringing to a worker. Two threads of an AMD EPYC of
 * family 26 against one, bitmaps of 1 MiB in memory, medians if the cores are near each other and if they are far apart, which
 * a virtual machine changes between two runs: 403 pairs of 44 bitmaps, 10 times, 1.66 and 1.45; 195 of 28, 8 times, 1.58 and 1.33;
 * 186 of 44, 5 times, 1.51 and 1.18; 93, 3 times, 1.28 and 0.95; 31, 1.7 times, 1.15 and 0.70.
 */
const MIN_USES = 4;
/**
 * The same for bytes that have to be read: they come no sooner, and a server on the same machine needs the other core. There 403 pairs
 * of 44, 10 times, took 1.2 to 1.4 times as long with two threads; 961 of 62, 16 times, 0.9.
 */
const MIN_USES_OF_READ = 14;

/** Counts all windows as `countWindows` does, with the team of a question if that is worth it. */
export async function countWindowsInTeam(
  question: Question,
  plan: Plan,
  counters: Float64Array<ArrayBuffer>,
  beginnings?: Beginnings,
): Promise<void> {
  const count = question.kernel !== 'js' && isWorthATeam(question, plan) ? countByTeam : countWindows;
  await count(question, plan, counters, beginnings);
}

/** However little there is to count. */
export async function countByTeam(
  question: Question,
  plan: Plan,
  counters: Float64Array<ArrayBuffer>,
  beginnings?: Beginnings,
): Promise<void> {
  await new TeamRun(teamOf(question.threads!), question, plan, counters, beginnings).count();
}

/** Whether it takes long, and longer than it takes to bring bytes to workers. */
export function isWorthATeam({ operands }: Question, { program, complementEndByte, reads }: Plan): boolean {
  const uses = program.steps.reduce(
    (sum, step) => sum + ('cells' in step ? step.cells : step.slots).length,
    0,
  );
  let usedBytes = complementEndByte;
  let fillBytes = 0;
  for (const [operand, bitmap] of operands.bitmaps.entries()) {
    const least = bitmap === undefined ? MIN_USES_OF_READ : MIN_USES;
    const readBytes = reads[operand]!.reduce((sum, { byteLength }) => sum + byteLength, 0);
    usedBytes = Math.max(usedBytes, readBytes);
    fillBytes += least * readBytes;
  }
  return uses * usedBytes >= Math.max(MIN_BYTES, fillBytes);
}

/** Made when it is first needed. */
export function teamOf(threads: Threads): Team {
  const { wanted } = threads;
  threads.team ??= typeof wanted === 'object' ? wanted : new Team({ threads: wanted });
  return threads.team;
}

class TeamRun {
  readonly #team: Team;
  readonly #question: Question;
  readonly #plan: Plan;
  readonly #counters: Float64Array<ArrayBuffer>;
  readonly #source: WindowSource;
  readonly #own: WindowRun;
  readonly #remote: readonly number[];
  /** Trays that are free, or are being filled: this thread has better to do than to count. */
  #open = 0;
  #onFull: (() => void) | undefined;

  constructor(
    team: Team,
    question: Question,
    plan: Plan,
    counters: Float64Array<ArrayBuffer>,
    beginnings: Beginnings | undefined,
  ) {
    this.#team = team;
    this.#question = question;
    this.#plan = plan;
    this.#counters = counters;
    this.#remote = question.operands.remote;
    this.#source = new WindowSource(question, plan, beginnings?.byteLength);
    this.#own = new WindowRun(question, plan, counters, beginnings, this.#source);
  }

  async count(): Promise<void> {
    const { startByte, endByte, windowBytes } = this.#plan;
    const windows = Math.ceil((endByte - startByte) / windowBytes);
    const lease = this.#team.lease(windows - 1, (member, own) => this.#employ(member, own));
    const { signal } = this.#question;
    const stopListening = onAbort(signal, () => lease.fail(signal!.reason));
    // Not closed before that has ended: it may be reading, or waiting for its turn.
    const own = this.#countOwn(lease).finally(() => this.#own.close());
    try {
      await Promise.race([lease.failed, own]);
      await Promise.race([lease.failed, lease.finish()]);
    } catch (error) {
      lease.fail(error);
      throw error;
    } finally {
      stopListening();
      this.#team.endLease(lease);
    }
  }

  /** Counts on this thread whenever no worker waits for it. */
  async #countOwn(lease: Lease): Promise<void> {
    for (;;) {
      if (this.#open > 0) await this.#whenFull();
      if (lease.isFailed || (await this.#own.next()) === undefined) return;
      await turn();
    }
  }

  #whenFull(): Promise<void> {
    return new Promise((resolve) => {
      this.#onFull = resolve;
    });
  }

  async #employ(member: Member, lease: Lease): Promise<void> {
    const { program, windowBytes } = this.#plan;
    // Trays are halves of every slot, or slots of their own: then the program is the same for both.
    const parts = member.isShared ? TRAYS : 1;
    const layout = layOut(program, 0, windowBytes * parts);
    const slotBytes = layout.stride * program.slots + SLOT_ALIGNMENT;
    if (slotBytes > MAX_SHARED_BYTES) return lease.end();
    const { counters } = program;
    member.begin({ numbers: layout.numbers, slotBytes, counters });
    const serving = member.trays.map((tray, place) => {
      const slots = new Slots(this.#question, layout, member.isShared ? place * windowBytes : 0, windowBytes);
      return this.#serve(member, lease, tray, slots, slotBytes);
    });
    // Both have ended before another question gets them.
    const failed = (await Promise.allSettled(serving)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  }

  /** Fills a tray again and again, and adds what is counted there. */
  async #serve(member: Member, lease: Lease, tray: Tray, slots: Slots, slotBytes: number): Promise<void> {
    this.#open += 1;
    try {
      while (!lease.isToGo(member)) {
        const window = this.#source.take();
        if (window === undefined) return lease.end();
        const memory = tray.open(slotBytes);
        if (this.#remote.length > 0) {
          await this.#read(member, slots, memory, window);
          if (lease.isFailed) return;
        }
        slots.unpack(memory, window);
        const { layout } = slots;
        const counting = tray.run({
          byteOffset: slots.from,
          byteLength: alignLength(window.byteLength),
          numbers: layout.limits.length > 0 ? slots.programOf(window) : undefined,
        });
        this.#closeOne();
        const counts = await counting.finally(() => {
          this.#open += 1;
        });
        for (let counter = 0; counter < counts.length; counter += 1)
          this.#counters[counter]! += counts[counter]!;
        this.#source.finish(window);
      }
    } finally {
      this.#closeOne();
    }
  }

  async #read(member: Member, slots: Slots, memory: Uint8Array, window: Window): Promise<void> {
    try {
      await slots.read(memory, this.#remote, window);
    } catch (error) {
      // It may go on although nobody waits for it.
      member.spoil();
      throw error;
    }
  }

  #closeOne(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#onFull?.();
    this.#onFull = undefined;
  }
}
