import { INDEX_FILE_NAME } from '../bitmaps.js';
import { HttpStore, type HttpStoreOptions } from '../http.js';
import type { Store } from '../index.js';
import { UsageError } from './failure.js';
import { withProgress } from './progress.js';
import { SilenceError, type TimeoutOptions, timeoutMsOf } from './silence.js';
import { decodePart, withoutPassword } from './url.js';

/** Folders of bitmaps that `export` wrote, index included, and a host publishes. */

export interface HttpOptions extends TimeoutOptions {
  /** Reads over http:// from other machines too. */
  readonly allowHttp?: boolean;
}

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Opens a published folder. Its index is read at once: without one there is nothing that could be listed or missed. */
export async function openHttp(text: string, options: HttpOptions): Promise<Store> {
  const url = parseUrl(text, options);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const timeoutMs = timeoutMsOf(options);
  const store = new HttpStore(url, {
    index: INDEX_FILE_NAME,
    ...(timeoutMs > 0 ? { fetch: fetchUnlessSilent(timeoutMs) } : {}),
    ...(username || password ? { headers: { Authorization: basic(username, password) } } : {}),
  });
  await withProgress(`waiting for ${url.host}`, () => store.keys('').next());
  return store;
}

function parseUrl(text: string, { allowHttp }: HttpOptions): URL {
  const shown = JSON.stringify(withoutPassword(text));
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.search || url.hash || /\.(csv|rdb)(\.gz)?$/i.test(url.pathname)) {
    throw new UsageError(
      `expected the URL of a folder of bitmaps, such as https://example.com/bitmaps/, got ${shown}`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowHttp) {
    throw new UsageError(
      `expected https:// for a host that is not this machine, got ${shown}; --allow-http reads it unencrypted`,
    );
  }
  return url;
}

/** URLs write addresses in one form. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function basic(username: string, password: string): string {
  const credentials = `${decodePart(username)}:${decodePart(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

type Fetch = NonNullable<HttpStoreOptions['fetch']>;

/** A `fetch` that gives a host up, before its answer or within it, once it has sent nothing for so long. */
function fetchUnlessSilent(timeoutMs: number): Fetch {
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
