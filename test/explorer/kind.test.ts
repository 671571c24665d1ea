import { describe, expect, it } from 'vitest';
import { kindOf } from '../../src/explorer/engine/kind.js';

describe('the name of a file', () => {
  it.each([
    ['a.csv', 'csv'],
    ['a.b.TSV.gz', 'csv'],
    ['a.jsonl', 'jsonl'],
    ['a.ndjson.gz', 'jsonl'],
    ['a.parquet', 'parquet'],
    ['a.rdb', 'dump'],
    ['dump', 'dump'],
    ['localhost:6379', 'dump'],
    ['csv', 'dump'],
  ])('%s says that it is read as %s', (name, kind) => expect(kindOf(name)).toBe(kind));
});
