/// <reference types="vite/client" />
import type { Answer, Ask, LoadProgress, QuestionKind, Reply } from './protocol.js';
import EngineWorker from './worker.js?worker&inline';

/** The page's end of the protocol: one worker, which holds the data of one source. */
export class Engine {
  readonly #worker = new EngineWorker();
  /** Fails when the worker does, or is ended. */
  readonly #end: Promise<never>;
  #fail!: (error: Error) => void;

  constructor() {
    this.#end = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    // Nobody may be waiting.
    this.#end.catch(() => {});
    this.#worker.addEventListener('error', ({ message }) => {
      this.#fail(new Error(message || 'the engine could not be started'));
    });
  }

  /** @throws Error whose `offset` points into the text that was asked about, if that is what is wrong */
  ask<K extends QuestionKind>(
    kind: K,
    ask: Ask<K>,
    onProgress?: (progress: LoadProgress) => void,
  ): Promise<Answer<K>> {
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise<Answer<K>>((resolve, reject) => {
      port1.onmessage = ({ data }: MessageEvent<Reply<K>>) => {
        if ('progress' in data) {
          onProgress?.(data.progress);
          return;
        }
        port1.close();
        if ('answer' in data) resolve(data.answer);
        else reject(Object.assign(new Error(), data.problem));
      };
    });
    this.#worker.postMessage({ kind, ask }, [port2]);
    return Promise.race([answer, this.#end]);
  }

  /** Ends the worker at once, whatever it does, and gives its memory back. */
  close(): void {
    this.#worker.terminate();
    this.#fail(new DOMException('the source was closed', 'AbortError'));
  }
}
