import { describe, expect, it } from 'vitest';
import { drawUntilAborted, onAbort, openIterable, pause, untilAborted } from '../../src/base/abort.js';

const never = new Promise<never>(() => {});

describe('a signal', () => {
  it('is listened to until that is ended, and heard at once if it has fired', () => {
    const controller = new AbortController();
    let heard = 0;
    const listen = (): void => {
      heard += 1;
    };
    onAbort(controller.signal, listen)();
    controller.abort();
    expect(heard).toBe(0);
    onAbort(controller.signal, listen);
    onAbort(undefined, listen)();
    expect(heard).toBe(1);
  });

  it('ends what is waited for, with its reason', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(controller.signal, never);
    const pausing = pause(1e8, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(pausing).rejects.toThrow('enough');
    await expect(untilAborted(controller.signal, Promise.resolve(1))).rejects.toThrow('enough');
  });

  it('that does not fire changes nothing', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(untilAborted(signal, Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(await untilAborted(undefined, Promise.resolve(2))).toBe(2);
    await pause(1, signal);
  });
});

describe('items that are drawn', () => {
  it('come in order, from what gives them at once or later', async () => {
    const { signal } = new AbortController();
    expect(await all(drawUntilAborted(openIterable([1, 2, 3]), signal))).toEqual([1, 2, 3]);
    async function* later() {
      yield* ['a', 'b'];
    }
    expect(await all(drawUntilAborted(openIterable(later()), undefined))).toEqual(['a', 'b']);
  });

  it('end with the reason of the signal, while the source is silent too, and let go of it', async () => {
    const controller = new AbortController();
    let cancelled = 0;
    const silent = {
      next: () => never,
      cancel: async () => {
        cancelled += 1;
      },
    };
    const drawing = drawUntilAborted(silent, controller.signal).next();
    controller.abort(new Error('enough'));
    await expect(drawing).rejects.toThrow('enough');
    expect(cancelled).toBe(1);
  });

  it('let go of a source that is left early, not of one that has ended', async () => {
    let cancelled = 0;
    const source = (length: number) => ({
      next: async () => (length-- > 0 ? { value: length } : { done: true as const, value: undefined }),
      cancel: async () => {
        cancelled += 1;
      },
    });
    for await (const _ of drawUntilAborted(source(3), undefined));
    expect(cancelled).toBe(0);
    for await (const _ of drawUntilAborted(source(3), undefined)) break;
    expect(cancelled).toBe(1);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const drawn: T[] = [];
  for await (const item of items) drawn.push(item);
  return drawn;
}
