import { describe, expect, it } from 'vitest';
import { Call, signalOfAll } from '../../../src/store/redis/call.js';

/** A call that waits until its signal aborts. */
function callWith(controller: AbortController | undefined): Call {
  const call = new Call([], 0, controller?.signal);
  call.promise.catch(() => {});
  return call;
}

describe('the signal of several calls', () => {
  it('aborts with the last of those that are not over, whatever became of the others', () => {
    const controllers = [1, 2, 3].map(() => new AbortController());
    const calls = controllers.map(callWith);
    controllers[0]!.abort();
    const signal = signalOfAll(calls)!;
    controllers[1]!.abort();
    expect(signal.aborted).toBe(false);
    controllers[2]!.abort(new Error('enough'));
    expect(signal.reason).toEqual(new Error('enough'));
  });

  it('is none while a call waits that has none', () => {
    const calls = [callWith(new AbortController()), callWith(undefined)];
    expect(signalOfAll(calls)).toBe(undefined);
    calls[1]!.resolve();
    expect(signalOfAll(calls)?.aborted).toBe(false);
  });

  it('has aborted if all calls are over', () => {
    const call = callWith(undefined);
    call.resolve();
    expect(signalOfAll([call])?.aborted).toBe(true);
  });
});
