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
  return { pace, read };
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
    const { pace, read } = link();
    expect(await read(2 * MIB, 100)).toBe(2 * MIB);
    expect(pace.bytesPerMs).toBe((2 * MIB) / 100);
  });

  it('is without bounds if it need not be waited for', async () => {
    const { pace, read } = link();
    await read(2 * MIB, 0);
    expect(pace.bytesPerMs).toBe(UNKNOWN);
  });

  it('is that of the fastest of the last four reads', async () => {
    const { pace, read } = link();
    await read(MIB, 10);
    for (let slower = 0; slower < 3; slower++) await read(MIB, 1000);
    expect(pace.bytesPerMs).toBe(MIB / 10);
    await read(MIB, 500);
    expect(pace.bytesPerMs).toBe(MIB / 500);
  });

  it('is shared by reads of the same time', async () => {
    let waitedMs = 0;
    const pace = new Pace(() => waitedMs);
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
    const { pace, read } = link();
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
