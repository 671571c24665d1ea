import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadSource } from '../../src/explorer/engine/load.js';
import type { LoadProgress } from '../../src/explorer/engine/protocol.js';
import { SourceFile } from '../../src/explorer/engine/source.js';
import { Bitmapist } from '../../src/index.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Chunks of one byte, and how often they were asked for. */
function serve(text: string): { fetched: number } {
  const served = { fetched: 0 };
  vi.stubGlobal('fetch', async () => {
    served.fetched += 1;
    const bytes = [...new TextEncoder().encode(text)];
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const byte = bytes.shift();
          if (byte === undefined) controller.close();
          else controller.enqueue(Uint8Array.of(byte));
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(stream, { headers: { 'content-length': String(text.length) } });
  });
  return served;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += new TextDecoder().decode(chunk);
  return text;
}

const ROWS = Array.from({ length: 50 }, (_, index) => `${index},2026-11-23,visit\n`).join('');
const TEXT = `user,timestamp,event\n${ROWS}`;

describe.each(['a file', 'what is served'])('%s', (kind) => {
  const open = (onProgress: (progress: LoadProgress) => void = () => {}) => {
    serve(TEXT);
    return new SourceFile(kind === 'a file' ? new Blob([TEXT]) : 'http://localhost/source', onProgress);
  };

  it.each([0, 1, 7])('is read as a whole after %i chunks of it were looked at', async (looks) => {
    const file = open();
    const beginning = file.beginning();
    for (let look = 0; look < looks; look += 1) await beginning.next();
    // One more is on its way when the look ends.
    const last = beginning.next();
    expect(await textOf(file.bytes())).toBe(TEXT);
    await last;
    await beginning.return();
    expect(file.progress).toEqual({ done: TEXT.length, total: TEXT.length, items: 0, events: [] });
  });

  it('can be read at any place', async () => {
    const anywhere = await open().anywhere();
    expect(anywhere.byteLength).toBe(TEXT.length);
    const slice = await anywhere.slice(5, 14);
    expect(new TextDecoder().decode(slice)).toBe('timestamp');
  });
});

it('is fetched once to be looked at and read', async () => {
  const served = serve(TEXT);
  const { datasets } = await loadSource({ source: 'http://localhost/source', name: 'a.csv' }, () => {});
  const [{ store } = expect.fail('no dataset')] = datasets;
  expect(await new Bitmapist({ store }).query('visit@2026').count()).toBe(50);
  expect(served.fetched).toBe(1);
});
