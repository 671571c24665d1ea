import { Desk } from '../../../src/threads/desk.js';
import type { Order } from '../../../src/threads/messages.js';
import type { TeamWorker } from '../../../src/threads/platform.js';

/** A Web Worker on this thread, whose replies can be held back, and which can be told to end. */
export class FakeWorker extends EventTarget implements TeamWorker {
  readonly orders: Order['order'][] = [];
  isTerminated = false;
  /** Replies are held back until it is undefined. */
  held: (() => void)[] | undefined;
  readonly #desk = new Desk();

  postMessage(order: Order): void {
    this.orders.push(order.order);
    const reply = this.#desk.carryOut(order);
    const send = () => {
      if (!this.isTerminated) this.dispatchEvent(Object.assign(new Event('message'), { data: reply }));
    };
    if (reply === undefined) return;
    if (this.held === undefined || (order.order !== 'run' && order.order !== 'lists')) queueMicrotask(send);
    else this.held.push(send);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** As if its thread had thrown. */
  end(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }

  letGo(): void {
    for (const send of this.held ?? []) send();
    this.held = undefined;
  }
}
