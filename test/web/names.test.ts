import { describe, expect, it } from 'vitest';
import { Bitmapist, StoreError } from '../../src/index.js';
import { parseQuestion } from '../../src/measures.js';
import { MemoryStore } from '../../src/store/memory.js';
import { Names } from '../../src/web/names.js';

const { signal } = new AbortController();

/** A store whose list of keys is what `list` yields. */
function listing(
  list: (signal: AbortSignal | undefined) => AsyncGenerator<string, void, undefined>,
): Bitmapist {
  class Listing extends MemoryStore {
    override keys(
      _: string,
      options?: { signal?: AbortSignal | undefined },
    ): AsyncGenerator<string, void, undefined> {
      return list(options?.signal);
    }
  }
  return new Bitmapist({ store: new Listing() });
}

describe('names', () => {
  it('are listed for everybody, also if who asked first leaves', async () => {
    let times = 0;
    let go: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const bitmapist = listing(async function* () {
      times += 1;
      await gone;
      yield 'trackist_active_2026-11';
      yield 'trackist_pro_u';
    });
    const names = new Names(bitmapist, undefined, 10_000);
    const leaving = new AbortController();
    const first = names.offer(leaving.signal);
    const second = names.offer(signal);
    leaving.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    go();
    expect(await second).toEqual({ events: ['active', 'pro'], groups: ['pro'], isNone: false });
    expect((await names.list(signal)).events.map(({ name }) => name)).toEqual(['active', 'pro']);
    expect(times).toBe(1);
  });

  it('that take too long to list are typed, and said to be unknown neither', async () => {
    const bitmapist = listing(async function* (late) {
      await new Promise((_, reject) => late?.addEventListener('abort', () => reject(late.reason)));
      yield 'trackist_active_2026-11';
    });
    bitmapist.defineSegment('mine', 'active@{period}');
    const names = new Names(bitmapist, undefined, 10);
    expect(await names.offer(signal)).toEqual({ events: ['mine'], groups: ['mine'], isNone: false });
    const question = parseQuestion({ measure: 'trend', events: ['active'] });
    expect((await names.note(question, signal))[0]).toMatch(/^no answer whether there are the events/);
  });

  it('are listed again by the next if that failed', async () => {
    let times = 0;
    const bitmapist = listing(async function* () {
      times += 1;
      if (times === 1) throw new StoreError('no connection');
      yield 'trackist_active_2026-11';
    });
    const names = new Names(bitmapist, undefined, 1000);
    await expect(names.offer(signal)).rejects.toThrow('no connection');
    expect((await names.offer(signal)).events).toEqual(['active']);
  });

  it('of a question are those of its fields, expressions, groups and not of its own segments', async () => {
    const names = new Names(new Bitmapist(), ['known', { name: 'named', label: 'Named' }], 1000);
    const unknown = async (document: object): Promise<string[]> =>
      (await names.note(parseQuestion(document), signal)).map((note) => /"([^"]*)"/.exec(note)![1]!);
    expect(
      await unknown({ measure: 'trend', events: ['known', 'named', 'a'], by: ['b', 'c@month & d@unique'] }),
    ).toEqual(['a', 'b', 'c', 'd']);
    expect(await unknown({ measure: 'series', expressions: ['e@{period} & known@unique'] })).toEqual(['e']);
    expect(await unknown({ measure: 'retention', start: 'known', return: 'f', entry: 'first' })).toEqual([
      'f',
    ]);
    expect(await unknown({ measure: 'trend', events: ['own'], segments: { own: 'g@{period}' } })).toEqual([]);
  });
});
