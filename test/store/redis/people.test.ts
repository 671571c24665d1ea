import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { RedisPeople } from '../../../src/store/redis/people.js';
import { type RedisServer, startRedis } from '../../support/servers/redis.js';
import { describePeople } from '../../support/store/people.js';

let server: RedisServer;
let client: Redis;

beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
});

afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

describePeople('RedisPeople', () => noPeople(client), { runs: 40 });

async function noPeople(client: Redis): Promise<RedisPeople> {
  await client.flushall();
  return new RedisPeople(client);
}
