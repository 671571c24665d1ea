import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bitmap, combine } from '../../../src/engine/expression.js';
import { CachedStore, type CacheOptions } from '../../../src/store/cache/cache.js';
import { MemoryStore } from '../../../src/store/memory.js';
import type { FingerprintKind, RequestOptions } from '../../../src/store/types.js';
import { countIds } from '../../support/bitmaps.js';
import { CountingStore } from '../../support/store/counting.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitmapist-checked-'));
});
afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map((store) => store.settle()));
  await rm(folder, { recursive: true, force: true });
});

const opened: CachedStore[] = [];

/** A server that others write to, as `memory`. */
class Server extends CountingStore {
  readonly memory: MemoryStore;

  constructor(memory = new MemoryStore()) {
    super(memory);
    this.memory = memory;
  }

  count(key: string): Promise<number> {
    return this.memory.count(key);
  }

  fingerprints(keys: readonly string[], kind: FingerprintKind, options?: RequestOptions): Promise<string[]> {
    return this.memory.fingerprints(keys, kind, options);
  }
}

/** A cache of another process, as far as the folder can tell. */
function open(server: Server, check: CacheOptions['check'], options: Partial<CacheOptions> = {}) {
  server.reset();
  const store = new CachedStore(server, {
    isFinished: () => true,
    maxBytes: 2 ** 20,
    disk: { folder, identity: 'server', prefix: '', maxBytes: 2 ** 20 },
    check,
    ...options,
  });
  opened.push(store);
  const [a, b] = [bitmap(store, 'a'), bitmap(store, 'b')];
  const ask = async () => {
    const counts = await countIds([combine('and', [a, b]), combine('or', [a, b])]);
    await store.settle();
    return counts;
  };
  return { store, ask };
}

async function serverOf(ids: Record<string, number[]>): Promise<Server> {
  const server = new Server();
  for (const [key, all] of Object.entries(ids)) await mark(server, key, ...all);
  return server;
}

const mark = ({ memory }: Server, key: string, ...ids: number[]) => memory.write([{ key, ids, value: 1 }]);
const unmark = ({ memory }: Server, key: string, ...ids: number[]) => memory.write([{ key, ids, value: 0 }]);
const IDS = { a: [1, 2, 3, 70_000], b: [2, 3, 5, 70_000] };

describe.each(['count', 'digest'] as const)('a cache with a folder that checks by %s', (check) => {
  it.each([200_000, 0])(
    'fetches nothing that another process has kept and that nobody has changed, with room for %d counts',
    async (maxCounts) => {
      const server = await serverOf(IDS);
      await open(server, check, { maxCounts }).ask();
      for (let process = 0; process < 3; process += 1) {
        const { store, ask } = open(server, check, { maxCounts });
        expect(await ask()).toEqual([3, 5]);
        expect(await ask()).toEqual([3, 5]);
        expect(server.keysRead).toEqual([]);
        expect(store.statistics).toMatchObject({ loaded: 2, checked: 4, changed: 0, misses: 0, unsound: 0 });
      }
    },
  );

  it('answers right after others have marked, and keeps that for processes that come later', async () => {
    const server = await serverOf(IDS);
    const early = open(server, check);
    expect(await early.ask()).toEqual([3, 5]);
    await mark(server, 'b', 1);
    const { store, ask } = open(server, check);
    expect(await ask()).toEqual([4, 5]);
    if (check === 'digest') {
      expect(server.keysRead).toEqual(['b']);
      expect(store.statistics).toMatchObject({ loaded: 2, checked: 2, changed: 1 });
    }
    const next = open(server, check);
    expect(await next.ask()).toEqual([4, 5]);
    expect(server.keysRead).toEqual([]);
    expect(await early.ask()).toEqual([4, 5]);
  });

  it('notices in a running process what others mark, and renews the folder', async () => {
    const server = await serverOf(IDS);
    const running = open(server, check);
    await running.ask();
    await running.ask();
    await mark(server, 'a', 5);
    server.reset();
    expect(await running.ask()).toEqual([4, 5]);
    expect(server.keysRead).toEqual(['a']);
    const next = open(server, check);
    expect(await next.ask()).toEqual([4, 5]);
    expect(server.keysRead).toEqual([]);
    await server.memory.delete(['a']);
    expect(await open(server, check).ask()).toEqual([0, 4]);
    expect(await running.ask()).toEqual([0, 4]);
  });

  it('does not believe counts of what has changed in another process meanwhile', async () => {
    const server = await serverOf(IDS);
    await open(server, check).ask();
    await mark(server, 'a', 5);
    // Counts and bitmaps of now, under another stamp.
    await open(server, check).ask();
    await unmark(server, 'a', 5);
    const { ask } = open(server, check);
    expect(await ask()).toEqual([3, 5]);
    expect(await ask()).toEqual([3, 5]);
  });

  it('answers as plain sets do, whoever asks and marks in whatever order', { tags: 'long' }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const server = await serverOf({});
        const identity = Math.random().toString();
        const disk = { folder, identity, prefix: '', maxBytes: 2 ** 20 };
        const sets = { a: new Set<number>(), b: new Set<number>() };
        const processes = [open(server, check, { disk }), open(server, check, { disk })];
        let marked = 0;
        for (const { key, ids, process } of steps) {
          // Only more ids: a count shows all of that.
          for (const id of ids) sets[key].add(id);
          await mark(server, key, ...ids);
          marked += 1;
          const { ask } = processes[process] ?? open(server, check, { disk });
          const { a, b } = sets;
          const expected = [[...a].filter((id) => b.has(id)).length, new Set([...a, ...b]).size];
          expect([marked, await ask()]).toEqual([marked, expected]);
        }
      }),
      { numRuns: 25, seed: 20_261_129 },
    );
  });
});

/** Skewed, so that sets meet; the third process is always a new one. */
const step = fc.record({
  key: fc.constantFrom('a' as const, 'b' as const),
  ids: fc.array(fc.oneof(fc.nat(12), fc.integer({ min: 65_530, max: 65_540 })), { maxLength: 3 }),
  process: fc.nat(2),
});

describe('a cache with a folder that checks by digest', () => {
  it('sees changes of others that leave the count as it was', async () => {
    const server = await serverOf(IDS);
    await open(server, 'digest').ask();
    await unmark(server, 'a', 1);
    await mark(server, 'a', 9);
    const { ask, store } = open(server, 'digest');
    expect(await ask()).toEqual([3, 5]);
    expect(await store.count('a')).toBe(4);
    expect(server.keysRead).toEqual(['a']);
  });

  it('fetches anew once what was kept without a digest', async () => {
    const server = await serverOf(IDS);
    await open(server, 'never').ask();
    const first = open(server, 'digest');
    expect(await first.ask()).toEqual([3, 5]);
    expect(server.keysRead.sort()).toEqual(['a', 'b']);
    expect(first.store.statistics).toMatchObject({ checked: 0, changed: 0 });
    for (const check of ['digest', 'count', 'never'] as const) {
      expect(await open(server, check).ask()).toEqual([3, 5]);
      expect(server.keysRead).toEqual([]);
    }
  });

  it('renews single bitmaps, also among those that tell whether the server is another one', async () => {
    const server = await serverOf(IDS);
    await open(server, 'digest').ask();
    await mark(server, 'b', 7);
    expect(await open(server, 'digest').ask()).toEqual([3, 6]);
    expect(server.keysRead).toEqual(['b']);
  });
});
