import type { Order, Reply } from './messages.js';

/** Workers of Node and of the Web as one thing. */

/** A Web Worker, or a worker of Node. */
export interface TeamWorker {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): unknown;
}

interface NodeWorker extends TeamWorker {
  on(event: string, listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
}

interface WebWorker extends TeamWorker {
  addEventListener(event: string, listener: (event: WebWorkerEvent) => void): void;
}

interface WebWorkerEvent {
  readonly data?: unknown;
  readonly message?: string;
  preventDefault(): void;
}

interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
}

/** @param end what is called if the worker ends by itself, or says what cannot be understood; perhaps several times */
export function listen(
  worker: TeamWorker,
  { message, end }: { message: (reply: Reply) => void; end: (reason: string) => void },
): void {
  if (isOfNode(worker)) {
    worker.on('message', (reply) => message(reply as Reply));
    worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)));
    worker.on('messageerror', () => end('a message that cannot be read'));
    worker.on('exit', (code) => end(`exit code ${code}`));
  } else {
    const web = worker as WebWorker;
    web.addEventListener('message', ({ data }) => message(data as Reply));
    web.addEventListener('messageerror', () => end('a message that cannot be read'));
    web.addEventListener('error', (event) => {
      // Whoever asked the question hears of it.
      event.preventDefault();
      end(event.message || 'an error in loading it');
    });
  }
}

export function send(worker: TeamWorker, order: Order, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(order, transfer);
}

/** A process ends although there are idle workers, and not while one is computing. */
export function holdProcess(worker: TeamWorker, isHeld: boolean): void {
  if (!isOfNode(worker)) return;
  if (isHeld) worker.ref();
  else worker.unref();
}

/** Starts the file beside this one. Bundlers know a worker by exactly these words. */
export function startWorker(): TeamWorker {
  const node = builtin('node:worker_threads') as { Worker: new (url: URL) => NodeWorker } | undefined;
  if (node === undefined)
    return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }) as WebWorker;
  return new node.Worker(new URL(/* webpackIgnore: true */ './worker.js', import.meta.url));
}

/** Cores that may be used. */
export function availableCores(): number {
  const os = builtin('node:os') as { availableParallelism(): number } | undefined;
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Lets what waits in the event loop happen, replies of workers above all. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

function isOfNode(worker: TeamWorker): worker is NodeWorker {
  return 'on' in worker;
}

function builtin(name: string): unknown {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.getBuiltinModule?.(name);
}
