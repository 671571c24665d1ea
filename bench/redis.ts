/** The servers that are measured against. */
import { Redis } from 'ioredis';
import { allServers, findServer, versionOf } from '../test/support/servers/binary.js';
import { type RedisServer, startRedis } from '../test/support/servers/redis.js';

export interface BenchServer {
  /** `Redis 7.0.15` */
  readonly name: string;
  readonly server: RedisServer;
  readonly client: Redis;
}

/** Runs with the system's own server and each that `BITMAPIST_SERVERS` names, or with the tests' one alone. */
export async function withServers(
  which: 'all' | 'tests',
  use: (servers: readonly BenchServer[]) => Promise<void>,
): Promise<void> {
  const own = await findServer();
  const programs = which === 'all' ? await allServers() : own === undefined ? [] : [own];
  const servers: BenchServer[] = [];
  try {
    for (const program of programs) {
      const server = await startRedis({ program });
      servers.push({ name: await versionOf(program), server, client: new Redis(server.url) });
    }
    await use(servers);
  } finally {
    for (const { client, server } of servers) {
      client.disconnect();
      await server.stop();
    }
  }
}

/** Milliseconds of the server's processor time that a run takes, over as many runs as fill a quarter of a second. */
export async function serverCpuOf(client: Redis, run: () => Promise<unknown>): Promise<number> {
  await run();
  const before = await usedCpu(client);
  const end = performance.now() + 250;
  let runs = 0;
  do {
    await run();
    runs += 1;
  } while (runs < 5 || performance.now() < end);
  return ((await usedCpu(client)) - before) / runs;
}

async function usedCpu(client: Redis): Promise<number> {
  const info = await client.info('cpu');
  const seconds = ['used_cpu_user', 'used_cpu_sys'].map((field) =>
    Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1]),
  );
  return (seconds[0]! + seconds[1]!) * 1000;
}
