/// <reference types="vite/client" />
import type { Answer, Ask, LoadProgress, Problem, QuestionKind, Reply } from './protocol.js';
import EngineWorker from './worker.js?worker&inline';

/** What the engine could not do; `offset` points into the text that was asked about. */
export class EngineError extends Error {
  override name = 'EngineError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The page's end of the protocol: one worker, which holds the data of one source. */
export class Engine {
  /** Called while a source loads. */
  onProgress: ((progress: LoadProgress) => void) | undefined;
  readonly #worker = new EngineWorker();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => this.#receive(data));
    this.#worker.addEventListener('error', (event) => {
      this.#failAll(new EngineError({ message: event.message || 'the engine could not be started' }));
    });
  }

  ask<K extends QuestionKind>(kind: K, ask: Ask<K>): Promise<Answer<K>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Answer<K>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, kind, ask });
    });
  }

  /** Ends the worker at once, whatever it does, and gives its memory back. */
  close(): void {
    this.#worker.terminate();
    this.#failAll(new DOMException('the source was closed', 'AbortError'));
  }

  #receive(reply: Reply): void {
    if ('progress' in reply) {
      this.onProgress?.(reply.progress);
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('problem' in reply) waiting?.reject(new EngineError(reply.problem));
    else waiting?.resolve(reply.answer as never);
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
