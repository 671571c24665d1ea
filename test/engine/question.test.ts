import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../src/bitmapist.js';
import { bitmap, combine } from '../../src/engine/expression.js';
import { checkEvaluateOptions, checkThreads, openQuestion, withQuestion } from '../../src/engine/question.js';
import { MemoryStore } from '../../src/store/memory.js';
import { Team } from '../../src/threads/team.js';
import { CountingStore } from '../support/store/counting.js';

const store = new MemoryStore();
const [a, b] = [bitmap(store, 'a'), bitmap(store, 'b')];

describe('a question', () => {
  it('is what was asked of which bitmaps, and how, once and for all', async () => {
    const { signal } = new AbortController();
    const onProgress = () => {};
    const options = {
      signal,
      onProgress,
      memoryBytes: 5,
      maxBytes: 6,
      windowBytes: 7,
      kernel: 'js',
    } as const;
    const { parts, operands, ...rest } = await openQuestion([combine('or', [b, a]), a], options);
    expect(parts.bitmaps).toEqual([b, a]);
    expect(operands.keys).toEqual(['b', 'a']);
    expect(rest).toEqual(options);
    expect(await openQuestion([a], {})).toMatchObject({ kernel: 'auto', memoryBytes: undefined });
  });

  it('lets go of its readers when it is answered, and when it fails', async () => {
    let released = 0;
    const reader = Object.assign(new CountingStore(store), { release: () => (released += 1) });
    const held = bitmap(Object.assign(new MemoryStore(), { reader: () => reader }), 'a');
    expect(await withQuestion([held], {}, async () => released)).toBe(0);
    expect(released).toBe(1);
    await expect(withQuestion([held], {}, () => Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
    expect(released).toBe(2);
  });
});

describe('options', () => {
  it('are handed back if they make sense', () => {
    const options = { memoryBytes: 1, windowBytes: 1, maxBytes: 0, kernel: 'wasm' } as const;
    expect(checkEvaluateOptions(options)).toBe(options);
    expect(checkEvaluateOptions({ maxBytes: Number.POSITIVE_INFINITY, kernel: 'auto' })).toBeDefined();
  });

  it.each([
    [{ maxBytes: -1 }, 'expected maxBytes to be a whole number of at least 0, got -1'],
    [{ memoryBytes: 0 }, 'expected memoryBytes to be a whole number of at least 1, got 0'],
    [{ kernel: 'c' }, 'expected the kernel auto, wasm or js, got "c"'],
  ])('are refused if not: %o', (options, message) => {
    expect(() => checkEvaluateOptions(options as object)).toThrow(new RangeError(message));
  });
});

describe('threads', () => {
  it('are those of another instance, a team, or what one is made of', () => {
    const team = new Team({ threads: 2 });
    const shared = { wanted: 'auto' } as const;
    expect(checkThreads(shared)).toBe(shared);
    expect([team, 'auto', 2, 256].map((wanted) => checkThreads(wanted as 'auto')?.wanted)).toEqual([
      team,
      'auto',
      2,
      256,
    ]);
    expect([checkThreads(), checkThreads(1)]).toEqual([undefined, undefined]);
  });

  it.each([0, -1, 1.5, 257, Number.NaN, '2', 'all', true, null, [], {}, { threads: 2 }])(
    'are refused if they are %o',
    (threads) => {
      expect(() => new Bitmapist({ threads: threads as number })).toThrow(RangeError);
      expect(() => checkThreads(threads as number)).toThrow(
        /^expected threads to be auto, a whole number from 1 to 256 or a Team, got /,
      );
    },
  );
});
