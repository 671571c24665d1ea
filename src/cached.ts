export { type CachedOptions, cached } from './events/cached.js';
export { CachedStore, type CacheOptions, type CacheStatistics } from './store/cache/cache.js';
export type { FolderPlace } from './store/cache/disk.js';
