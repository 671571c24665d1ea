import { onAbort } from '../base/abort.js';
import type { Bitmap } from '../bitmap/bitmap.js';
import type { Lease } from '../threads/lease.js';
import type { Member } from '../threads/member.js';
import type { Lists } from '../threads/messages.js';
import type { Cells } from './cells.js';
import type { Question } from './question.js';
import { teamOf } from './teamwork.js';

/** What an id costs the thread that asks to lay out, if counting it costs 1. */
const LAYING_OUT = 0.2;
/**
 * Ids, as often as their lists are compared with others: fewer are counted where they are. Of 403 pairs of 74 bitmaps and 8.4 M ids, two
 * threads of an AMD EPYC of family 26 count 3.4 M such ids (0.1 %) 0.97 times as fast as one, 6.8 M 1.05, 17 M 1.18 and 34 M 1.2 times.
 */
const MIN_COMPARED_IDS = 4_000_000;
/** Ids that wait in workers, at most: 64 MiB of memory. More are counted on the thread that asks. */
const MAX_WAITING_IDS = 2 ** 25;

interface Hand {
  readonly member: Member;
  /** What it has been given, in ids. */
  load: number;
  counted: Promise<void>;
}

/**
 * Lists of ids that workers count while the thread that asks lays out the next ones. It does not wait meanwhile, as bitmaps may
 * change when it does: whoever has least to do gets a batch, by number of ids, and counts come at the end.
 */
export class ListWork {
  readonly #question: Question;
  readonly #counters: Float64Array;
  readonly #hands: Hand[] = [];
  #lease: Lease | undefined;
  #end = () => {};
  #ownLoad = 0;
  #waitingIds = 0;

  constructor(question: Question, counters: Float64Array) {
    this.#question = question;
    this.#counters = counters;
  }

  /**
   * Whether a worker has taken a batch; otherwise it is to be counted here.
   * @param length how many ids it has
   */
  take(length: number, lists: () => Lists): boolean {
    this.#lease ??= this.#open();
    this.#ownLoad += length * LAYING_OUT;
    let freest: Hand | undefined;
    for (const hand of this.#hands) if (freest === undefined || hand.load < freest.load) freest = hand;
    const isOwn = freest === undefined || freest.load > this.#ownLoad || this.#waitingIds > MAX_WAITING_IDS;
    if (isOwn) {
      this.#ownLoad += length;
      return false;
    }
    const hand = freest!;
    hand.load += length;
    this.#waitingIds += length;
    const before = hand.counted;
    const counting = hand.member.countLists(lists()).then((counts) => {
      for (let counter = 0; counter < counts.length; counter += 1)
        this.#counters[counter]! += counts[counter]!;
    });
    hand.counted = Promise.all([before, counting]).then(() => {});
    // Its lease hears of it.
    hand.counted.catch(() => {});
    return true;
  }

  /** Waits until all batches are counted. Rejects if a worker ends, or the signal aborts. */
  async finish(): Promise<void> {
    if (this.#lease === undefined) return;
    const { failed } = this.#lease;
    this.#end();
    await Promise.race([failed, this.#lease.finish()]);
    // What has failed is over, too.
    if (this.#lease.isFailed) await failed;
  }

  /** At the end, however it ends. */
  close(): void {
    this.#end();
  }

  #open(): Lease {
    const { threads, signal } = this.#question;
    const team = teamOf(threads!);
    let letGo = () => {};
    const over = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const lease = team.lease(Number.POSITIVE_INFINITY, async (member) => {
      const hand = { member, load: this.#ownLoad, counted: Promise.resolve() };
      this.#hands.push(hand);
      await over;
      await hand.counted;
    });
    const stopListening = onAbort(signal, () => lease.fail(signal!.reason));
    this.#end = () => {
      letGo();
      lease.end();
      team.endLease(lease);
      lease.finish().then(stopListening);
    };
    return lease;
  }
}

/** The help that a question gets with its lists, if that is worth it. */
export function openListWork(
  question: Question,
  bitmaps: readonly Bitmap[],
  { columns }: Cells,
  counters: Float64Array,
): ListWork | undefined {
  if (question.kernel === 'js') return undefined;
  const ids = bitmaps.reduce((sum, { cardinality }) => sum + cardinality, 0);
  const isWorthIt = (ids * columns.length) / bitmaps.length >= MIN_COMPARED_IDS;
  return isWorthIt ? new ListWork(question, counters) : undefined;
}
