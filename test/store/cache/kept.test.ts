import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../../src/bitmap/bitmap.js';
import { KeptBitmaps } from '../../../src/store/cache/kept.js';
import type { Recording } from '../../../src/store/cache/recording.js';

const CONTAINER_BYTES = 8192;
/** What a bitmap takes of which nothing is known yet: its key and its objects. */
const EMPTY_BYTES = 300;

function dense(byteLength: number): Uint8Array {
  return new Uint8Array(byteLength).fill(0x5a);
}

function keep(kept: KeptBitmaps, key: string, bytes: Uint8Array): void {
  const recording = kept.begin(key)!;
  kept.update(key, recording, () => recording.expect(bytes.length));
  kept.update(key, recording, () => recording.add(0, bytes));
}

/** What a bitmap of one dense container takes. */
function containerSize(): number {
  const kept = new KeptBitmaps(1e6);
  keep(kept, 'k', dense(CONTAINER_BYTES));
  return kept.byteSize;
}

const keysOf = (kept: KeptBitmaps, ...keys: string[]) =>
  keys.filter((key) => kept.get(key) !== undefined).join('');

describe('kept bitmaps', () => {
  it('are whole when their last byte has come by, and not before', () => {
    const kept = new KeptBitmaps(1e6);
    const bytes = dense(2 * CONTAINER_BYTES + 100);
    const recording = kept.begin('k')!;
    expect([kept.byteSize, kept.counts]).toEqual([EMPTY_BYTES, { whole: 0, partial: 1 }]);
    kept.update('k', recording, () => recording.expect(bytes.length));
    kept.update('k', recording, () => recording.add(0, bytes.subarray(0, CONTAINER_BYTES)));
    expect(kept.byteSize).toBeGreaterThan(EMPTY_BYTES + CONTAINER_BYTES);
    // Neither what came before, nor what leaves a gap, nor what ends in the middle.
    for (const [from, to] of [
      [0, CONTAINER_BYTES],
      [2 * CONTAINER_BYTES, 2 * CONTAINER_BYTES + 100],
      [CONTAINER_BYTES, 2 * CONTAINER_BYTES - 16],
      [CONTAINER_BYTES, CONTAINER_BYTES + 16],
    ] as const) {
      kept.update('k', recording, () => recording.add(from, bytes.subarray(from, to)));
      expect(recording.bitmap.byteLength).toBe(CONTAINER_BYTES);
    }
    expect([kept.get('k'), kept.use('k'), kept.partOf('k')]).toEqual([undefined, undefined, recording]);
    kept.update('k', recording, () => recording.add(CONTAINER_BYTES, bytes.subarray(CONTAINER_BYTES)));
    expect(kept.partOf('k')).toBeUndefined();
    expect(kept.counts).toEqual({ whole: 1, partial: 0 });
    const target = new Uint8Array(bytes.length);
    kept.use('k')!.readInto(target, 0);
    expect(target).toEqual(bytes);
  });

  it('leave their stamps when they make room, until they are dropped, cleared or whole again', () => {
    const size = containerSize();
    const kept = new KeptBitmaps(size * 2.5);
    for (const key of ['a', 'b']) keep(kept, key, dense(CONTAINER_BYTES));
    const [a, b] = [kept.stampOf('a'), kept.stampOf('b')];
    expect(a).toEqual(expect.any(Number));
    for (const key of ['c', 'd', 'e']) keep(kept, key, dense(CONTAINER_BYTES));
    expect([keysOf(kept, 'a', 'b', 'c', 'd', 'e'), kept.stampOf('a'), kept.stampOf('b')]).toEqual([
      'de',
      a,
      b,
    ]);
    const again = kept.begin('a')!;
    kept.abandon(new Map([['a', again]]));
    expect(kept.stampOf('a')).toBe(a);
    keep(kept, 'a', dense(CONTAINER_BYTES));
    expect(kept.stampOf('a')).not.toBe(a);
    kept.drop('b');
    expect(kept.stampOf('b')).toBeUndefined();
    // What was never whole leaves none.
    kept.begin('f');
    for (const key of ['g', 'h', 'i']) keep(kept, key, dense(CONTAINER_BYTES));
    expect([kept.stampOf('f'), kept.stampOf('c')]).toEqual([undefined, expect.any(Number)]);
    kept.clear();
    expect(kept.stampOf('c')).toBeUndefined();
  });

  it('leave so many stamps and no more', () => {
    const kept = new KeptBitmaps(EMPTY_BYTES * 2);
    for (let key = 0; key < 20_010; key += 1)
      kept.put(`${key}`, { bitmap: new Bitmap(), digest: undefined }, key);
    expect([kept.stampOf('0'), kept.stampOf('20000')]).toEqual([undefined, 20_000]);
  });

  it('are not taken to be longer than they were said to be', () => {
    const kept = new KeptBitmaps(1e6);
    const recording = kept.begin('k')!;
    kept.update('k', recording, () => recording.expect(CONTAINER_BYTES + 10));
    kept.update('k', recording, () => recording.add(0, dense(CONTAINER_BYTES)));
    kept.update('k', recording, () => recording.add(CONTAINER_BYTES, dense(100)));
    expect([kept.get('k'), recording.bitmap.byteLength]).toEqual([undefined, CONTAINER_BYTES]);
  });

  it('remember that there is nothing under a key', () => {
    const kept = new KeptBitmaps(1e6);
    keep(kept, 'k', new Uint8Array(0));
    expect(kept.use('k')?.byteLength).toBe(0);
    expect([kept.byteSize, kept.counts]).toEqual([EMPTY_BYTES, { whole: 1, partial: 0 }]);
  });

  it('are begun once at a time', () => {
    const kept = new KeptBitmaps(1e6);
    const first = kept.begin('k');
    expect([first === undefined, kept.begin('k')]).toEqual([false, undefined]);
    kept.drop('k');
    const second = kept.begin('k');
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
    expect(kept.byteSize).toBe(EMPTY_BYTES);
  });

  it('make room in the order in which they were used, up to the last byte there is', () => {
    const size = containerSize();
    const kept = new KeptBitmaps(3 * size);
    for (const key of ['a', 'b', 'c']) keep(kept, key, dense(CONTAINER_BYTES));
    expect([kept.byteSize, keysOf(kept, 'a', 'b', 'c')]).toEqual([3 * size, 'abc']);
    kept.use('a');
    keep(kept, 'd', dense(CONTAINER_BYTES));
    expect([kept.byteSize, keysOf(kept, 'a', 'b', 'c', 'd')]).toEqual([3 * size, 'acd']);
    // Looking does not use.
    kept.get('c');
    keep(kept, 'e', dense(CONTAINER_BYTES));
    expect(keysOf(kept, 'a', 'b', 'c', 'd', 'e')).toBe('ade');
    const less = new KeptBitmaps(3 * size - 1);
    for (const key of ['a', 'b', 'c']) keep(less, key, dense(CONTAINER_BYTES));
    expect([less.byteSize, keysOf(less, 'a', 'b', 'c')]).toEqual([2 * size, 'bc']);
  });

  it('that are under way make room like all others, the one that grows last', () => {
    const size = containerSize();
    const kept = new KeptBitmaps(3 * size);
    const begun = new Map<string, Recording>();
    for (const key of ['a', 'b', 'c', 'd']) begun.set(key, kept.begin(key)!);
    for (const [key, recording] of begun)
      kept.update(key, recording, () => recording.expect(2 * CONTAINER_BYTES));
    const grow = (key: string) => {
      const recording = begun.get(key)!;
      kept.update(key, recording, () => recording.add(recording.bitmap.byteLength, dense(CONTAINER_BYTES)));
    };
    grow('b');
    grow('c');
    // Of the four, `a` and `d` were used before the others.
    grow('d');
    expect(['a', 'b', 'c', 'd'].filter((key) => kept.partOf(key) !== undefined)).toEqual(['b', 'c', 'd']);
    grow('b');
    expect([kept.partOf('c'), keysOf(kept, 'b')]).toEqual([undefined, 'b']);
    expect(kept.byteSize).toBeLessThanOrEqual(3 * size);
    // What was dropped does not come back.
    grow('c');
    expect(kept.partOf('c')).toBeUndefined();
    expect(kept.counts).toEqual({ whole: 1, partial: 1 });
  });

  it('are remembered as too large if they are, without their bytes, until they are dropped', () => {
    const size = containerSize();
    const kept = new KeptBitmaps(2 * size);
    const recording = kept.begin('large')!;
    kept.update('large', recording, () => recording.expect(4 * CONTAINER_BYTES));
    for (let at = 0; at < 4; at += 1) {
      kept.update('large', recording, () => recording.add(at * CONTAINER_BYTES, dense(CONTAINER_BYTES)));
    }
    expect(kept.byteSize).toBe(EMPTY_BYTES);
    expect([kept.get('large'), kept.partOf('large'), kept.begin('large')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(kept.counts).toEqual({ whole: 0, partial: 0 });
    keep(kept, 'a', dense(CONTAINER_BYTES));
    expect(keysOf(kept, 'a')).toBe('a');
    kept.abandon(new Map([['large', recording]]));
    expect(kept.begin('large')).toBeUndefined();
    kept.drop('large');
    expect(kept.begin('large')).toBeDefined();
  });

  it('of a question that has ended are dropped, but for those that are whole or of another', () => {
    const kept = new KeptBitmaps(1e6);
    const [a, b, c] = ['a', 'b', 'c'].map((key) => kept.begin(key)!) as [Recording, Recording, Recording];
    kept.update('b', b, () => b.expect(0));
    kept.drop('c');
    const other = kept.begin('c');
    kept.abandon(new Map(Object.entries({ a, b, c })));
    expect([kept.partOf('a'), kept.get('b')?.byteLength, kept.partOf('c')]).toEqual([undefined, 0, other]);
    expect(kept.byteSize).toBe(2 * EMPTY_BYTES);
  });

  it('are gone when they are dropped, all of them when they are cleared, and late news of them changes nothing', () => {
    const kept = new KeptBitmaps(1e6);
    const recording = kept.begin('k')!;
    keep(kept, 'whole', dense(100));
    kept.drop('k');
    kept.drop('missing');
    let told = 0;
    kept.update('k', recording, () => {
      told += 1;
    });
    expect([told, kept.counts]).toEqual([0, { whole: 1, partial: 0 }]);
    kept.clear();
    expect([kept.byteSize, kept.get('whole'), kept.counts]).toEqual([0, undefined, { whole: 0, partial: 0 }]);
  });

  it('have no room for anything in less than one takes', () => {
    const kept = new KeptBitmaps(EMPTY_BYTES - 1);
    const recording = kept.begin('k')!;
    kept.update('k', recording, () => recording.expect(0));
    expect([kept.byteSize, kept.get('k')]).toEqual([0, undefined]);
    const enough = new KeptBitmaps(EMPTY_BYTES);
    keep(enough, 'k', new Uint8Array(0));
    expect(enough.get('k')?.byteLength).toBe(0);
  });
});
