import { describe, expect, it } from 'vitest';
import { bitmap, bitmapsOf, combine, complement } from '../../src/engine/expression.js';
import {
  describeOperands,
  openSources,
  readOperands,
  releaseSources,
  withSources,
} from '../../src/engine/operands.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { BitmapReader, Store } from '../../src/store/types.js';
import { CountingStore } from '../support/store/counting.js';
import { HeldStore } from '../support/store/held.js';

/** A store that hands out readers, and knows what became of them. */
class ReaderStore extends CountingStore {
  readers: (BitmapReader & { released: number })[] = [];

  reader(): BitmapReader {
    const reader = {
      released: 0,
      byteLengths: this.byteLengths.bind(this),
      read: this.read.bind(this),
      release: () => {
        reader.released += 1;
      },
    };
    this.readers.push(reader);
    return reader;
  }
}

describe('the operands of a question', () => {
  it('are its distinct bitmaps', () => {
    const store = new MemoryStore();
    const [a, b] = [bitmap(store, 'a'), bitmap(store, 'b')];
    expect(bitmapsOf([combine('or', [b, a]), complement(bitmap(store, 'b'))])).toEqual([b, a]);
  });

  it('are described in their order, wherever they are', async () => {
    const [one, two] = [new MemoryStore(), new CountingStore(new MemoryStore())];
    await one.write([{ key: 'a', ids: [80], value: 1 }]);
    await one.write([{ key: 'b', ids: [8_000_000], value: 1 }]);
    await two.put('a', new Uint8Array(3));
    await two.put('c', new Uint8Array(4));
    const operands = [
      bitmap(two, 'a'),
      bitmap(one, 'b'),
      bitmap(two, 'c'),
      bitmap(one, 'a'),
      bitmap(two, 'b'),
    ];
    const sources = await openSources(operands, {});
    expect(await describeOperands(operands, sources, {})).toEqual([
      { byteLength: 3, occupied: undefined },
      { byteLength: 1_000_001, occupied: [{ byteOffset: 1_000_000, byteLength: 1 }] },
      { byteLength: 4, occupied: undefined },
      { byteLength: 11, occupied: [{ byteOffset: 10, byteLength: 1 }] },
      { byteLength: 0, occupied: undefined },
    ]);
    expect(two.calls.byteLengths).toBe(1);
  });

  it('are read where they are, and waited for', async () => {
    const [one, two] = [new HeldStore(new MemoryStore()), new MemoryStore()];
    await one.put('a', Uint8Array.of(1));
    await two.put('a', Uint8Array.of(2));
    await two.put('b', Uint8Array.of(3));
    const read = async (stores: Store[], keys: string[]) => {
      const reads = keys.map((key) => ({ key, byteOffset: 0, target: new Uint8Array(1) }));
      const letGo = one.hold('read');
      let isDone = false;
      const reading = readOperands(stores, reads, {}).then(() => {
        isDone = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 2));
      expect(isDone).toBe(false);
      letGo();
      await reading;
      return reads.map(({ target }) => target[0]);
    };
    expect(await read([two, one, two], ['b', 'a', 'a'])).toEqual([3, 1, 2]);
    expect(await read([one, one], ['a', 'missing'])).toEqual([1, 0]);
  });

  it('are read by one reader for each store, which is told of the end once', async () => {
    const [one, two] = [new ReaderStore(new MemoryStore()), new ReaderStore(new MemoryStore())];
    const plain = new MemoryStore();
    const operands = [bitmap(one, 'a'), bitmap(two, 'a'), bitmap(one, 'b'), bitmap(plain, 'a')];
    const sources = await openSources(operands, {});
    expect(sources).toEqual([one.readers[0], two.readers[0], one.readers[0], plain]);
    expect([one.readers.length, two.readers.length]).toEqual([1, 1]);
    releaseSources(sources);
    expect([one.readers[0]!.released, two.readers[0]!.released]).toEqual([1, 1]);
    await expect(withSources(operands, {}, () => Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
    expect(await withSources(operands, {}, async (_, readers) => readers.length)).toBe(4);
    expect(one.readers.map(({ released }) => released)).toEqual([1, 1, 1]);
  });

  it('are frozen together, or refused', async () => {
    const [one, two] = [new MemoryStore(), new MemoryStore()];
    await one.put('a', Uint8Array.of(1, 2));
    await one.put('b', Uint8Array.of(3));
    const [a, b] = [bitmap(one, 'a'), bitmap(one, 'b')];
    const frozen = await openSources([a, b], { consistent: true, maxBytes: 3 });
    await one.put('a', Uint8Array.of(9));
    expect(frozen[0]).toBe(frozen[1]);
    expect(await frozen[0]!.byteLengths(['a', 'b'])).toEqual([2, 1]);
    await expect(openSources([a, b], { consistent: true, maxBytes: 1 })).rejects.toThrow(
      'expected to read at most 1 byte, got a question that needs 2 bytes of 2 bitmaps',
    );
    await expect(openSources([a, bitmap(two, 'a')], { consistent: true })).rejects.toThrow(
      'expected a consistent read from one store, got bitmaps of 2 stores',
    );
    await expect(openSources([bitmap(new CountingStore(one), 'a')], { consistent: true })).rejects.toThrow(
      'expected a store that can read several bitmaps as of one moment, got one that cannot',
    );
    expect(await openSources([], { consistent: true })).toEqual([]);
  });
});
