import type { HttpStoreOptions } from '../http.js';
import { SilenceError } from './silence.js';

type Fetch = NonNullable<HttpStoreOptions['fetch']>;

/** A `fetch` that gives a host up, before its answer or within it, once it has sent nothing for so long. */
export function fetchUnlessSilent(timeoutMs: number): Fetch {
  return async (url, init) => {
    const silence = new AbortController();
    const timer = setTimeout(() => {
      // As `fetch` itself says why it failed: by the cause.
      silence.abort(new Error('fetch failed', { cause: new SilenceError(timeoutMs) }));
    }, timeoutMs).unref();
    const signal = init.signal ? AbortSignal.any([init.signal, silence.signal]) : silence.signal;
    const response = await fetch(url, { ...init, signal }).catch((error: unknown) => {
      clearTimeout(timer);
      throw error;
    });
    timer.refresh();
    const heard = response.body?.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform: (chunk, controller) => {
          timer.refresh();
          controller.enqueue(chunk);
        },
        flush: () => clearTimeout(timer),
      }),
    );
    // A response made anew would not know where it came from.
    return Object.defineProperty(response, 'body', { value: heard ?? null });
  };
}
