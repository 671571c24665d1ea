import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, makeFolder, outputOf, runCommand } from '../support/cli/command.js';
import { type RedisCluster, startCluster } from '../support/servers/cluster.js';
import { startRedis } from '../support/servers/redis.js';

const ROWS = Array.from(
  { length: 2000 },
  (_, at) => `${(at * 7919) % 500},2026-11-${String((at % 20) + 1).padStart(2, '0')},event ${at % 7}\n`,
);

const PASSWORD = 'open@sesame:';
const LOGIN = `:${PASSWORD}@`;

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
    await onEveryNode('CONFIG', 'SET', 'masterauth', PASSWORD);
    await onEveryNode('CONFIG', 'SET', 'requirepass', PASSWORD);
    for (const login of [LOGIN, 'default:open%40sesame%3A@']) {
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

  // From here on it is not what it was.
  it('gives up on a node that falls silent, and names it', async () => {
    const [, second] = cluster.nodes;
    const client = new Redis({ port: second!.port, password: PASSWORD });
    await client.call('CLIENT', 'PAUSE', '8000', 'ALL');
    client.disconnect();
    const { host, port } = second!;
    expect(await failureOf('inspect', urlOf(LOGIN), '--timeout', '0.4')).toEqual({
      code: 1,
      stderr: `bitmapist: expected an answer from Redis, got none: silence from ${host}:${port} for 0.4 s (--timeout waits longer)\n`,
    });
  });

  it('misses a node that is gone, and its replica too, with a word', async () => {
    const [first, , third, , , sixth] = cluster.nodes;
    await Promise.all([third!.kill(), sixth!.kill()]);
    const client = new Redis({ port: first!.port, password: PASSWORD, enableReadyCheck: false });
    const state = async () => String(await client.call('CLUSTER', 'INFO')).split('\r\n')[0];
    await expect.poll(state, { timeout: 30_000 }).toBe('cluster_state:fail');
    client.disconnect();
    const url = urlOf(LOGIN);
    const cohort = ['cohort', url, '--select1', 'event 1', '--select2', 'event 2'];
    const commands = [['events', url], cohort, ['import', events, '--to', url]];
    for (const { code, stderr } of await Promise.all(commands.map((args) => failureOf(...args)))) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/^bitmapist: expected .*, got .*\n$/);
    }
  });
});
