import { describe, expect, it } from 'vitest';
import { kindOfFile } from '../../src/csv.js';

describe('the name of a file', () => {
  it.each([
    ['a.csv', 'csv'],
    ['a.b.TSV.gz', 'csv'],
    ['a.txt', 'csv'],
    ['a.jsonl', 'jsonl'],
    ['a.json', 'jsonl'],
    ['a.ndjson.GZ', 'jsonl'],
    ['a.parquet', 'parquet'],
    ['a.rdb', 'dump'],
    ['a.rdb.gz', 'dump'],
  ])('%s says that it is read as %s', (name, kind) => expect(kindOfFile(name)).toBe(kind));

  it.each(['dump', 'localhost:6379', 'csv', 'a.parquet.gz', 'a.gz', 'a.csv.zip', 'a.constructor', ''])(
    '%j says nothing',
    (name) => expect(kindOfFile(name)).toBeUndefined(),
  );
});
