import { describe, expect, it } from 'vitest';
import { MarkBatch } from '../../src/events/batch.js';
import { MarkKeys } from '../../src/events/marks.js';
import type { Scope } from '../../src/events/scope.js';
import { Segments } from '../../src/events/segments.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { BitWrite, WriteOptions } from '../../src/store/types.js';

/** Keeps what it is asked to write, unless it fails. */
class RecordingStore extends MemoryStore {
  readonly calls: { writes: readonly BitWrite[]; options: WriteOptions | undefined }[] = [];
  failure: Error | undefined;

  override async write(writes: readonly BitWrite[], options?: WriteOptions): Promise<void> {
    this.calls.push({ writes, options });
    if (this.failure !== undefined) throw this.failure;
  }
}

function open() {
  const store = new RecordingStore();
  const scope: Scope = {
    store,
    prefix: 'p_',
    timeZone: 'UTC',
    segments: new Segments(),
    storedKeys: new Set(),
    defaults: {},
    now: () => '2026-11-22T13:00',
  };
  const batch = new MarkBatch(scope, (options) => new MarkKeys('p_', 'UTC', options, String));
  const written = () =>
    store.calls.map(({ writes }) => writes.map(({ key, ids, value }) => [key, Array.from(ids), value]));
  return { store, batch, written };
}

describe('a batch of marks', () => {
  it('is one atomic write of all that was collected, in order', async () => {
    const { store, batch, written } = open();
    batch.markEvent('a', [1, 2]).unmarkEvent('a', 3, { now: '2026-11-30', trackUnique: true });
    batch.markUnique('b', Uint32Array.of(4)).unmarkUnique('b', 5);
    const signal = new AbortController().signal;
    await batch.send({ signal });
    expect(written()).toEqual([
      [
        ['p_a_2026-11', [1, 2], 1],
        ['p_a_W2026-47', [1, 2], 1],
        ['p_a_2026-11-22', [1, 2], 1],
        ['p_a_2026-11', [3], 0],
        ['p_a_W2026-49', [3], 0],
        ['p_a_2026-11-30', [3], 0],
        ['p_a_u', [3], 0],
        ['p_b_u', [4], 1],
        ['p_b_u', [5], 0],
      ],
    ]);
    expect(store.calls[0]!.options).toEqual({ signal, atomic: true });
  });

  it('writes nothing if nothing was collected since it was sent', async () => {
    const { batch, written } = open();
    await batch.send();
    await batch.markUnique('a', 1).send();
    await batch.send();
    expect(written()).toEqual([[['p_a_u', [1], 1]]]);
  });

  it('is as before if something is no id, name or moment', async () => {
    const { batch, written } = open();
    batch.markUnique('a', 1);
    expect(() => batch.markEvent('a', [2, -1])).toThrow('expected an id in [0, 2^32), got -1');
    expect(() => batch.markEvent('a', 2, { now: 'soon' })).toThrow('expected an ISO 8601 date');
    expect(() => batch.unmarkUnique('', 2)).toThrow('expected an event name, got an empty string');
    await batch.send();
    expect(written()).toEqual([[['p_a_u', [1], 1]]]);
  });

  it('takes ids as they are when they are added', async () => {
    const { batch, written } = open();
    const ids = [1, 2];
    const typed = Uint32Array.of(1, 2);
    batch.markUnique('a', ids).markUnique('b', typed);
    ids.push(3);
    typed[0] = 3;
    await batch.send();
    expect(written()).toEqual([
      [
        ['p_a_u', [1, 2], 1],
        ['p_b_u', [1, 2], 1],
      ],
    ]);
  });

  it('refuses ids that are missing from an array', () => {
    const { batch } = open();
    const ids = [1, 2, 3];
    delete ids[1];
    expect(() => batch.markUnique('a', ids)).toThrow(
      'expected an id that is a number in [0, 2^32), got undefined',
    );
  });

  it('keeps what was sent in vain before what was added meanwhile', async () => {
    const { store, batch, written } = open();
    store.failure = new Error('no connection');
    const sending = batch.markUnique('a', 1).send();
    batch.markUnique('b', 2);
    await expect(sending).rejects.toThrow('no connection');
    store.failure = undefined;
    await batch.send();
    expect(written().at(-1)).toEqual([
      ['p_a_u', [1], 1],
      ['p_b_u', [2], 1],
    ]);
  });
});
