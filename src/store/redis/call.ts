/** One write that travels with others: what it asks for, and who waits for it. */

import { onAbort } from '../../base/abort.js';
import type { BitWrite } from '../types.js';

export class Call {
  readonly writes: readonly BitWrite[];
  /** How many bits they are. */
  readonly bits: number;
  readonly signal: AbortSignal | undefined;
  /** Settles as the write does, or as soon as the signal aborts. */
  readonly promise: Promise<void>;
  /** Told once the signal has aborted. */
  onAbort: (() => void) | undefined;
  #isOver = false;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;
  readonly #close: (() => void) | undefined;

  constructor(writes: readonly BitWrite[], bits: number, signal: AbortSignal | undefined) {
    this.writes = writes;
    this.bits = bits;
    this.signal = signal;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal === undefined) return;
    this.#close = onAbort(signal, () => {
      this.reject(signal.reason);
      this.onAbort?.();
    });
  }

  /** Nobody waits for it any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  resolve(): void {
    this.#isOver = true;
    this.#close?.();
    this.#resolve();
  }

  reject(reason: unknown): void {
    this.#isOver = true;
    this.#close?.();
    this.#reject(reason);
  }
}

/** A signal that aborts once those of all calls that are not over have; `undefined` if one has none. */
export function signalOfAll(calls: readonly Call[]): AbortSignal | undefined {
  const awaited = calls.filter(({ isOver }) => !isOver);
  if (!awaited.every(({ signal }) => signal !== undefined)) return undefined;
  const controller = new AbortController();
  let waiting = awaited.length;
  if (waiting === 0) controller.abort();
  for (const call of awaited) {
    call.onAbort = () => {
      waiting -= 1;
      if (waiting === 0) controller.abort(call.signal!.reason);
    };
  }
  return controller.signal;
}
