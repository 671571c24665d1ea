import { describe, expect, it } from 'vitest';
import { sendAll, sendOne } from '../../src/base/requests.js';

/** Requests that are answered by hand. */
class Desk {
  readonly open = new Map<number, { resolve(): void; reject(error: Error): void }>();
  readonly sent: number[] = [];

  readonly send = (item: number): Promise<string> => {
    this.sent.push(item);
    return new Promise((resolve, reject) => {
      this.open.set(item, { resolve: () => resolve(`re ${item}`), reject });
    });
  };
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const passing = { limitMs: 60, isWorthwhile: (error: unknown) => (error as Error).message === 'passing' };

describe('requests', () => {
  it('leave at once up to the bound, and one more for each that is answered', async () => {
    const desk = new Desk();
    const received: [string, number][] = [];
    const sending = sendAll({
      items: [1, 2, 3, 4],
      maxInFlight: 2,
      send: desk.send,
      receive: (reply, item) => void received.push([reply, item]),
    });
    expect(desk.sent).toEqual([1, 2]);
    desk.open.get(2)!.resolve();
    await tick();
    expect(desk.sent).toEqual([1, 2, 3]);
    for (const item of [1, 3]) desk.open.get(item)!.resolve();
    await tick();
    desk.open.get(4)!.resolve();
    await sending;
    expect(received).toEqual([
      ['re 2', 2],
      ['re 1', 1],
      ['re 3', 3],
      ['re 4', 4],
    ]);
  });

  it('draw their items only as room is made, and end with what drawing ends with', async () => {
    await sendAll({ items: [], maxInFlight: 2, send: async () => {} });
    let drawn = 0;
    function* items() {
      for (; drawn < 5; drawn++) yield drawn;
      throw new Error('drawn out');
    }
    const desk = new Desk();
    const ending = expect(sendAll({ items: items(), maxInFlight: 2, send: desk.send })).rejects.toThrow(
      'drawn out',
    );
    expect(drawn).toBe(1);
    for (let item = 0; item < 5; item++) {
      desk.open.get(item)!.resolve();
      await tick();
    }
    await ending;
    await expect(sendAll({ items: items(), maxInFlight: 2, send: desk.send })).rejects.toThrow('drawn out');
  });

  it('end with the first that fails, and drop what comes later', async () => {
    const desk = new Desk();
    const received: string[] = [];
    const sending = sendAll({
      items: [1, 2, 3, 4],
      maxInFlight: 3,
      send: desk.send,
      receive: (reply) => void received.push(reply),
      fail: async (error, item) => new Error(`${item}: ${(error as Error).message}`),
    });
    desk.open.get(2)!.reject(new Error('no'));
    desk.open.get(1)!.resolve();
    await expect(sending).rejects.toThrow('2: no');
    desk.open.get(3)!.resolve();
    await tick();
    expect([desk.sent, received]).toEqual([[1, 2, 3], []]);
    const alone = sendAll({ items: [5], maxInFlight: 1, send: () => Promise.reject(new Error('as it is')) });
    await expect(alone).rejects.toThrow('as it is');
  });

  it('go on after one that may fail', async () => {
    const failed: number[] = [];
    await sendAll({
      items: [1, 2, 3],
      maxInFlight: 1,
      send: async (item) => {
        if (item === 2) throw new Error('no');
      },
      fail: (_, item) => {
        failed.push(item);
        return undefined;
      },
    });
    expect(failed).toEqual([2]);
  });

  it('end when the signal fires, in a pause too, and send nothing more', async () => {
    const controller = new AbortController();
    const desk = new Desk();
    let tries = 0;
    const request = { maxInFlight: 2, signal: controller.signal };
    const sending = sendAll({ ...request, items: [1, 2, 3], send: desk.send });
    const pausing = sendAll({
      ...request,
      items: [1],
      repeats: { ...passing, limitMs: 1e9 },
      send: async () => {
        tries += 1;
        throw new Error('passing');
      },
    });
    await tick();
    controller.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
    await expect(pausing).rejects.toThrow('enough');
    desk.open.get(1)!.resolve();
    await tick();
    expect([desk.sent, tries]).toEqual([[1, 2], 1]);
    await expect(sendAll({ ...request, items: [4], send: desk.send })).rejects.toThrow('enough');
    expect(desk.sent).toEqual([1, 2]);
  });

  it('are repeated after pauses while that is worthwhile, each with patience of its own', async () => {
    const tries = new Map<number, number>();
    const sending = sendAll({
      items: [1, 2],
      maxInFlight: 1,
      repeats: passing,
      send: async (item) => {
        tries.set(item, (tries.get(item) ?? 0) + 1);
        if (item === 2 || tries.get(item)! < 3) throw new Error('passing');
      },
    });
    // Pauses of 20 and 40 milliseconds fill the limit.
    await expect(sending).rejects.toThrow('passing');
    expect([...tries]).toEqual([
      [1, 3],
      [2, 3],
    ]);
  });
});

describe('a single request', () => {
  it('is sent again while that is worthwhile, and fails with its own error after that', async () => {
    for (const [message, least, most] of [
      ['passing', 3, 4],
      ['lasting', 1, 1],
    ] as const) {
      let sent = 0;
      const send = () => {
        sent += 1;
        return Promise.reject(new Error(message));
      };
      await expect(sendOne(send, passing, undefined)).rejects.toThrow(message);
      expect(sent).toBeGreaterThanOrEqual(least);
      expect(sent).toBeLessThanOrEqual(most);
    }
    let failures = 2;
    const send = () => (failures-- > 0 ? Promise.reject(new Error('passing')) : Promise.resolve('done'));
    expect(await sendOne(send, passing, undefined)).toBe('done');
  });

  it('ends with the reason of its signal, under way and in a pause, and is not sent again', async () => {
    for (const answer of [() => new Promise<never>(() => {}), () => Promise.reject(new Error('passing'))]) {
      const controller = new AbortController();
      let sent = 0;
      const send = () => {
        sent += 1;
        return answer();
      };
      const sending = sendOne(send, { ...passing, limitMs: 10_000 }, controller.signal);
      await tick();
      controller.abort(new Error('enough'));
      await expect(sending).rejects.toThrow('enough');
      await expect(sendOne(send, passing, controller.signal)).rejects.toThrow('enough');
      expect(sent).toBe(1);
    }
  });
});
