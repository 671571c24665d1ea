export type { RedisClient, RedisNode, RedisTransaction } from './store/client.js';
export { isClusterNode } from './store/cluster-node.js';
export { fromNodeRedis, type NodeRedisClient, type NodeRedisCommandOptions } from './store/node-redis.js';
export { type ReadStrategy, RedisStore, type RedisStoreOptions } from './store/redis.js';
