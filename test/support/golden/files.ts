import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Answers of the Python reference and real event data live beside the project; a clone elsewhere has none of them. */
const SHARED = new URL('../../../../shared/', import.meta.url);

/** Whether the golden data is there. Suites that need it are skipped, by name, where it is not. */
export const hasGolden = existsSync(new URL('expected/periods.json.gz', SHARED));

/** Absolute path of a file of the golden data, such as `data/cdnow.csv.gz`. */
export function goldenPath(name: string): string {
  return new URL(name, SHARED).pathname;
}

export function readGoldenJson<T>(name: string): T {
  return JSON.parse(readGolden(name).toString('utf8')) as T;
}

export function readGolden(name: string): Buffer {
  const bytes = readFileSync(goldenPath(name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}
