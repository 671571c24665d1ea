import { expect, it, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { joinChunks } from '../../../src/formats/bytes.js';
import { encodeHeader } from '../../../src/formats/clickhouse/rowbinary.js';
import { writeRowBinary } from '../../../src/store/clickhouse/rows.js';
import { MemoryStore } from '../../../src/store/memory.js';

it('writes a row for each key that begins with the prefix, and no other', async () => {
  const store = new MemoryStore();
  await store.put('sessions', Uint8Array.of(1));
  await store.put('b_x_2026-11-2', Uint8Array.of(0x41));
  const progress: number[] = [];
  const options = { prefix: 'b_', onProgress: (keys: number) => progress.push(keys) };
  const bytes = Buffer.from(await joinChunks(writeRowBinary(store, options)));
  const start = Buffer.alloc(8);
  start.writeBigInt64LE(BigInt(Date.UTC(2026, 10, 2) / 1000));
  expect(bytes.subarray(encodeHeader().length).toString('latin1')).toBe(
    `\x01x\x03day\x0a2026-11-02${start.toString('latin1')}\0\x02\x01\0\0\0\x07\0\0\0`,
  );
  expect(progress).toEqual([1]);
});

it('refuses a key that is not that of an event in a period', async () => {
  const store = new MemoryStore();
  await store.put('trackist_x', Uint8Array.of(1));
  await expect(joinChunks(writeRowBinary(store))).rejects.toThrow(
    new StoreError('expected a key of an event and a period, got "trackist_x"'),
  );
});

it('writes long bitmaps as one state: read in pieces, or as a store in this process keeps them', async () => {
  const store = new MemoryStore();
  await store.write([{ key: 'trackist_x_u', ids: [1, 2 ** 27], value: 1 }]);
  const read = vi.spyOn(store, 'read');
  const kept = Buffer.from(await joinChunks(writeRowBinary(store)));
  expect(kept.subarray(-10).toString('latin1')).toBe('\0\x02\x01\0\0\0\0\0\0\x08');
  expect(read).not.toHaveBeenCalled();
  Object.assign(store, { resident: undefined });
  expect(Buffer.from(await joinChunks(writeRowBinary(store)))).toEqual(kept);
  expect(read).toHaveBeenCalled();
});
