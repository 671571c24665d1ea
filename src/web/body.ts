import { plural } from '../index.js';
import { Refusal } from './refusal.js';
import { waitFor } from './turns.js';

/** The JSON that a request brings: no more than so many bytes, and nothing that a form of another site can send. */
export async function readJson(request: Request, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new Refusal(415, `expected a body of type application/json, got ${JSON.stringify(type)}`);
  }
  const tooLong = new Refusal(
    413,
    `expected a body of at most ${maxBytes} ${plural(maxBytes, 'byte')}, got a longer one`,
  );
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLong;
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = (await (reader && waitFor(reader.read(), signal))) ?? { done: true };
      if (done || value === undefined) break;
      length += value.length;
      if (length > maxBytes) throw tooLong;
      chunks.push(value);
    }
  } catch (error) {
    // Not awaited: who sends slowly need not answer.
    reader?.cancel().catch(() => {});
    throw error;
  }
  return parse(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

function parse(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Refusal(400, `expected JSON, got what is none: ${(error as Error).message}`);
  }
}
