export {
  type ParquetRows,
  type ParquetSource,
  type WriteParquetOptions,
  writeParquet,
} from './events/parquet.js';
export { ColumnsError, RowError } from './formats/events/errors.js';
export type {
  Columns,
  EventRow,
  Peek,
  PresetName,
  ReadEventsOptions,
  Reading,
  Role,
  SkippedRow,
  TimeFormat,
} from './formats/events/options.js';
export { peekParquet, readParquet } from './formats/parquet/reader.js';
export type { OpenFile, ParquetInput, SliceableFile } from './formats/parquet/source.js';
