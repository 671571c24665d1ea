export { CsvError, type EventRow, type ReadEventsOptions, readEvents } from './formats/csv.js';
export type { ByteInput } from './formats/input.js';
