import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countSets, openPlan } from '../src/engine/answers.js';
import { bytesOf, idsOf, pagesOf } from '../src/engine/contents.js';
import { bitmap, type Expression } from '../src/engine/expression.js';
import { hasId, hasIds } from '../src/engine/membership.js';
import type { Pair } from '../src/engine/parts.js';
import { type WindowedOptions, withQuestion } from '../src/engine/question.js';
import { countIn } from '../src/engine/ranks.js';
import { countByTeam } from '../src/engine/teamwork.js';
import { CachedStore } from '../src/store/cache/cache.js';
import { MemoryStore } from '../src/store/memory.js';
import { Team } from '../src/threads/team.js';
import { expressionArbitrary, expressionOf, type ModelExpression } from './support/model.js';
import { CountingStore } from './support/store/counting.js';
import { startWorker } from './support/threads/worker.js';

/** Periods that are over, and some that are running. */
const KEYS = ['a', 'b', 'c', 'd', 'x', 'y'];
const isFinished = (key: string) => key < 'x';

/** What a store should hold: bits, as far as the key has any bytes. */
class Model {
  readonly #bits = new Map<string, Uint8Array>();

  mark(key: string, ids: readonly number[], value: 0 | 1): void {
    const before = this.bitsOf(key);
    const length = (Math.floor(Math.max(...ids) / 8) + 1) * 8;
    const bits = new Uint8Array(Math.max(before.length, length));
    bits.set(before);
    for (const id of ids) bits[id] = value;
    this.#bits.set(key, bits);
  }

  erase(keys: readonly string[], ids: readonly number[]): void {
    for (const key of keys) {
      const bits = this.bitsOf(key);
      let { length } = bits;
      const inside = ids.filter((id) => id < length);
      for (const id of inside) bits[id] = 0;
      // As if they had never been there: a bitmap that one of them may have made so long ends with those who are left.
      if (inside.some((id) => id >= length - 8)) length = Math.ceil((bits.lastIndexOf(1) + 1) / 8) * 8;
      this.#bits.set(key, bits.slice(0, length));
    }
  }

  delete(key: string): void {
    this.#bits.delete(key);
  }

  bitsOf(key: string): Uint8Array {
    return this.#bits.get(key) ?? new Uint8Array(0);
  }

  /** The bits of an expression, as many as its longest operand has. */
  evaluate(root: ModelExpression): Uint8Array {
    const length = Math.max(...keysOf(root).map((key) => this.bitsOf(key).length));
    const bitsIn = (node: ModelExpression): Uint8Array => {
      const result = new Uint8Array(length);
      if (node.op === 'bitmap') {
        result.set(this.bitsOf(KEYS[node.index]!));
        return result;
      }
      if (node.op === 'not') return bitsIn(node.of).map((bit) => 1 - bit);
      const [first, ...others] = node.of.map(bitsIn);
      const sums = result.map((_, id) => others.reduce((sum, bits) => sum + bits[id]!, first![id]!));
      switch (node.op) {
        case 'and':
          return sums.map((sum) => Number(sum === node.of.length));
        case 'or':
          return sums.map((sum) => Number(sum > 0));
        case 'xor':
          return sums.map((sum) => sum % 2);
        case 'atLeast':
          return sums.map((sum) => Number(sum >= node.k));
        case 'andNot':
          return sums.map((sum, id) => Number(first![id] === 1 && sum === 1));
      }
    };
    return bitsIn(root);
  }
}

function keysOf(node: ModelExpression): string[] {
  if (node.op === 'bitmap') return [KEYS[node.index]!];
  return (node.op === 'not' ? [node.of] : node.of).flatMap(keysOf);
}

const countOf = (bits: Uint8Array) => bits.reduce((sum, bit) => sum + bit, 0);
const idsIn = (bits: Uint8Array) => [...bits.keys()].filter((id) => bits[id] === 1);

/** Few people again and again, at the ends of containers, and neighbours in runs. */
const ids = fc.oneof(
  fc.array(fc.oneof(fc.nat(30), fc.integer({ min: 65_530, max: 65_540 }), fc.nat(70_000)), {
    minLength: 1,
    maxLength: 8,
  }),
  fc
    .tuple(fc.constantFrom(0, 5, 65_000, 65_536), fc.integer({ min: 1, max: 5000 }))
    .map(([from, length]) => Array.from({ length }, (_, index) => from + index)),
);
const marks = fc.record({
  key: fc.constantFrom(...KEYS),
  ids,
  value: fc.constantFrom(1 as const, 1 as const, 0 as const),
});
const question = fc.record({
  roots: fc.array(expressionArbitrary(KEYS.length), { minLength: 1, maxLength: 3 }),
  pairs: fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 3 }),
  options: fc.record(
    {
      windowBytes: fc.constantFrom(64, 8192),
      kernel: fc.constantFrom('js' as const, 'wasm' as const),
      maxBytes: fc.constant(2 ** 24),
      consistent: fc.constant(true),
    },
    { requiredKeys: [] },
  ),
  id: fc.oneof(fc.nat(30), fc.integer({ min: 65_530, max: 65_540 }), fc.constant(2 ** 32 - 1)),
});
const step = fc.oneof(
  fc.record({ marks }),
  fc.record({ others: marks }),
  fc.record({ erase: ids, from: fc.subarray(KEYS, { minLength: 1 }) }),
  fc.record({ delete: fc.subarray(KEYS, { minLength: 1, maxLength: 2 }) }),
  fc.record({ clear: fc.constant(true) }),
  fc.record({ reopen: fc.boolean() }),
  { arbitrary: fc.record({ question, twice: fc.boolean() }), weight: 5 },
  { arbitrary: fc.record({ again: fc.nat(2) }), weight: 5 },
);
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never;

