import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisCluster, startCluster } from '../servers/cluster.js';
import { startRedis } from '../servers/redis.js';
import { makeFolder, outputOf, runCommand } from './command.js';

const ROWS = Array.from(
  { length: 2000 },
  (_, at) => `${(at * 7919) % 500},2026-11-${String((at % 20) + 1).padStart(2, '0')},event ${at % 7}\n`,
);

let cluster: RedisCluster;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let events: string;

beforeAll(async () => {
  cluster = await startCluster();
  folder = await makeFolder();
  events = await folder.write('events.csv', `user,timestamp,event\n${ROWS.join('')}`);
});

afterAll(async () => {
  await folder?.remove();
  await cluster?.stop();
});

/** The cluster, by two of its nodes. */
function urlOf(login = ''): string {
  const [first, second] = cluster.nodes;
  return `redis+cluster://${login}${first!.host}:${first!.port},${second!.host}:${second!.port}`;
}

async function onEveryNode(...command: [string, ...string[]]): Promise<void> {
  for (const { url } of cluster.nodes) {
    const client = new Redis(url, { enableReadyCheck: false });
    try {
      await client.call(...command);
    } finally {
      client.disconnect();
    }
  }
}

describe('the command on a cluster', () => {
  it('imports, answers, inspects and exports', async () => {
    expect(await outputOf('import', events, '--to', urlOf())).toBe('2000 rows, 7 events, 500 ids\n');
    const cohort = [
      '--select1',
      'event 1',
      '--select2',
      'event 2',
      '--now',
      '2026-11-20',
      '--format',
      'json',
    ];
    expect(await outputOf('cohort', urlOf(), ...cohort)).toBe(await outputOf('cohort', events, ...cohort));
    expect((await outputOf('events', urlOf())).split('\n')).toHaveLength(8);
    expect(await outputOf('inspect', urlOf())).toBe(await outputOf('inspect', events));
    const dump = folder.path('cluster.rdb');
    const keys = await outputOf('export', urlOf(), '--to', dump);
    expect(await outputOf('inspect', dump)).toBe(await outputOf('inspect', events));
    expect((await runCommand(['export', dump, '--to', urlOf()])).stderr).toContain(
      '--replace replaces what is there',
    );
    expect(await outputOf('export', dump, '--to', urlOf(), '--replace')).toBe(keys);
    expect(await outputOf('inspect', urlOf())).toBe(await outputOf('inspect', events));
  });

  it('wants all of it, not one of its nodes', async () => {
    const { url, host, port } = cluster.nodes[0]!;
    expect(await runCommand(['events', url])).toEqual({
      code: 2,
      stdout: '',
      stderr: `bitmapist: expected a Redis that stands alone at ${url}, got a node of a cluster; redis+cluster://${host}:${port} asks all of it\n`,
    });
  });

  it('says so where there is none', async () => {
    const alone = await startRedis();
    const url = alone.url.replace('redis:', 'redis+cluster:');
    try {
      expect(await runCommand(['events', url])).toEqual({
        code: 1,
        stdout: '',
        stderr: `bitmapist: expected a Redis Cluster at ${url}, got a server that stands alone; ${alone.url} asks it\n`,
      });
    } finally {
      await alone.stop();
    }
    expect(await runCommand(['events', url])).toEqual({
      code: 1,
      stdout: '',
      stderr: `bitmapist: expected a Redis server at ${url}, got no connection (is it running?)\n`,
    });
  });

  it('logs in', async () => {
    await onEveryNode('CONFIG', 'SET', 'masterauth', 'open@sesame:');
    await onEveryNode('CONFIG', 'SET', 'requirepass', 'open@sesame:');
    for (const login of [':open@sesame:@', 'default:open%40sesame%3A@']) {
      expect(await outputOf('count', urlOf(login), '"event 1"@2026-11')).toMatch(/^[1-9]\d*\n$/);
    }
    expect(await runCommand(['events', urlOf(':guess@')])).toEqual({
      code: 1,
      stdout: '',
      stderr: `bitmapist: expected the password of ${urlOf()}, got one that it refuses\n`,
    });
    const { stderr } = await runCommand(['events', urlOf()]);
    expect(stderr).toBe(
      `bitmapist: expected a password in the URL (redis://:password@host), got ${urlOf()}, which asks for one\n`,
    );
  });
});
