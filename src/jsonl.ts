export { ColumnsError, RowError } from './formats/events/errors.js';
export { peekJsonLines, readJsonLines } from './formats/events/jsonl.js';
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
export type { ByteInput } from './formats/input.js';