describe.each(['never', 'count', 'digest'] as const)('whatever keeps what it has, check %s', (check) => {
  let team: Team;
  let path: string;
  beforeAll(async () => {
    team = new Team({ threads: 2, worker: startWorker });
    await team.start();
    path = await mkdtemp(join(tmpdir(), 'bitmapist-numbers-'));
  });
  afterAll(async () => {
    await team.close();
    await rm(path, { recursive: true, force: true });
  });

  it.each([
    ['memory', false],
    ['a folder', true],
  ])('answers as plain sets do out of %s', { tags: 'long' }, async (_, hasFolder) => {
    let folders = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 16 }),
        fc.constantFrom(1000, 20_000, 2 ** 22),
        fc.constantFrom(0, 6, 1000),
        async (steps, maxBytes, maxCounts) => {
          const memory = new MemoryStore();
          const inner = Object.assign(new CountingStore(memory), {
            fingerprints: memory.fingerprints.bind(memory),
            snapshot: memory.snapshot.bind(memory),
            erase: memory.erase?.bind(memory),
            has: memory.has.bind(memory),
            count: memory.count.bind(memory),
          });
          folders += 1;
          const folder = join(path, String(folders));
          const disk = hasFolder ? { folder, identity: 'here', prefix: '', maxBytes: 2 ** 24 } : undefined;
          const open = () => new CachedStore(inner, { isFinished, maxBytes, maxCounts, check, disk });
          const model = new Model();
          const asked: Question[] = [];
          let store = open();
          for (const action of steps) {
            if ('marks' in action) {
              await store.write([action.marks]);
              model.mark(action.marks.key, action.marks.ids, action.marks.value);
            } else if ('others' in action) {
              const { key, ids, value } = action.others;
              await inner.write([action.others]);
              model.mark(key, ids, value);
              if (check !== 'digest') store.invalidate([key]);
            } else if ('erase' in action) {
              await store.erase!(action.from, action.erase);
              model.erase(action.from, action.erase);
            } else if ('delete' in action) {
              await store.delete(action.delete);
              for (const key of action.delete) model.delete(key);
            } else if ('clear' in action) store.clear();
            else if ('reopen' in action) {
              await store.settle();
              store = open();
            } else {
              const next = 'again' in action ? asked.at(-1 - action.again) : action.question;
              if (next === undefined) continue;
              asked.push(next);
              const times = 'twice' in action && action.twice ? 2 : 1;
              await Promise.all(Array.from({ length: times }, () => checkAll(store, model, next)));
            }
          }
          await store.settle();
          if (hasFolder) await rm(folder, { recursive: true, force: true });
        },
      ),
      { numRuns: 15 },
    );
  });

  async function checkAll(store: CachedStore, model: Model, { roots, pairs, options, id }: Question) {
    const sets = roots.map((root) => expressionOf(root, (index) => bitmap(store, KEYS[index]!)));
    const places = pairs.map(([a, b]): Pair => [a % roots.length, b % roots.length]);
    const both = places.map(([a, b]): ModelExpression => ({ op: 'and', of: [roots[a]!, roots[b]!] }));
    const expected = [...roots, ...both].map((root) => countOf(model.evaluate(root)));
    const counts = async () => {
      const found = await countSets({ sets, pairs: places }, options);
      return [...found.sets, ...found.pairs];
    };
    expect(await countInTeam(sets, options, places), 'team').toEqual(expected);
    expect(await counts(), 'counts').toEqual(expected);
    const bits = model.evaluate(roots[0]!);
    const idsFound = [...(await idsOf(sets[0]!, options))];
    expect(idsFound, 'ids').toEqual(idsIn(bits));
    const pages: number[] = [];
    for await (const page of pagesOf(sets[0]!, options)) pages.push(...page);
    expect(pages, 'pages').toEqual(idsFound);
    expect(await hasId(sets[0]!, id, options), 'has').toBe(bits[id] === 1);
    expect(await hasIds(sets[0]!, options), 'any').toBe(idsFound.length > 0);
    const bytes = await bytesOf(sets[0]!, options);
    expect(bytes.length, 'bytes').toBe(bits.length / 8);
    const range = { first: 20, last: 65_536 };
    expect(await countIn(sets[0]!, range, options), 'range').toBe(countOf(bits.subarray(20, 65_537)));
  }

  /** However little there is to count. */
  function countInTeam(
    sets: readonly Expression[],
    options: WindowedOptions,
    pairs: readonly Pair[],
  ): Promise<number[]> {
    const threads = { wanted: team };
    return withQuestion(
      sets,
      { windowBytes: 8192, ...options, threads },
      async (asked) => {
        const counted = async () => {
          if (asked.parts.roots.length === 0) return [];
          const { plan, beginnings } = await openPlan(asked, 'counts');
          const counters = new Float64Array(plan.program.counters);
          await countByTeam(asked, plan, counters, beginnings);
          return plan.program.outputs.map((place) => (place === undefined ? 0 : counters[place]!));
        };
        const rest = await counted();
        return asked.known?.complete(asked.operands, rest) ?? rest;
      },
      pairs,
    );
  }
});
