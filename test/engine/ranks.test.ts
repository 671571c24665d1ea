import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import { ALL_IDS, countIn, eachId, endsOf, pageIn } from '../../src/engine/ranks.js';
import { MemoryStore } from '../../src/store/memory.js';
import { storeOf } from '../support/bitmaps.js';
import { bitmapArbitrary, expressionArbitrary, expressionOf, modelIds } from '../support/model.js';
import { answerOf, fill, idsIn, questionArbitrary } from '../support/questions.js';
import { BeginningStore } from '../support/store/beginning.js';
import { CountingStore } from '../support/store/counting.js';

const MAX_ID = 2 ** 32 - 1;
const selections = fc.record({
  from: fc.integer({ min: 0, max: 1700 }),
  length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constant(MAX_ID)),
  offset: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 })),
  limit: fc.integer({ min: 1, max: 500 }),
});
const settings = fc.record({
  kernel: fc.constantFrom('wasm', 'js'),
  windowBytes: fc.constantFrom(undefined, 64, 128),
});

async function idsFrom(set: Expression, options: Parameters<typeof eachId>[1] = {}): Promise<number[]> {
  const ids: number[] = [];
  await eachId(set, options, (page) => ids.push(...page));
  return ids;
}

describe('ranks in a set', () => {
  it('are those in a sorted list of its ids, complements included, from memory and from stores that are read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(bitmapArbitrary, { minLength: 3, maxLength: 3 }),
        expressionArbitrary(3),
        selections,
        settings,
        fc.constantFrom('memory', 'read', 'beginnings'),
        async (bitmaps, model, { from, length, offset, limit }, options, kind) => {
          const memory = await storeOf(bitmaps);
          const store =
            kind === 'memory'
              ? memory
              : kind === 'read'
                ? new CountingStore(memory)
                : new BeginningStore(memory);
          const set = expressionOf(model, (index) => bitmap(store, String(index)));
          const ids = modelIds(model, bitmaps);
          const range = { first: from, last: Math.min(MAX_ID, from + length) };
          const inRange = ids.filter((id) => id >= range.first && id <= range.last);
          const page = await pageIn(set, { range, offset, limit }, options);
          expect([...page.ids]).toEqual(inRange.slice(offset, offset + limit));
          expect(page.hasMore).toBe(inRange.length > offset + limit);
          expect(await countIn(set, range, options)).toBe(inRange.length);
          expect(await idsFrom(set, options)).toEqual(ids);
          expect(await endsOf(set, options)).toEqual(
            ids.length === 0 ? undefined : { first: ids[0], last: ids.at(-1) },
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are right in bitmaps of several windows and containers', { tags: 'long' }, async () => {
    await fc.assert(
      fc.asyncProperty(
        questionArbitrary(3),
        fc.double({ min: 0, max: 1, noNaN: true }),
        settings,
        fc.boolean(),
        async (question, share, { kernel }, isRead) => {
          const memory = new MemoryStore();
          const bytes = question.bitmaps.map(fill);
          for (const [index, value] of bytes.entries()) await memory.put(String(index), value);
          const store = isRead ? new CountingStore(memory) : memory;
          const sets = bytes.map((_, index): Expression => bitmap(store, String(index)));
          for (const part of question.parts) {
            const of = part.of.map((operand) => sets[operand]!);
            if (part.op === 'not') sets.push(complement(of[0]!));
            else if (part.op === 'atLeast') return;
            else sets.push(combine(part.op, of));
          }
          const root = question.roots[0]!;
          const ids = idsIn(answerOf(bytes, question, root));
          const options = { kernel, memoryBytes: 1 } as const;
          const offset = Math.floor(share * ids.length);
          const page = await pageIn(sets[root]!, { range: ALL_IDS, offset, limit: 50 }, options);
          expect([...page.ids]).toEqual(ids.slice(offset, offset + 50));
          const id = ids[offset] ?? 7;
          expect(await countIn(sets[root]!, { first: 0, last: id - 1 }, options)).toBe(
            ids.filter((other) => other < id).length,
          );
          const after = await pageIn(
            sets[root]!,
            { range: { first: id + 1, last: MAX_ID }, offset: 0, limit: 50 },
            options,
          );
          const behind = ids.filter((other) => other > id);
          expect([...after.ids]).toEqual(behind.slice(0, 50));
          expect(after.hasMore).toBe(behind.length > 50);
          expect(await endsOf(sets[root]!, options)).toEqual(
            ids.length === 0 ? undefined : { first: ids[0], last: ids.at(-1) },
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are of a range alone, also if it ends within a step of the kernel and all ids follow', async () => {
    const store = await storeOf([{ byteLength: 200, ids: new Set<number>() }]);
    const all = complement(combine('and', [bitmap(store, '0'), bitmap(store, 'none')]));
    const everybody = combine('and', [all, complement(combine('andNot', [bitmap(store, '0'), all]))]);
    for (const last of [854, 1086, 1087, 1088, 1151, 1599]) {
      for (const windowBytes of [undefined, 64, 128]) {
        for (const set of [all, everybody]) {
          const range = { first: 854, last };
          expect(await countIn(set, range, { windowBytes }), `to ${last}`).toBe(last - 853);
          const page = await pageIn(set, { range, offset: 0, limit: 2000 }, { windowBytes });
          expect([...page.ids].at(-1)).toBe(last);
        }
      }
    }
  });

  it('know the last id there is', async () => {
    const memory = new MemoryStore();
    const ids = [0, 65_535, 65_536, 2 ** 31, MAX_ID - 8, MAX_ID];
    await memory.write([{ key: 'a', ids, value: 1 }]);
    // What is read of a bitmap of 512 MiB is what its store says it has.
    const sparse = Object.assign(new CountingStore(memory), {
      occupied: (keys: readonly string[], lengths: readonly number[]) => memory.occupied(keys, lengths),
    });
    for (const store of [memory, sparse]) {
      const set = bitmap(store, 'a');
      expect(await endsOf(set, {})).toEqual({ first: 0, last: MAX_ID });
      expect(await countIn(set, { first: 0, last: MAX_ID - 1 }, {})).toBe(5);
      expect(await countIn(set, ALL_IDS, {})).toBe(6);
      expect(await pageIn(set, { range: ALL_IDS, offset: 5, limit: 2 ** 32 }, {})).toEqual({
        ids: Uint32Array.of(MAX_ID),
        hasMore: false,
      });
      const behind = { first: 2 ** 31 + 1, last: MAX_ID };
      expect(await pageIn(set, { range: behind, offset: 0, limit: 1 }, {})).toEqual({
        ids: Uint32Array.of(MAX_ID - 8),
        hasMore: true,
      });
      const nothing = { range: { first: MAX_ID + 1, last: MAX_ID }, offset: 0, limit: 1 };
      expect(await pageIn(set, nothing, {})).toEqual({ ids: new Uint32Array(0), hasMore: false });
    }
    expect(sparse.bytesRead).toBeLessThan(2 ** 20);
  });
});
