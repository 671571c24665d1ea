/** The body of an answer, counted while it comes, so that no more is taken than there can be. */

import { drawUntilAborted, type Source } from '../../base/abort.js';
import { plural, StoreError } from '../../base/errors.js';
import { isPacked, letGo, unanswered } from './answer.js';

interface BodyLimits {
  readonly url: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal | null | undefined;
  /** What to throw for a longer body (default: a StoreError); `byteLength` is what is announced, or what came so far. */
  readonly tooLong?: ((byteLength: number) => Error) | undefined;
}

/**
 * The body, chunk by chunk.
 * @throws StoreError if it breaks off, or is not as long as announced; what `tooLong` makes; the signal's reason.
 */
export async function* readBody(response: Response, limits: BodyLimits): AsyncGenerator<Uint8Array, void> {
  const { url, maxBytes, signal } = limits;
  const tooLong = limits.tooLong ?? ((byteLength) => longerThan(limits, byteLength));
  const announced = announcedLength(response);
  if (announced !== undefined && announced > maxBytes) {
    await letGo(response);
    throw tooLong(announced);
  }
  let byteLength = 0;
  for await (const chunk of drawUntilAborted(openBody(response, limits), signal ?? undefined)) {
    byteLength += chunk.length;
    if (byteLength > maxBytes) throw tooLong(byteLength);
    yield chunk;
  }
  if (announced !== undefined && byteLength !== announced) {
    throw new StoreError(
      `expected the ${announced} ${plural(announced, 'byte')} that ${url} announces, got ${byteLength}`,
    );
  }
}

export function longerThan(limits: Pick<BodyLimits, 'url' | 'maxBytes'>, byteLength: number): StoreError {
  return new StoreError(
    `expected at most ${limits.maxBytes} ${plural(limits.maxBytes, 'byte')} from ${limits.url}, got ${byteLength}`,
  );
}

/** What Content-Length says of the bytes that are read, if it does. */
function announcedLength(response: Response): number | undefined {
  const text = response.headers.get('Content-Length');
  // Answers of other origins may hide that they were packed.
  if (text === null || isPacked(response) || response.type === 'cors') return undefined;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function openBody({ body }: Response, { url, signal }: BodyLimits): Source<Uint8Array> {
  // Streams of older browsers cannot be iterated over.
  const reader = body?.getReader();
  return {
    next: async () => {
      try {
        return (await reader?.read()) ?? { done: true, value: undefined };
      } catch (cause) {
        throw unanswered(url, cause, signal);
      }
    },
    cancel: async () => reader?.cancel(),
  };
}
