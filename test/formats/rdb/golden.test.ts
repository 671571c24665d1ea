import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRdb } from '../../../src/formats/rdb/reader.js';
import { goldenPath, hasGolden, readGolden } from '../../support/golden/files.js';

describe.skipIf(!hasGolden)('dumps of a real Redis holding real events', () => {
  it.each(['cdnow', 'git_express', 'git_redis', 'onlineretail'])(
    '%s reads to the keys, lengths and bytes it was saved from',
    { tags: 'long' },
    async (name) => {
      const expected = readGolden(`expected/${name}.keys.tsv.gz`)
        .toString('utf8')
        .trimEnd()
        .split('\n')
        .slice(1);
      const rows: string[] = [];
      for await (const { db, key, bytes, expiresAtMs } of readRdb(
        createReadStream(goldenPath(`rdb/${name}.rdb.gz`)),
      )) {
        expect([db, expiresAtMs]).toEqual([0, undefined]);
        const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
        rows.push([key, countBits(bytes), bytes.length, hash].join('\t'));
      }
      expect(rows.sort()).toEqual(expected.sort());
    },
  );
});

function countBits(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte; byte &= byte - 1) count++;
  return count;
}
