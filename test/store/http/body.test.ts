import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BudgetError } from '../../../src/base/errors.js';
import type { Host } from '../../support/servers/host.js';
import { behave, KIB, noise, openHost, provideHost, SHORT } from '../../support/store/published.js';

let host: Host;

provideHost((each) => {
  host = each;
});

describe('a body that never ends', () => {
  /** Sends zeros for as long as somebody listens; resolves with how many when nobody does any more. */
  function pour(packs: boolean): Promise<number> {
    const zeros = new Uint8Array(256 * KIB);
    const piece = packs ? gzipSync(zeros) : zeros;
    return new Promise((resolve) => {
      behave(host, (_, response) => {
        response.writeHead(200, packs ? { 'Content-Encoding': 'gzip' } : {});
        let sent = 0;
        const send = (): void => {
          while (!response.destroyed && sent < 2 ** 33) {
            sent += zeros.length;
            if (!response.write(piece)) return;
          }
        };
        response.on('drain', send);
        response.on('close', () => resolve(sent));
        send();
      });
    });
  }

  it.each([false, true])('is let go of where the index says it should, packed: %s', async (packs) => {
    const poured = pour(packs);
    await expect(openHost(host, true).query('long@2026-11').count()).rejects.toThrow(
      'expected at most 307200 bytes',
    );
    // What sockets take in by themselves, packed by a factor of a thousand.
    expect(await poured).toBeLessThan(packs ? 2 ** 32 : 2 ** 25);
  });

  it.each([false, true])('is let go of where the budget ends, packed: %s', async (packs) => {
    const poured = pour(packs);
    const counting = openHost(host, false)
      .query('long@2026-11')
      .count({ maxBytes: 2 ** 20 });
    await expect(counting).rejects.toThrow(BudgetError);
    await expect(counting).rejects.toThrow(
      'expected to read at most 1048576 bytes, got a question that needs',
    );
    expect(await poured).toBeLessThan(packs ? 2 ** 32 : 2 ** 25);
  });

  it('is let go of where bitmaps end, and takes no memory for what is empty', async () => {
    const poured = pour(true);
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    await expect(openHost(host, false).query('long@2026-11').count()).rejects.toThrow(
      /^expected at most 536870912 bytes from http.*, got 53\d{7}$/,
    );
    clearInterval(watch);
    expect(most - before).toBeLessThan(2 ** 28);
    expect(await poured).toBeGreaterThanOrEqual(2 ** 29);
  });

  it('is let go of when the signal aborts, however slowly it trickles', async () => {
    const closed = new Promise((resolve) => {
      behave(host, (_, response) => {
        response.writeHead(200);
        const trickle = setInterval(() => response.write('x'), 10);
        response.on('close', () => resolve(clearInterval(trickle)));
      });
    });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('enough')), 100);
    await expect(openHost(host, false).query('long@2026-11').count({ signal: abort.signal })).rejects.toThrow(
      'enough',
    );
    await closed;
  });

  it('is refused by its announcement, without a byte of it', async () => {
    behave(host, (_, response) => response.writeHead(200, { 'Content-Length': 2 ** 21 }).write('x'));
    const counting = openHost(host, false)
      .query('long@2026-11')
      .count({ maxBytes: 2 ** 20 });
    await expect(counting).rejects.toThrow('at most 1048576 bytes, got a question that needs 2097152 bytes');
  });
});

describe('an answer that is not as long as it says', () => {
  it.each([39, 41])('is refused: %i bytes instead of 40', async (byteLength) => {
    const fetch = async (): Promise<Response> =>
      new Response(noise(byteLength, 1) as BodyInit, { headers: { 'Content-Length': '40' } });
    await expect(openHost(host, false, fetch).query('short@2026-11').count()).rejects.toThrow(
      `expected the 40 bytes that ${host.url}/${SHORT} announces, got ${byteLength}`,
    );
  });
});
