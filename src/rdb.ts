export type { ByteInput } from './formats/input.js';
export { decodeDumpPayload, encodeDumpPayload } from './formats/rdb/payload.js';
export {
  RdbError,
  type RdbProgress,
  type RdbReadOptions,
  type RdbString,
  readRdb,
  readRdbBatches,
} from './formats/rdb/reader.js';
export { type EncodeRdbOptions, encodeRdb, type LongBytes, type RdbEntry } from './formats/rdb/writer.js';
export { decodeKey, encodeKey } from './names/key-text.js';
export {
  loadPeople,
  loadRdb,
  type RestoreRdbOptions,
  restoreRdb,
  type WriteRdbOptions,
  writeRdb,
} from './store/dump.js';
