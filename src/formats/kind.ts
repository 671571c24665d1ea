/** Files of events by the reader that they are for. */
export type EventsKind = 'csv' | 'jsonl' | 'parquet';

/** Files that events are read from: of events, or dumps of Redis. */
export type FileKind = EventsKind | 'dump';

const KINDS: Readonly<Record<string, FileKind>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'jsonl',
  parquet: 'parquet',
  rdb: 'dump',
};

/**
 * What a file holds, as the ending of its name tells, without `.gz` if it is packed; `undefined` for any other name.
 * @example
 * import { kindOfFile } from 'bitmapist-wasm/csv';
 * console.log(kindOfFile('events.tsv.gz'), kindOfFile('events.ndjson'), kindOfFile('events')); // csv jsonl undefined
 */
export function kindOfFile(name: string): FileKind | undefined {
  const [, ending = '', gz] = /\.([a-z]+)(\.gz)?$/i.exec(name) ?? [];
  const kind = Object.hasOwn(KINDS, ending.toLowerCase()) ? KINDS[ending.toLowerCase()] : undefined;
  // It is packed inside.
  return kind === 'parquet' && gz !== undefined ? undefined : kind;
}
