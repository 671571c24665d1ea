import { describe, expect, it } from 'vitest';
import { filesOfBundle } from '../support/bundle.js';

/** What only one of the formats needs. */
const PARTS = {
  csv: /papaparse|events\/(csv|plain|delimiter)/,
  jsonl: /events\/(jsonl|lines|paths)/,
  parquet: /hyparquet\/|hyparquet-compressors\/|formats\/parquet\/reader/,
  writer: /hyparquet-writer\/|formats\/parquet\/writer/,
};
type Part = keyof typeof PARTS;

describe('a bundle of one format', () => {
  it.each<[entry: string, name: string, parts: Part[]]>([
    ['csv', 'readEvents', ['csv']],
    ['csv', 'kindOfFile', []],
    ['jsonl', 'readJsonLines', ['jsonl']],
    ['parquet', 'readParquet', ['parquet']],
    ['rdb', 'readRdb', []],
    ['people', 'MemoryPeople', []],
  ])('has no other: %s %s', async (entry, name, parts) => {
    const files = await filesOfBundle(entry, name);
    const found = Object.entries(PARTS).filter(([, part]) => files.some((path) => part.test(path)));
    expect(found.map(([part]) => part)).toEqual(parts);
    // Reading is no asking.
    expect(
      files.filter((path) => /^(bitmapist\.ts|events|engine|measures|report|kernel)\b/.test(path)),
    ).toEqual([]);
  });

  it('does not read Parquet to write it', async () => {
    const files = await filesOfBundle('parquet', 'writeParquet');
    expect(files.some((path) => PARTS.writer.test(path))).toBe(true);
    expect(files.filter((path) => /hyparquet-compressors|parquet\/(reader|pages)/.test(path))).toEqual([]);
  });
});
