import { reserveSlots } from '../kernel/wasm.js';
import { TeamError } from './error.js';
import type { DoneReply, Lists, Program, ReadyReply, Reply, Run } from './messages.js';
import { holdProcess, listen, send, type TeamWorker } from './platform.js';
import type { WorkerKernel } from './shared.js';

/** Sets of slots per worker: one is filled while the other is computed. */
export const TRAYS = 2;
/** A memory that has grown beyond this is given up after a question: it never shrinks. */
const MAX_IDLE_BYTES = 64 * 2 ** 20;

/** What a team wants to hear of a worker. */
export interface MemberListener {
  /** It takes orders, for the first time or again. */
  onReady(): void;
  /** It never will again; `isNew` if it never has. */
  onEnd(error: TeamError, isNew: boolean): void;
}

/** Who waits for counts. */
interface Waiting {
  readonly resolve: (counts: Float64Array) => void;
  readonly reject: (error: TeamError) => void;
}

/** A worker as its team sees it. */
export class Member {
  readonly trays: readonly Tray[];
  /** Whether trays are parts of one memory that both threads see, or bytes that go back and forth. */
  readonly isShared: boolean;
  readonly #worker: TeamWorker;
  readonly #listener: MemberListener;
  /** Lists that are being counted, in order. */
  #asked: Waiting[] = [];
  #memory: ReadyReply | undefined;
  #isNew = true;
  #isSpoilt = false;
  #ended: TeamError | undefined;

  constructor(worker: TeamWorker, { module, isShared }: WorkerKernel, listener: MemberListener) {
    this.#worker = worker;
    this.#listener = listener;
    this.isShared = isShared;
    this.trays = Array.from({ length: TRAYS }, (_, place) => new Tray(this, place));
    listen(worker, {
      message: (reply) => this.#take(reply),
      end: (reason) => this.#fail(reason),
    });
    send(worker, { order: 'start', module, isShared });
    holdProcess(worker, false);
  }

  /** Keeps the process alive, or no longer. */
  hold(isHeld: boolean): void {
    if (this.#ended === undefined) holdProcess(this.#worker, isHeld);
  }

  /** What all windows from now on are run through. */
  begin(program: Program): void {
    this.#send({ order: 'program', ...program });
  }

  /** Its memory is not to be used by another question: somebody may still be writing there. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  /** What the tables count over lists, whose bytes are gone then. Rejects with a `TeamError` if the worker ends. */
  countLists(lists: Lists): Promise<Float64Array> {
    return new Promise((resolve, reject) => {
      this.#send({ order: 'lists', ...lists }, [lists.bounds.buffer, lists.ids.buffer]);
      this.#asked.push({ resolve, reject });
    });
  }

  /** Makes it ready for another question; says whether it is at once, otherwise `onReady` does. */
  rest(): boolean {
    if (this.#ended !== undefined) return false;
    const memoryBytes = this.#memory!.memory?.buffer.byteLength ?? 0;
    if (!this.#isSpoilt && memoryBytes <= MAX_IDLE_BYTES) return true;
    this.#isSpoilt = false;
    this.#send({ order: 'renew' });
    return false;
  }

  /** Ends it, and what it has on its trays. */
  async close(error: TeamError): Promise<void> {
    this.#end(error);
    await this.#worker.terminate();
  }

  /** Room in the memory that both threads see. */
  reserve(byteLength: number): Uint8Array<ArrayBuffer> {
    const { memory, slotsOffset } = this.#memory!;
    return reserveSlots(memory!, slotsOffset, byteLength);
  }

  /** For its trays. */
  run(tray: number, run: Run, bytes: Uint8Array<ArrayBuffer> | undefined): void {
    if (bytes === undefined) this.#send({ order: 'run', tray, ...run });
    else this.#send({ order: 'run', tray, ...run, bytes }, [bytes.buffer]);
  }

  #send(...[order, transfer]: [Parameters<typeof send>[1], ArrayBuffer[]?]): void {
    if (this.#ended !== undefined) throw this.#ended;
    send(this.#worker, order, transfer);
  }

  #take(reply: Reply): void {
    if (reply.reply === 'ready') {
      this.#memory = reply;
      this.#isNew = false;
      this.#listener.onReady();
    } else if (reply.reply === 'done') this.trays[reply.tray]!.takeBack(reply);
    else if (reply.reply === 'counted') this.#asked.shift()?.resolve(reply.counts);
    else this.#fail(reply.reason);
  }

  #fail(reason: string): void {
    if (this.#ended !== undefined) return;
    const error = new TeamError(`expected a worker that counts, got one that ended: ${reason}`);
    this.#end(error);
    this.#worker.terminate();
    this.#listener.onEnd(error, this.#isNew);
  }

  #end(error: TeamError): void {
    this.#ended = error;
    for (const tray of this.trays) tray.fail(error);
    for (const { reject } of this.#asked) reject(error);
    this.#asked = [];
  }
}

/** Slots that are filled here and computed there. */
export class Tray {
  readonly #member: Member;
  readonly #place: number;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #out: Waiting | undefined;

  constructor(member: Member, place: number) {
    this.#member = member;
    this.#place = place;
  }

  /** Where slots are filled until `run`, and again once that is done; of unspecified content. */
  open(byteLength: number): Uint8Array<ArrayBuffer> {
    if (this.#member.isShared) return this.#member.reserve(byteLength);
    if (this.#bytes?.length !== byteLength) this.#bytes = new Uint8Array(byteLength);
    return this.#bytes;
  }

  /** What the program counts in a window. Rejects with a `TeamError` if the worker ends. */
  run(run: Run): Promise<Float64Array> {
    return new Promise((resolve, reject) => {
      this.#member.run(this.#place, run, this.#bytes);
      this.#bytes = undefined;
      this.#out = { resolve, reject };
    });
  }

  takeBack({ counts, bytes }: DoneReply): void {
    this.#bytes = bytes;
    this.#out?.resolve(counts);
    this.#out = undefined;
  }

  fail(error: TeamError): void {
    this.#out?.reject(error);
    this.#out = undefined;
  }
}
