import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';

// Once, before anybody replaces `Worker`: it is what the bundler waits for, too.
const url = new URL(`data:text/javascript,${encodeURIComponent(bundle())}`);

/** Starts the worker of `src/`, which is not built where tests run. */
export function startWorker(): Worker {
  return new Worker(url);
}

function bundle(): string {
  const entry = fileURLToPath(new URL('../../../src/threads/worker.ts', import.meta.url));
  const { outputFiles } = buildSync({ entryPoints: [entry], bundle: true, write: false, format: 'esm' });
  return outputFiles[0]!.text;
}

/** Lets teams start theirs so as well; returns what ends that. */
export function startFromSources(): () => void {
  const threads = process.getBuiltinModule('node:worker_threads') as { Worker: unknown };
  const before = threads.Worker;
  threads.Worker = function start() {
    return startWorker();
  };
  return () => {
    threads.Worker = before;
  };
}
