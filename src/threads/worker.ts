import { Desk } from './desk.js';
import type { Order, Reply } from './messages.js';

/** The file that workers are started with: waits for orders of its team. */

interface NodeProcess {
  getBuiltinModule?(name: string): { readonly parentPort: NodePort | null } | undefined;
}

interface NodePort {
  on(event: 'message', listener: (order: Order) => void): void;
  postMessage(reply: Reply, transfer: ArrayBuffer[]): void;
}

interface WebPort {
  addEventListener(event: 'message', listener: (event: { readonly data: Order }) => void): void;
  postMessage(reply: Reply, transfer: ArrayBuffer[]): void;
}

const desk = new Desk();

function answer(order: Order, port: Pick<WebPort, 'postMessage'>): void {
  const reply = desk.carryOut(order);
  if (reply === undefined) return;
  const transfer = 'counts' in reply ? [reply.counts.buffer] : [];
  if ('bytes' in reply && reply.bytes !== undefined) transfer.push(reply.bytes.buffer);
  port.postMessage(reply, transfer);
}

const { process } = globalThis as { process?: NodeProcess };
const threads = process?.getBuiltinModule?.('node:worker_threads');
if (threads === undefined) {
  const webPort = globalThis as unknown as WebPort;
  webPort.addEventListener('message', ({ data }) => answer(data, webPort));
} else {
  // None in the thread of a program that imports this.
  const { parentPort } = threads;
  parentPort?.on('message', (order) => answer(order, parentPort));
}
