import { describe, expect, it } from 'vitest';
import { type BitmapExpression, bitmap } from '../../src/engine/expression.js';
import { Operands, openReaders } from '../../src/engine/operands.js';
import { withQuestion } from '../../src/engine/question.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { BitmapReader, RequestOptions, Store } from '../../src/store/types.js';
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

async function openOperands(
  bitmaps: readonly BitmapExpression[],
  request: RequestOptions,
  consistent?: boolean,
): Promise<Operands> {
  return new Operands(bitmaps, await openReaders(bitmaps, request, consistent), request);
}

describe('the operands of a question', () => {
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
    expect(await (await openOperands(operands, {})).describe()).toEqual([
      { byteLength: 3, occupied: undefined },
      { byteLength: 1_000_001, occupied: [{ byteOffset: 1_000_000, byteLength: 1 }] },
      { byteLength: 4, occupied: undefined },
      { byteLength: 11, occupied: [{ byteOffset: 10, byteLength: 1 }] },
      { byteLength: 0, occupied: undefined },
    ]);
    expect(two.calls.byteLengths).toBe(1);
  });

  it('are told to their readers first, which are released if they cannot prepare themselves', async () => {
    const store = new ReaderStore(new MemoryStore());
    const prepared: (readonly string[])[] = [];
    const reader = () => {
      const made = ReaderStore.prototype.reader.call(store);
      return Object.assign(made, {
        prepare: async (keys: readonly string[]) => {
          prepared.push(keys);
          if (keys.includes('broken')) throw new Error('gone');
        },
      });
    };
    const preparing: Store = Object.assign(new CountingStore(new MemoryStore()), { reader });
    await withQuestion([bitmap(preparing, 'a'), bitmap(preparing, 'b')], {}, async () => {
      expect(prepared).toEqual([['a', 'b']]);
    });
    await expect(withQuestion([bitmap(preparing, 'broken')], {}, async () => {})).rejects.toThrow('gone');
    expect(store.readers.map(({ released }) => released)).toEqual([1, 1]);
  });

  it('are read where they are, and waited for', async () => {
    const [one, two] = [new HeldStore(new MemoryStore()), new MemoryStore()];
    await one.put('a', Uint8Array.of(1));
    await two.put('a', Uint8Array.of(2));
    await two.put('b', Uint8Array.of(3));
    const read = async (stores: Store[], keys: string[]) => {
      const operands = await openOperands(
        keys.map((key, operand) => bitmap(stores[operand]!, key)),
        {},
      );
      const reads = keys.map((key, operand) => ({ operand, key, byteOffset: 0, target: new Uint8Array(1) }));
      const letGo = one.hold('read');
      let isDone = false;
      const reading = operands.read(reads).then(() => {
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
    const bitmaps = [bitmap(one, 'a'), bitmap(two, 'a'), bitmap(one, 'b'), bitmap(plain, 'a')];
    const operands = await openOperands(bitmaps, {});
    expect(operands.readers).toEqual([one.readers[0], two.readers[0], one.readers[0], plain]);
    expect(operands.keys).toEqual(['a', 'a', 'b', 'a']);
    expect([one.readers.length, two.readers.length]).toEqual([1, 1]);
    operands.release();
    expect([one.readers[0]!.released, two.readers[0]!.released]).toEqual([1, 1]);
    await expect(withQuestion(bitmaps, {}, () => Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
    expect(await withQuestion(bitmaps, {}, async (question) => question.operands.readers.length)).toBe(4);
    expect(one.readers.map(({ released }) => released)).toEqual([1, 1, 1]);
  });

  it('are frozen together, or refused', async () => {
    const [one, two] = [new MemoryStore(), new MemoryStore()];
    await one.put('a', Uint8Array.of(1, 2));
    await one.put('b', Uint8Array.of(3));
    const [a, b] = [bitmap(one, 'a'), bitmap(one, 'b')];
    const frozen = await openOperands([a, b], { maxBytes: 3 }, true);
    await one.put('a', Uint8Array.of(9));
    expect(frozen.readers[0]).toBe(frozen.readers[1]);
    expect(await frozen.byteLengths()).toEqual([2, 1]);
    await expect(openOperands([a, b], { maxBytes: 1 }, true)).rejects.toThrow(
      'expected to read at most 1 byte, got a question that needs 2 bytes of 2 bitmaps',
    );
    await expect(openOperands([a, bitmap(two, 'a')], {}, true)).rejects.toThrow(
      'expected a consistent read from one store, got bitmaps of 2 stores',
    );
    await expect(openOperands([bitmap(new CountingStore(one), 'a')], {}, true)).rejects.toThrow(
      'expected a store that can read several bitmaps as of one moment, got one that cannot',
    );
    expect((await openOperands([], {}, true)).readers).toEqual([]);
  });
});
