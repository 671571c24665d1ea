import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../src/bitmap/bitmap.js';
import { MemoryStore } from '../../src/store/memory.js';
import { readBitmap, WholeReader } from '../../src/store/whole.js';
import { CountingStore } from '../support/store/counting.js';

describe('a bitmap that is fetched as a whole', () => {
  it('is read in pieces, and is as long as it was', async () => {
    const memory = new MemoryStore();
    await memory.write([{ key: 'k', ids: [0, 8_388_608, 20_000_000], value: 1 }]);
    await memory.write([{ key: 'k', ids: [25_000_000], value: 0 }]);
    const store = new CountingStore(memory);
    const bitmap = await readBitmap(store, 'k');
    expect([bitmap.byteLength, ...bitmap.ids()]).toEqual([3_125_001, 0, 8_388_608, 20_000_000]);
    expect(store.calls).toMatchObject({ byteLengths: 1, read: 3 });
    expect((await readBitmap(store, 'missing')).byteLength).toBe(0);
  });

  it('is fetched once, whatever is asked of it and however many ask at a time', async () => {
    const fetched: string[][] = [];
    const reader = new WholeReader(async (keys, keep) => {
      fetched.push([...keys]);
      for (const key of keys)
        keep(key, key === 'missing' ? new Bitmap() : Bitmap.fromBytes(Uint8Array.of(0, 1)));
    });
    expect(reader.resident('a')).toBeUndefined();
    const target = new Uint8Array(3).fill(9);
    const [byteLengths] = await Promise.all([
      reader.byteLengths(['a', 'missing', 'a']),
      reader.read([{ key: 'a', byteOffset: 1, target }]),
      reader.occupied(['a', 'b'], [2, 2]),
    ]);
    expect(byteLengths).toEqual([2, 0, 2]);
    expect([...target]).toEqual([1, 0, 0]);
    expect(fetched.filter(({ length }) => length > 0)).toEqual([['a', 'missing'], ['b']]);
    expect([...reader.resident('b')!.ids()]).toEqual([15]);
    expect(await reader.occupied(['a', 'missing'], [2, 0])).toEqual([[{ byteOffset: 1, byteLength: 1 }], []]);
  });

  it('is fetched again if that failed, and not waited for once the signal has fired', async () => {
    let failures = 1;
    const reader = new WholeReader(async (keys, keep) => {
      if (failures-- > 0) throw new Error('gone');
      for (const key of keys) keep(key, new Bitmap());
    });
    await expect(reader.byteLengths(['a'])).rejects.toThrow('gone');
    expect(await reader.byteLengths(['a'])).toEqual([0]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(reader.byteLengths(['a'], { signal })).rejects.toThrow('enough');
  });
});
