export type { RedisClient, RedisNode, RedisTransaction } from './store/client.js';
export { type ReadStrategy, RedisStore, type RedisStoreOptions } from './store/redis.js';
