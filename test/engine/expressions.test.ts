import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSets } from '../../src/engine/answers.js';
import { idsOf as allIdsOf, bytesOf } from '../../src/engine/contents.js';
import { atLeast, bitmap, combine, complement, type Expression } from '../../src/engine/expression.js';
import { hasId, hasIds } from '../../src/engine/membership.js';
import type { WindowedOptions } from '../../src/engine/question.js';
import { CachedStore } from '../../src/store/cache/cache.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { Store } from '../../src/store/types.js';
import { countIds, idsOf, storeOf, toBytes } from '../support/bitmaps.js';
import {
  bitmapArbitrary,
  expressionArbitrary,
  expressionOf,
  modelBytes,
  modelIds,
} from '../support/model.js';
import { answerOf, type Bytes, fill, idsIn, type Question, questionArbitrary } from '../support/questions.js';
import { BeginningStore } from '../support/store/beginning.js';
import { CountingStore } from '../support/store/counting.js';
import { TellingStore } from '../support/store/telling.js';

const BITMAPS = 5;
const questions = fc.record({
  bitmaps: fc.array(bitmapArbitrary, { minLength: BITMAPS, maxLength: BITMAPS }),
  roots: fc.array(expressionArbitrary(BITMAPS), { minLength: 1, maxLength: 4 }),
});

describe.each(['wasm', 'js'] as const)('expressions on the %s kernel', (kernel) => {
  it.each([64, 128, undefined])(
    'equal the set model, with windows of %s bytes',
    { tags: 'long' },
    async (windowBytes) => {
      const options: WindowedOptions = { kernel, windowBytes };
      await fc.assert(
        fc.asyncProperty(questions, async ({ bitmaps, roots }) => {
          const store = await storeOf(bitmaps);
          const expressions = roots.map((root) =>
            expressionOf(root, (index) => bitmap(store, String(index))),
          );
          const expected = roots.map((root) => modelIds(root, bitmaps));
          expect(await countIds(expressions, options)).toEqual(expected.map((ids) => ids.length));
          const pairs = roots.flatMap((_, a) => roots.map((_, b) => [a, b] as const));
          const both = pairs.map(([a, b]) => modelIds({ op: 'and', of: [roots[a]!, roots[b]!] }, bitmaps));
          expect(await countSets({ sets: expressions, pairs }, options)).toEqual({
            sets: expected.map((ids) => ids.length),
            pairs: both.map((ids) => ids.length),
          });
          for (const [index, expression] of expressions.entries()) {
            const ids = expected[index]!;
            expect(await idsOf(expression, options)).toEqual(ids);
            expect(await hasIds(expression, options)).toBe(ids.length > 0);
            expect(await bytesOf(expression, options)).toEqual(
              toBytes(ids, modelBytes(roots[index]!, bitmaps)),
            );
            for (const id of [0, 1, 7, 40, 511, 512, 1599, 1600, 2 ** 32 - 1]) {
              expect(await hasId(expression, id, options)).toBe(ids.includes(id));
            }
          }
        }),
        { numRuns: 150, seed: 20_261 },
      );
    },
  );
});

describe('expressions over a store that works with sets itself', () => {
  it('equal the set model, pairs and complements too, and are not read', { tags: 'long' }, async () => {
    await fc.assert(
      fc.asyncProperty(questions, async ({ bitmaps, roots }) => {
        const store = new TellingStore(await storeOf(bitmaps));
        const expressions = roots.map((root) => expressionOf(root, (index) => bitmap(store, String(index))));
        const pairs = roots.flatMap((_, a) => roots.map((_, b) => [a, b] as const));
        const both = pairs.map(([a, b]) => modelIds({ op: 'and', of: [roots[a]!, roots[b]!] }, bitmaps));
        expect(await countSets({ sets: expressions, pairs })).toEqual({
          sets: roots.map((root) => modelIds(root, bitmaps).length),
          pairs: both.map((ids) => ids.length),
        });
        expect(store.questions).toHaveLength(1);
        expect(store.calls).toMatchObject({ byteLengths: 0, read: 0 });
      }),
      { numRuns: 60, seed: 20_264 },
    );
  });
});

// Sets of one question that share parts, over bitmaps that end just before, at and just after the edges of everything.

