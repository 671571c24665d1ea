import { describe, expect, it } from 'vitest';
import { readJson } from '../../src/web/body.js';

const { signal } = new AbortController();

/** A request whose body is what `chunks` yields. */
function request(chunks: AsyncIterable<Uint8Array>, onCancel: () => void = () => {}): Request {
  const iterator = chunks[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: onCancel,
  });
  const headers = { 'content-type': 'application/json' };
  return new Request('http://localhost/', { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
}

describe('the body of a request', () => {
  it('may come in pieces that split characters', async () => {
    async function* bytes() {
      for (const byte of new TextEncoder().encode('{"name":"žluťoučký 🦄"}')) yield Uint8Array.of(byte);
    }
    expect(await readJson(request(bytes()), 1000, signal)).toEqual({ name: 'žluťoučký 🦄' });
  });

  it('that never ends is read no further than it may be', async () => {
    let yielded = 0;
    let isCancelled = false;
    async function* endless() {
      for (;;) {
        yielded += 1;
        yield new Uint8Array(100).fill(0x20);
      }
    }
    const reading = readJson(
      request(endless(), () => {
        isCancelled = true;
      }),
      1000,
      signal,
    );
    await expect(reading).rejects.toMatchObject({ status: 413 });
    expect(yielded).toBeLessThan(15);
    expect(isCancelled).toBe(true);
  });

  it('is not waited for any longer than the signal says', async () => {
    const controller = new AbortController();
    async function* silent() {
      yield new TextEncoder().encode('{');
      await new Promise(() => {});
    }
    const reading = readJson(request(silent()), 1000, controller.signal);
    controller.abort(new Error('late'));
    await expect(reading).rejects.toThrow('late');
  });

  it('that is none is no JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    const empty = new Request('http://localhost/', { method: 'POST', headers });
    await expect(readJson(empty, 1000, signal)).rejects.toMatchObject({ status: 400 });
  });
});
