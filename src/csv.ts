export { readEvents } from './formats/events/csv.js';
export { peekEvents } from './formats/events/csv-peek.js';
export { ColumnsError, CsvError, RowError } from './formats/events/errors.js';
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
export { type EventsKind, type FileKind, kindOfFile } from './formats/kind.js';
