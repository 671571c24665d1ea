import { describe, expect, it } from 'vitest';
import { type RedisStoreOptions, settingsOf } from '../../../src/store/redis/options.js';

describe('options of a Redis store', () => {
  it('have values that hold if nothing is said', () => {
    const defaults = {
      maxInFlight: 1000,
      retryMs: 10_000,
      readStrategy: 'auto',
      scripts: true,
      maxKeyBytes: 2 ** 26,
    };
    expect(settingsOf({})).toEqual(defaults);
    expect(settingsOf({ maxInFlight: undefined, scripts: undefined })).toEqual(defaults);
    const chosen: RedisStoreOptions = {
      maxInFlight: 1,
      retryMs: 0,
      readStrategy: 'whole',
      scripts: false,
      maxKeyBytes: 5,
    };
    expect(settingsOf(chosen)).toEqual(chosen);
  });

  it.each<[RedisStoreOptions, string]>([
    [{ maxInFlight: 0 }, 'expected maxInFlight to be a positive integer, got 0'],
    [{ maxInFlight: 1.5 }, 'expected maxInFlight to be a positive integer, got 1.5'],
    [{ retryMs: -1 }, 'expected retryMs to be 0 or more milliseconds, got -1'],
    [{ retryMs: Number.NaN }, 'expected retryMs to be 0 or more milliseconds, got NaN'],
    [{ readStrategy: 'some' as 'whole' }, 'expected the read strategy auto, ranges or whole, got some'],
  ])('%j are refused', (options, message) => {
    expect(() => settingsOf(options)).toThrow(new RangeError(message));
  });
});
