export type { RedisClient, RedisNode, RedisTransaction } from './store/redis/client.js';
export { isClusterNode } from './store/redis/cluster-node.js';
export { KeyGrowthError } from './store/redis/growth.js';
export {
  fromNodeRedis,
  type NodeRedisClient,
  type NodeRedisCommandOptions,
} from './store/redis/node-redis.js';
export type { ReadStrategy, RedisStoreOptions } from './store/redis/options.js';
export { RedisPeople, type RedisPeopleOptions } from './store/redis/people.js';
export { RedisStore } from './store/redis/redis.js';