const stores: [string, (memory: MemoryStore) => Store][] = [
  ['memory', (memory) => memory],
  ['a store that is only read', (memory) => new CountingStore(memory)],
  ['a store that tells lengths with beginnings', (memory) => new BeginningStore(memory)],
  ['a cache of such a store', (memory) => cacheOf(new BeginningStore(memory), 2 ** 20)],
  ['such a store and memory', halfOf],
  ['a cache', (memory) => cacheOf(new CountingStore(memory), 2 ** 20)],
  ['a cache that has hardly any room', (memory) => cacheOf(new CountingStore(memory), 10_000)],
];

function cacheOf(inner: Store, maxBytes: number): Store {
  const isFinished = (key: string) => key !== '0';
  return new CachedStore(inner, { isFinished, maxBytes });
}

/** Every other bitmap is in memory. */
function halfOf(memory: MemoryStore): Store {
  const resident = (key: string) => (Number(key) % 2 === 0 ? memory.resident(key) : undefined);
  return Object.assign(new BeginningStore(memory), { resident });
}

async function memoryOf(bitmaps: readonly Bytes[]): Promise<MemoryStore> {
  const memory = new MemoryStore();
  for (const [index, bytes] of bitmaps.entries()) {
    if (bytes.length > 0) await memory.put(String(index), bytes);
  }
  return memory;
}

function expressionsOf({ bitmaps, parts, roots }: Question, store: Store): Expression[] {
  const made: Expression[] = bitmaps.map((_, index) => bitmap(store, String(index)));
  for (const part of parts) {
    const operands = part.of.map((operand) => made[operand]!);
    if (part.op === 'not') made.push(complement(operands[0]!));
    else made.push(part.op === 'atLeast' ? atLeast(part.k, operands) : combine(part.op, operands));
  }
  return roots.map((root) => made[root]!);
}

function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  // Compared by hand first: a matcher over so many elements takes its time.
  expect(actual.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at += 1)
    if (actual[at] !== expected[at]) expect([at, actual[at]]).toEqual([at, expected[at]]);
}

describe.each(['wasm', 'js'] as const)('sets that share parts, by the %s kernel', (kernel) => {
  it.each(stores)('have the right ids, from %s', { tags: 'long' }, async (_, storeOf) => {
    await fc.assert(
      fc.asyncProperty(
        questionArbitrary(5),
        fc.constantFrom(undefined, undefined, 64, 8192, 16_384, 65_600),
        async (question, windowBytes) => {
          const bitmaps = question.bitmaps.map(fill);
          const store = storeOf(await memoryOf(bitmaps));
          const options = { kernel, windowBytes };
          const expressions = expressionsOf(question, store);
          const answers = question.roots.map((root) => answerOf(bitmaps, question, root));
          const ids = answers.map(idsIn);
          const counts = ids.map(({ length }) => length);
          expect(await countIds(expressions, options)).toEqual(counts);
          // Once more: by now a cache has some of it.
          expect(await countIds(expressions, options)).toEqual(counts);
          const [expression] = expressions;
          const [answer] = answers;
          expectSame(await bytesOf(expression!, options), answer!);
          expectSame(await allIdsOf(expression!, options), ids[0]!);
          expectSame(await idsOf(expression!, options), ids[0]!);
          expect(await hasIds(expression!, options)).toBe(counts[0]! > 0);
          for (const id of [0, answer!.length * 8 - 1, answer!.length * 8, ids[0]!.at(-1) ?? 9]) {
            const byte = answer![id >> 3] ?? 0;
            if (id >= 0)
              expect(await hasId(expression!, id, options)).toBe((byte & (0x80 >> (id & 7))) !== 0);
          }
        },
      ),
      { numRuns: 100, seed: 20_262 },
    );
  });

  it('have the right counts where questions of one form are asked at once, of all those stores', {
    tags: 'long',
  }, async () => {
    const drawn = fc.tuple(questionArbitrary(5), questionArbitrary(5), questionArbitrary(5));
    await fc.assert(
      fc.asyncProperty(drawn, async ([{ parts, roots }, ...others]) => {
        const asked: Promise<readonly number[]>[] = [];
        const expected: number[][] = [];
        for (const other of others) {
          const bitmaps = other.bitmaps.map(fill);
          const question = { ...other, parts, roots };
          const memory = await memoryOf(bitmaps);
          const counts = roots.map((root) => idsIn(answerOf(bitmaps, question, root)).length);
          for (const [, storeOf] of stores) {
            asked.push(countIds(expressionsOf(question, storeOf(memory)), { kernel }));
            expected.push(counts);
          }
        }
        expect(await Promise.all(asked)).toEqual(expected);
      }),
      { numRuns: 40, seed: 20_263 },
    );
  });
});
