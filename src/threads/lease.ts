import type { Member } from './member.js';

/** Gives a worker its work, and ends when there is no more, or the lease says that it is to go. */
export type Join = (member: Member, lease: Lease) => Promise<void>;

/** What a question has of a team: the workers that are free while it lasts, and none that others are due. */
export class Lease {
  /** Rejects when a worker of it, or the team, has ended. */
  readonly failed: Promise<never>;
  readonly #members = new Set<Member>();
  readonly #leaving = new Set<Member>();
  readonly #join: Join;
  readonly #taking = new Set<Promise<void>>();
  readonly #most: number;
  readonly #others: ReadonlySet<Lease>;
  #fail!: (error: unknown) => void;
  #isEnded = false;
  #isFailed = false;

  /**
   * @param others all leases of the team
   * @param most workers that would find work
   */
  constructor(others: ReadonlySet<Lease>, most: number, join: Join) {
    this.#others = others;
    this.#most = most;
    this.#join = join;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** How many workers it has and keeps. */
  get size(): number {
    return this.#members.size - this.#leaving.size;
  }

  /** Whether another worker would help. */
  get isOpen(): boolean {
    return !this.#isEnded && this.#members.size < this.#most;
  }

  /** Whether there will be no answer. */
  get isFailed(): boolean {
    return this.#isFailed;
  }

  /** Whether a worker is to be let go: nothing more is wanted of it, or another question has so few that it is due there. */
  isToGo(member: Member): boolean {
    if (this.#isEnded || this.#leaving.has(member)) return true;
    for (const other of this.#others) {
      if (!other.isOpen || other.size + 1 >= this.size) continue;
      this.#leaving.add(member);
      return true;
    }
    return false;
  }

  /** Lets a worker take part; ends when that lets it go. */
  take(member: Member): Promise<void> {
    const taking = this.#take(member).finally(() => this.#taking.delete(taking));
    this.#taking.add(taking);
    return taking;
  }

  async #take(member: Member): Promise<void> {
    this.#members.add(member);
    member.hold(true);
    try {
      await this.#join(member, this);
    } catch (error) {
      this.fail(error);
    } finally {
      member.hold(false);
      this.#members.delete(member);
      this.#leaving.delete(member);
    }
  }

  /** There is nothing more to do than what workers have. */
  end(): void {
    this.#isEnded = true;
  }

  /** Waits for those workers that there are. */
  async finish(): Promise<void> {
    this.end();
    await Promise.all(this.#taking);
  }

  /** There will be no answer: workers come to an end as soon as they can. */
  fail(error: unknown): void {
    this.#isEnded = true;
    this.#isFailed = true;
    this.#fail(error);
  }
}
