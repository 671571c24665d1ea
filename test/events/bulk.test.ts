import { describe, expect, it } from 'vitest';
import { IncompleteMarksError } from '../../src/base/errors.js';
import { type BulkOptions, type MarkRows, markAll } from '../../src/events/bulk.js';
import { MarkKeys } from '../../src/events/marks.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { BitWrite, WriteOptions } from '../../src/store/types.js';

class RecordingStore extends MemoryStore {
  readonly calls: (readonly BitWrite[])[] = [];

  override async write(writes: readonly BitWrite[], options?: WriteOptions): Promise<void> {
    this.calls.push(writes);
    await super.write(writes, options);
  }
}

function mark(rows: MarkRows, options: BulkOptions = {}, store = new RecordingStore()) {
  return markAll({ store }, new MarkKeys('p_', 'UTC', options, String), rows, options);
}

const row = (id: number, at = '2026-11-22', event = 'a') => ({ event, id, at });

describe('marking many rows', () => {
  it('writes each key once, with the ids of all its rows', async () => {
    const store = new RecordingStore();
    const rows = [row(3), [row(1, '2026-11-23'), row(3)], row(2, '2026-11-22', 'b')];
    expect(await mark(rows, {}, store)).toEqual({ rows: 4, events: 2, ids: 3 });
    expect(store.calls.map((writes) => writes.map(({ key, ids }) => [key, Array.from(ids)]))).toEqual([
      [
        ['p_a_2026-11', [3, 3, 1]],
        ['p_a_W2026-47', [3, 3]],
        ['p_a_2026-11-22', [3, 3]],
        ['p_a_W2026-48', [1]],
        ['p_a_2026-11-23', [1]],
        ['p_b_2026-11', [2]],
        ['p_b_W2026-47', [2]],
        ['p_b_2026-11-22', [2]],
      ],
    ]);
  });

  it('marks the same as single marks do, hours and flags included', async () => {
    const store = new RecordingStore();
    await mark([row(1, '2026-11-22T13:05')], { trackHourly: true, trackUnique: true }, store);
    const keys: string[] = [];
    for await (const key of store.keys('p_')) keys.push(key);
    expect(keys.sort()).toEqual([
      'p_a_2026-11',
      'p_a_2026-11-22',
      'p_a_2026-11-22-13',
      'p_a_W2026-47',
      'p_a_u',
    ]);
  });

  it('writes nothing for no rows', async () => {
    const store = new RecordingStore();
    const progress: number[] = [];
    const options = { onProgress: ({ rows }: { rows: number }) => progress.push(rows) };
    expect(await mark([], options, store)).toEqual({ rows: 0, events: 0, ids: 0 });
    expect(await mark([[]], options, store)).toEqual({ rows: 0, events: 0, ids: 0 });
    expect([store.calls, progress]).toEqual([[], []]);
  });

  it('writes in batches of 250,000 rows and tells how far it has come', async () => {
    const store = new RecordingStore();
    const progress: number[] = [];
    const rows = Array.from({ length: 250_001 }, (_, index) => row(index % 10));
    await mark([rows], { onProgress: ({ rows }) => progress.push(rows) }, store);
    expect(progress).toEqual([250_000, 250_001]);
    expect(store.calls).toHaveLength(2);
  });

  it('writes the rows before an error, of theirs or of the source, and says how many', async () => {
    async function* failing() {
      yield row(1);
      throw new Error('no more');
    }
    for (const [rows, cause] of [
      [[row(1), row(-1)], 'expected an id in [0, 2^32), got -1'],
      [[row(1), row(2, 'soon')], 'expected an ISO 8601 date, got "soon"'],
      [[row(1), null as never], 'expected a row with event, id and at, got null'],
      [failing(), 'no more'],
    ] as [MarkRows, string][]) {
      const store = new RecordingStore();
      const error = await mark(rows, {}, store).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(IncompleteMarksError);
      expect(error).toMatchObject({ rowsWritten: 1, cause: { message: cause } });
      expect(await store.count('p_a_2026-11')).toBe(1);
    }
  });

  it('refuses what is nothing to draw rows from', async () => {
    await expect(mark(5 as never)).rejects.toThrow('expected rows to mark, got 5');
    await expect(mark(null as never)).rejects.toThrow(TypeError);
  });
});
