/** What a file holds, as its name tells. */
export type FileKind = 'csv' | 'jsonl' | 'parquet' | 'dump';

const EVENTS: Readonly<Record<string, FileKind>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'jsonl',
  parquet: 'parquet',
};

/** By its ending, which that of a packed file may follow; everything else is taken for a dump. */
export function kindOf(name: string): FileKind {
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  return EVENTS[ending ?? ''] ?? 'dump';
}
