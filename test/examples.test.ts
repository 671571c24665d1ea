/**
 * Every `@example` in src is a program of its own: it imports what it needs from `bitmapist-wasm` or its subpaths, and
 * tells in a comment behind each `console.log` what that prints, together in order (`console.log(count); // 2`; further
 * lines of it are comments that follow). All are type-checked in one program and run in one process.
 * - Redis is at `process.env.REDIS_URL`, empty for each.
 * - Files are written to, and read from, an empty folder: an example writes what it reads.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectExamples, entryPoints, findBare } from './support/examples/collect.js';
import { makeWorkshop, type Outcome, type Workshop } from './support/examples/run.js';
import { type RedisServer, startRedis } from './support/servers/redis.js';

const examples = collectExamples();

/** What comments behind `console.log` promise, in one line. */
function promiseOf(code: string): string {
  const found = code.matchAll(/console\.log\([\s\S]*?\);\s*\/\/ (.*(?:\n[ \t]*\/\/ .*)*)/g);
  return inOneLine(Array.from(found, ([, comment]) => comment!.replaceAll(/\n[ \t]*\/\/ /g, ' ')).join(' '));
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

describe('examples in comments', () => {
  let server: RedisServer;
  let workshop: Workshop;
  let outcomes: Outcome[];

  beforeAll(async () => {
    server = await startRedis();
    workshop = await makeWorkshop(examples, entryPoints());
    outcomes = await workshop.run({ REDIS_URL: server.url });
  });

  afterAll(async () => {
    await workshop?.remove();
    await server?.stop();
  });

  it('are right in their types', async () => {
    expect(await workshop.check()).toBe('');
  });

  it.each(examples.map(({ place, code }, index) => ({ place, code, index })))(
    'print what they say: $place',
    ({ code, index }) => {
      const { printed, error } = outcomes[index]!;
      expect(error, code).toBeUndefined();
      expect(inOneLine(printed.join(' ')), code).toBe(promiseOf(code));
    },
  );

  it('show every public function and method', () => {
    expect(findBare()).toEqual([]);
  });
});
