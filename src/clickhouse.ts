export type { ClickHouseClientLike, ClickHouseRequest } from './store/clickhouse/client.js';
export {
  type ClickHouseCopyOptions,
  canBeRow,
  copyToClickHouse,
  writeRowBinary,
} from './store/clickhouse/rows.js';
export { ClickHouseStore, type ClickHouseStoreOptions } from './store/clickhouse/store.js';
