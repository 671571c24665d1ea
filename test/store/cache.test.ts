import { describe, expect, it } from 'vitest';
import { countIds } from '../../src/evaluate.js';
import { bitmap, combine } from '../../src/expression.js';
import { CachedStore } from '../../src/store/cache.js';
import { MemoryStore } from '../../src/store/memory.js';
import { HeldStore } from './held.js';

const MAX_BYTES = 100_000;

describe('a cached store, of replies that come late', () => {
  async function openHeld() {
    const memory = new MemoryStore();
    await memory.write([{ key: 'k', ids: [1, 100], value: 1 }]);
    const inner = new HeldStore(memory);
    const store = new CachedStore(inner, { isFinished: () => true, maxBytes: MAX_BYTES });
    const count = async () =>
      (await countIds([combine('or', [bitmap(store, 'k'), bitmap(store, 'none')])]))[0];
    return { memory, inner, store, count };
  }

  it('forgets bytes that arrive when a write is over', async () => {
    const { inner, store, count } = await openHeld();
    const letGo = inner.hold('read');
    const early = count();
    while (inner.calls.read === 0) await Promise.resolve();
    await store.write([{ key: 'k', ids: [7], value: 1 }]);
    letGo();
    await early;
    expect(await count()).toBe(3);
    expect(await count()).toBe(3);
  });

  it('forgets bytes that arrive when a write is over and another question has begun', async () => {
    const { inner, store, count } = await openHeld();
    const letGo = inner.hold('read');
    const early = count();
    while (inner.calls.read === 0) await Promise.resolve();
    await store.write([{ key: 'k', ids: [7], value: 1 }]);
    const later = count();
    while (inner.calls.read === 1) await Promise.resolve();
    letGo();
    await early;
    expect(await later).toBe(3);
    expect(await count()).toBe(3);
  });

  it('forgets lengths that arrive when a write is over, of keys that were missing too', async () => {
    const { inner, store, count } = await openHeld();
    const letGo = inner.hold('byteLengths');
    const early = count();
    while (inner.calls.byteLengths === 0) await Promise.resolve();
    await store.write([
      { key: 'k', ids: [70_000], value: 1 },
      { key: 'none', ids: [8], value: 1 },
    ]);
    letGo();
    await early;
    expect(await count()).toBe(4);
    expect(await count()).toBe(4);
  });

  it('forgets what was read while a write was under way', async () => {
    const { memory, inner, store, count } = await openHeld();
    const letGo = inner.hold('write');
    const writing = store.write([{ key: 'k', ids: [7], value: 1 }]);
    await count();
    await memory.write([{ key: 'k', ids: [8], value: 1 }]);
    letGo();
    await writing;
    expect(await count()).toBe(4);
  });
});
