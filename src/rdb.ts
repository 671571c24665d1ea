export type { ByteInput } from './formats/input.js';
export { decodeDumpPayload, encodeDumpPayload } from './formats/rdb/payload.js';
export {
  RdbError,
  type RdbProgress,
  type RdbReadOptions,
  type RdbString,
  readRdb,
} from './formats/rdb/reader.js';
export { decodeKey, encodeKey } from './store/key.js';
