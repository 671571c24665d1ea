import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisPeople } from '../../../src/store/redis/people.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { textOf } from '../../support/store/people.js';
import type { Told } from '../../support/store/writers.js';

const TEXTS = 1_000_000;
const WRITERS = 64;
const PROCESSES = 8;
const KILLED = 4;
const TIMEOUT_MS = 600_000;
const PROGRAM = fileURLToPath(new URL('../../support/store/writers.ts', import.meta.url));

let server: RedisServer;
let client: Redis;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  client?.disconnect();
  await server?.stop();
});

describe('64 writers of 8 processes, some of which are killed', () => {
  it('give every text one number, and every number one text', {
    tags: 'long',
    timeout: TIMEOUT_MS,
  }, async () => {
    /** What was told of each text; one more than its number. */
    const told = new Float64Array(TEXTS);
    let contradictions = 0;
    let batches = 0;
    const hear = ({ places, numbers }: Told): void => {
      batches += 1;
      for (let at = 0; at < places.length; at++) {
        const number = numbers[at]! + 1;
        const before = told[places[at]!]!;
        if (before !== 0 && before !== number) contradictions += 1;
        told[places[at]!] = number;
      }
    };
    const own = WRITERS / PROCESSES;
    const start = (index: number, batchesToLive: number): Promise<boolean> => {
      const args = [server.url, TEXTS, WRITERS, index * own, own].map(String);
      const child = fork(PROGRAM, args, { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
      children.add(child);
      let heard = 0;
      child.on('message', (message: Told) => {
        hear(message);
        heard += 1;
        // Others of its batches are under way then.
        if (heard === batchesToLive) child.kill('SIGKILL');
      });
      return once(child, 'close').then(([code]) => {
        children.delete(child);
        return code === 0;
      });
    };
    const outcomes = await Promise.all(
      Array.from({ length: PROCESSES }, async (_, index) => {
        if (index >= KILLED) return start(index, Number.POSITIVE_INFINITY);
        const isWhole = await start(index, 5 + index * 7);
        return !isWhole && start(index, Number.POSITIVE_INFINITY);
      }),
    );
    expect(outcomes).toEqual(new Array(PROCESSES).fill(true));
    expect(batches).toBeGreaterThan((2 * TEXTS) / 4000);
    expect(contradictions).toBe(0);
    const people = new RedisPeople(client);
    expect(await people.size()).toBe(TEXTS);
    const owners = new Float64Array(TEXTS).fill(-1);
    for (const [place, number] of told.entries()) if (number > 0) owners[number - 1] = place;
    // As many numbers as texts: each is somebody's, and nobody has two.
    expect(owners.indexOf(-1)).toBe(-1);
    for (let from = 0; from < TEXTS; from += 60_000) {
      const ids = Array.from({ length: Math.min(60_000, TEXTS - from) }, (_, at) => from + at);
      const texts = await people.textsOf(ids);
      const wrong = ids.filter((id, at) => texts[at] !== textOf(owners[id]!));
      expect(wrong).toEqual([]);
    }
  });
});
