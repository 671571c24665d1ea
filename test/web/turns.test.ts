import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Turns, waitFor } from '../../src/web/turns.js';

describe('turns', () => {
  it('are so many at once, however often one is ended', () => {
    const turns = new Turns(2, 1000);
    const { signal } = new AbortController();
    const [first, second] = [turns.begin(signal), turns.begin(signal)];
    expect(() => turns.begin(signal)).toThrow('too many questions at once');
    first.end();
    first.end();
    const third = turns.begin(signal);
    expect(() => turns.begin(signal)).toThrow(
      expect.objectContaining({ status: 503, headers: { 'retry-after': '1' } }),
    );
    second.end();
    third.end();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('end when their time is up', async () => {
    const turn = new Turns(1, 1).begin(new AbortController().signal);
    await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
    expect(turn.signal.reason).toMatchObject({ status: 504, message: 'no answer within 1 ms' });
    turn.end();
  });

  it('end when who asked leaves, or has left', () => {
    const client = new AbortController();
    const turns = new Turns(2, 1000);
    const turn = turns.begin(client.signal);
    client.abort();
    const late = turns.begin(client.signal);
    for (const { signal, end } of [turn, late]) {
      expect(signal.reason).toMatchObject({ status: 499 });
      end();
    }
  });
});

describe('waiting for what others wait for too', () => {
  it('ends with it, or with the signal, and leaves no listener', async () => {
    const controller = new AbortController();
    expect(await waitFor(Promise.resolve(7), controller.signal)).toBe(7);
    await expect(waitFor(Promise.reject(new Error('no')), controller.signal)).rejects.toThrow('no');
    const waiting = waitFor(new Promise(() => {}), controller.signal);
    controller.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await expect(waitFor(new Promise(() => {}), controller.signal)).rejects.toThrow('left');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});
