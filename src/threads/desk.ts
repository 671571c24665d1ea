import { createWasmKernel, type WasmKernel } from '../kernel/wasm.js';
import type {
  CountedReply,
  DoneReply,
  ListsOrder,
  Order,
  Program,
  ReadyReply,
  Reply,
  RunOrder,
  StartOrder,
} from './messages.js';

/** What a worker does: a kernel with a memory of its own, or one that the team sees. Knows no stores, keys or dates. */
export class Desk {
  #start: StartOrder | undefined;
  #kernel: WasmKernel | undefined;
  #program: Program | undefined;

  /** The reply to an order, if it has one. */
  carryOut(order: Order): Reply | undefined {
    try {
      switch (order.order) {
        case 'start':
          this.#start = order;
          return this.#renew();
        case 'renew':
          return this.#renew();
        case 'program':
          this.#program = order;
          this.#kernel!.reserve(order.slotBytes);
          return undefined;
        case 'run':
          return this.#run(order);
        case 'lists':
          return this.#countLists(order);
      }
    } catch (error) {
      return { reply: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #renew(): ReadyReply {
    const { module, isShared } = this.#start!;
    this.#kernel = createWasmKernel(module);
    const { memory, slotsOffset } = this.#kernel;
    return { reply: 'ready', memory: isShared ? memory : undefined, slotsOffset };
  }

  #run({ tray, byteOffset, byteLength, numbers, bytes }: RunOrder): DoneReply {
    const kernel = this.#kernel!;
    const { slotBytes, counters, numbers: usual } = this.#program!;
    if (bytes !== undefined) kernel.reserve(slotBytes).set(bytes);
    const program = numbers ?? usual;
    const counts = new Float64Array(counters);
    if (program.length > 0) kernel.run(program, byteLength, counts, byteOffset);
    return { reply: 'done', tray, counts, bytes };
  }

  #countLists({ tables, counters, lists, stretches, bounds, ids }: ListsOrder): CountedReply {
    const kernel = this.#kernel!;
    const idsOffset = bounds.byteLength;
    const { buffer, byteOffset } = kernel.reserve(idsOffset + ids.byteLength);
    new Uint32Array(buffer, byteOffset, bounds.length).set(bounds);
    new Uint16Array(buffer, byteOffset + idsOffset, ids.length).set(ids);
    const counts = new Float64Array(counters);
    const layout = { lists, stretches, boundsOffset: 0, idsOffset };
    for (const table of tables) kernel.countLists(table, layout, counts);
    return { reply: 'counted', counts };
  }
}
