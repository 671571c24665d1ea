import { afterEach, describe, expect, it, vi } from 'vitest';
import { Pace } from '../../../src/store/redis/pace.js';

const MIB = 2 ** 20;
const UNKNOWN = Number.POSITIVE_INFINITY;

/** A link whose reads take what they are told to. */
function link() {
  let waitedMs = 0;
  const pace = new Pace(() => waitedMs);
  const read = (bytes: number, ms: number) =>
    pace.measure(
      async () => {
        waitedMs += ms;
        return bytes;
      },
      (found) => found,
    );
  const answer = (ms: number) => read(0, ms);
  return { pace, read, answer };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the pace of a link', () => {
  it('is unknown at first, and of what is short', async () => {
    const { pace, read } = link();
    expect(pace.bytesPerMs).toBe(UNKNOWN);
    await read(MIB / 2 - 1, 1000);
    expect(pace.bytesPerMs).toBe(UNKNOWN);
  });

  it('is what comes in while nothing else is to be done', async () => {
    const { pace, read, answer } = link();
    await answer(0);
    expect(await read(2 * MIB, 100)).toBe(2 * MIB);
    expect(pace.bytesPerMs).toBe((2 * MIB) / 100);
  });

  it('is without bounds if it need not be waited for', async () => {
    const { pace, read } = link();
    await read(2 * MIB, 0);
    expect(pace.bytesPerMs).toBe(UNKNOWN);
  });

  it('leaves out the way there and back, once it is known', async () => {
    const { pace, read, answer } = link();
    await read(MIB, 120);
    expect(pace.bytesPerMs).toBe(UNKNOWN);
    for (const ms of [20, 300]) await answer(ms);
    expect(pace.bytesPerMs).toBe(MIB / 100);
    for (let later = 0; later < 7; later++) await answer(70);
    expect(pace.bytesPerMs).toBe(MIB / 50);
    await answer(130);
    await read(MIB, 5);
    expect(pace.bytesPerMs).toBe(UNKNOWN);
  });

  it('is the middle one of the last five reads, the faster one of two', async () => {
    const { pace, read, answer } = link();
    await answer(0);
    const seen: number[] = [];
    for (const ms of [10, 1000, 500, 400, 1000, 1000, 20]) {
      await read(MIB, ms);
      seen.push(MIB / pace.bytesPerMs);
    }
    expect(seen.map(Math.round)).toEqual([10, 10, 500, 400, 500, 1000, 500]);
  });

  it('is shared by reads of the same time', async () => {
    let waitedMs = 0;
    const pace = new Pace(() => waitedMs);
    await pace.measure(
      async () => {},
      () => 0,
    );
    const ends: ((bytes: number) => void)[] = [];
    const reads = [0, 1].map(() =>
      pace.measure(
        () => new Promise<number>((resolve) => ends.push(resolve)),
        (bytes) => bytes,
      ),
    );
    waitedMs = 100;
    for (const [index, read] of reads.entries()) {
      ends[index]!(MIB);
      await read;
    }
    expect(pace.bytesPerMs).toBe((2 * MIB) / 100);
  });

  it('is forgotten after a minute', async () => {
    vi.useFakeTimers();
    const { pace, read, answer } = link();
    await answer(0);
    await read(MIB, 100);
    vi.advanceTimersByTime(59_000);
    expect(pace.bytesPerMs).toBe(MIB / 100);
    vi.advanceTimersByTime(2000);
    expect(pace.bytesPerMs).toBe(UNKNOWN);
  });

  it('is left alone by a read that fails', async () => {
    const { pace } = link();
    const failed = pace.measure(
      () => Promise.reject(new Error('gone')),
      () => MIB,
    );
    await expect(failed).rejects.toThrow('gone');
    expect(pace.bytesPerMs).toBe(UNKNOWN);
  });
});
