import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { Bitmapist } from '../../../src/bitmapist.js';
import { HttpStore } from '../../../src/store/http/http.js';
import { MemoryStore } from '../../../src/store/memory.js';
import type { Store } from '../../../src/store/types.js';
import { Host } from '../../support/servers/host.js';

const KIB = 1024;

let host: Host;

beforeEach(async () => {
  host = new Host();
  await host.start();
});

afterEach(() => host.stop());

function noise(length: number, seed: number): Uint8Array {
  return new Uint8Array(length).map((_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 11);
}

async function keysOf(store: HttpStore, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const key of store.keys(prefix)) found.push(key);
  return found;
}

describe('bitmaps over HTTP', () => {
  it.each([true, false])(
    'read as they would from memory, by a server that knows ranges: %s',
    async (knowsRanges) => {
      host.knowsRanges = knowsRanges;
      const memory = new MemoryStore();
      const lengths = {
        empty: 0,
        short: 5,
        'with:colon/and é': 1000,
        head: 64 * KIB,
        beyond: 64 * KIB + 1,
        long: 300 * KIB,
      };
      for (const [at, [key, length]] of Object.entries(lengths).entries()) {
        await memory.put(key, noise(length, at));
        host.publish(key, noise(length, at));
      }
      host.files.set('index.json', new TextEncoder().encode(JSON.stringify(lengths)));
      const keys = [...Object.keys(lengths), 'missing'];
      const plain = new HttpStore(host.url);
      const indexed = new HttpStore(`${host.url}/`, { index: 'index.json' });
      expect(await plain.byteLengths(keys)).toEqual(await memory.byteLengths(keys));
      expect(await indexed.byteLengths(keys)).toEqual(await memory.byteLengths(keys));
      const read = fc.record({
        key: fc.constantFrom(...keys),
        byteOffset: fc.oneof(fc.nat(320 * KIB), fc.constantFrom(0, 64 * KIB, 5)),
        length: fc.oneof(fc.nat(80 * KIB), fc.nat(20)),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(read, { maxLength: 6 }), fc.boolean(), async (reads, together) => {
          const answers = await Promise.all(
            ([memory, plain, indexed] as Store[]).map(async (store) => {
              const reader = together ? (store.reader?.() ?? store) : store;
              const targets = reads.map(({ length }) => new Uint8Array(length).fill(7));
              await reader.read(
                reads.map(({ key, byteOffset }, i) => ({ key, byteOffset, target: targets[i]! })),
              );
              return Buffer.concat(targets).toString('base64');
            }),
          );
          expect(answers[1]).toBe(answers[0]);
          expect(answers[2]).toBe(answers[0]);
        }),
        { numRuns: 40, seed: 31 },
      );
    },
  );

  it('are held in memory for a question once they came as a whole, and those that did not are not', async () => {
    host.publish('short', Uint8Array.of(0x41));
    host.publish('long', noise(200_000, 1));
    const reader = new HttpStore(host.url).reader();
    expect(reader.resident!('short')).toBeUndefined();
    expect(await reader.byteLengths(['short', 'long', 'missing'])).toEqual([1, 200_000, 0]);
    expect([...reader.resident!('short')!.ids()]).toEqual([1, 7]);
    expect(reader.resident!('missing')!.byteLength).toBe(0);
    expect(reader.resident!('long')).toBeUndefined();
  });

  it('answer questions, with one request for each short bitmap and none for missing ones in the index', async () => {
    const memory = new MemoryStore();
    const local = new Bitmapist({ store: memory });
    for (let id = 0; id < 500; id++) await local.markEvent('active', id * 3, { now: '2026-11-22' });
    for (let id = 0; id < 500; id++) await local.markEvent('paid', id * 5, { now: '2026-11-22' });
    const index: Record<string, number> = {};
    for await (const key of memory.keys('')) {
      const bytes = new Uint8Array((await memory.byteLengths([key]))[0]!);
      await memory.read([{ key, byteOffset: 0, target: bytes }]);
      host.publish(key, bytes);
      index[key] = bytes.length;
    }
    host.files.set('index.json', new TextEncoder().encode(JSON.stringify(index)));
    const remote = new Bitmapist({ store: new HttpStore(host.url, { index: 'index.json' }) });
    const query = '(active@2026-11-22 & paid@2026-11-22) | never@2026-11-22';
    expect(await local.query(query).count()).toBe(100);
    expect(await remote.query(query).count()).toBe(100);
    expect(host.requests.sort()).toEqual([
      '/bitmaps/index.json',
      '/bitmaps/trackist_active_2026-11-22 bytes=0-65535',
      '/bitmaps/trackist_paid_2026-11-22 bytes=0-65535',
    ]);
  });

  it('of a server that ignores ranges are fetched once for a question', async () => {
    host.knowsRanges = false;
    host.publish('k', noise(300 * KIB, 1));
    const reader = new HttpStore(host.url).reader();
    const [length] = await reader.byteLengths(['k']);
    for (let byteOffset = 0; byteOffset < length!; byteOffset += 64 * KIB) {
      const target = new Uint8Array(64 * KIB);
      await reader.read([{ key: 'k', byteOffset, target }]);
      expect(
        Buffer.compare(
          target.subarray(0, length! - byteOffset),
          noise(300 * KIB, 1).subarray(byteOffset, byteOffset + 64 * KIB),
        ),
      ).toBe(0);
    }
    expect(host.requests.length).toBe(1);
  });

  it('are listed from the index, and not without one', async () => {
    host.files.set('keys.json', new TextEncoder().encode('{"a:1": 5, "a:2": 0, "b": 7}'));
    const store = new HttpStore(host.url, { index: 'keys.json' });
    expect(await keysOf(store, 'a:')).toEqual(['a:1', 'a:2']);
    expect(await keysOf(store)).toEqual(['a:1', 'a:2', 'b']);
    expect(host.requests.length).toBe(1);
    await expect(keysOf(new HttpStore(host.url))).rejects.toThrow('expected an index of keys for');
  });

  it('are asked for with the headers and at the places that were chosen', async () => {
    let authorization: string | undefined;
    host.behave = (request) => {
      authorization = request.headers.authorization;
      return false;
    };
    host.files.set('deep/k.bin', Uint8Array.of(1, 2, 3));
    const store = new HttpStore(host.url, {
      headers: { Authorization: 'Bearer token' },
      urlOf: (key) => `deep/${key}.bin`,
    });
    expect(await store.byteLengths(['k'])).toEqual([3]);
    expect(authorization).toBe('Bearer token');
  });

  it('cannot be written', async () => {
    const store = new HttpStore(host.url);
    for (const attempt of [store.write(), store.put(), store.delete()]) {
      await expect(attempt).rejects.toThrow(StoreError);
      await expect(attempt).rejects.toThrow('expected a store that can be written, got http://');
    }
    const remote = new Bitmapist({ store });
    await expect(remote.markEvent('active', 1)).rejects.toThrow('which can only be read');
    expect(host.requests).toEqual([]);
  });

  it.each<[string, Host['behave'], string]>([
    ['refuses', (_, response) => !!response.writeHead(503).end(), 'got the status 503'],
    ['breaks off', (_, response) => !!response.socket?.destroy(), 'expected an answer from http'],
    [
      'breaks off within the bytes',
      (_, response) => {
        response.writeHead(200, { 'Content-Length': 100 }).write('abc', () => response.socket?.destroy());
        return true;
      },
      'expected an answer from http',
    ],
    [
      'gives other bytes than asked for',
      (_, response) => !!response.writeHead(206, { 'Content-Range': 'bytes 7-9/10' }).end('abc'),
      'expected bytes from 0 on of',
    ],
    [
      'gives fewer bytes than asked for',
      (_, response) => !!response.writeHead(206, { 'Content-Range': 'bytes 0-2/10' }).end('abc'),
      'expected 10 bytes of "k" from byte 0 on, got 3',
    ],
    [
      'gives more bytes than asked for',
      (_, response) =>
        !!response.writeHead(206, { 'Content-Range': 'bytes 0-2/10' }).end('x'.repeat(100_000)),
      'expected at most 20 bytes from',
    ],
    [
      'announces more than any bitmap has',
      (_, response) => !!response.writeHead(200, { 'Content-Length': 2 ** 30 }).write('x'),
      'expected at most 536870912 bytes',
    ],
  ])('of a server that %s end in a typed error', async (_, behave, message) => {
    host.behave = behave;
    const reading = new HttpStore(host.url).read([{ key: 'k', byteOffset: 0, target: new Uint8Array(20) }]);
    await expect(reading).rejects.toThrow(StoreError);
    await expect(reading).rejects.toThrow(message);
  });

  it('of a server that hides lengths need an index', async () => {
    host.behave = (request, response) => {
      if (request.url!.endsWith('.json')) return false;
      return !!response.writeHead(206).end(Uint8Array.of(1, 2, 3));
    };
    host.files.set('index.json', new TextEncoder().encode('{"k": 3}'));
    await expect(new HttpStore(host.url).byteLengths(['k'])).rejects.toThrow(
      'expected the length of "k" in the header Content-Range',
    );
    const target = new Uint8Array(5);
    await new HttpStore(host.url, { index: 'index.json' }).read([{ key: 'k', byteOffset: 0, target }]);
    expect([...target]).toEqual([1, 2, 3, 0, 0]);
  });

  it.each(['no JSON', '[]', '["k"]', '{"k": -1}', '{"k": "5"}', 'null'])(
    'refuses the index %s',
    async (index) => {
      host.files.set('index.json', new TextEncoder().encode(index));
      await expect(keysOf(new HttpStore(host.url, { index: 'index.json' }))).rejects.toThrow(StoreError);
    },
  );

  it('refuses an index that is no UTF-8, in which keys would have other names', async () => {
    host.files.set('index.json', Buffer.from('{"caf\xe9": 3}', 'latin1'));
    await expect(keysOf(new HttpStore(host.url, { index: 'index.json' }))).rejects.toThrow(
      `expected an index of keys in JSON at ${host.url}/index.json, got `,
    );
    host.files.set('index.json', new TextEncoder().encode('\uFEFF{"café": 3}'));
    expect(await keysOf(new HttpStore(host.url, { index: 'index.json' }))).toEqual(['café']);
  });

  it('asks for the index again after it could not be had', async () => {
    const store = new HttpStore(host.url, { index: 'index.json' });
    await expect(keysOf(store)).rejects.toThrow('expected a file at');
    host.files.set('index.json', new TextEncoder().encode('{"k": 3}'));
    expect(await keysOf(store)).toEqual(['k']);
  });

  it('stop when the signal aborts, and one caller does not stop the other', async () => {
    host.behave = () => true;
    const abort = new AbortController();
    const reason = new Error('enough');
    const store = new HttpStore(host.url, { index: 'index.json' });
    const aborted = [
      new HttpStore(host.url).byteLengths(['k'], { signal: abort.signal }),
      store.byteLengths(['k'], { signal: abort.signal }),
    ];
    const patient = store.byteLengths(['k']).catch((error: unknown) => error);
    setTimeout(() => abort.abort(reason), 20);
    for (const each of aborted) await expect(each).rejects.toBe(reason);
    await host.stop();
    expect(await patient).toBeInstanceOf(StoreError);
    await host.start();
  });

  it.each([
    ['no URL', () => new HttpStore('bitmaps'), TypeError],
    ['a password, which belongs in a header', () => new HttpStore('https://me:secret@localhost/'), TypeError],
    ['no requests at all', () => new HttpStore('http://localhost/', { maxInFlight: 0 }), RangeError],
  ])('are not made of %s', (_, make, type) => {
    expect(make).toThrow(type);
  });
});
