import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { ColumnCursor } from '../../../src/formats/parquet/cursor.js';
import { readFooter } from '../../../src/formats/parquet/footer.js';
import { openSource } from '../../../src/formats/parquet/source.js';
import { Random } from '../../support/formats/fuzz/random.js';
import { VARIANTS } from '../../support/formats/parquet/table.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/parquet/', import.meta.url));
const FILES = Object.keys(VARIANTS).map((name) => new Uint8Array(readFileSync(`${FIXTURES}${name}.parquet`)));
const MAGIC = new TextEncoder().encode('PAR1');

describe('files that are broken', () => {
  it('are refused if they end too early, wherever that is', async () => {
    const file = FILES[1]!;
    for (let length = 0; length < file.length; length += 61) {
      expect(await problemOf(file.subarray(0, length))).toBeInstanceOf(FormatError);
    }
  });

  it('are refused if a part in their middle is missing', async () => {
    for (const file of FILES) {
      const gap = Math.floor(file.length / 3);
      const bytes = new Uint8Array([...file.subarray(0, gap), ...file.subarray(gap + 500)]);
      expect(await problemOf(bytes)).toBeInstanceOf(FormatError);
    }
  });

  it('are refused if they are encrypted', async () => {
    const file = FILES[1]!.slice();
    file.set(new TextEncoder().encode('PARE'), file.length - 4);
    expect((await problemOf(file))?.message).toContain('got an encrypted one');
  });

  it('end in a sentence or in values, whatever bytes are changed', { tags: 'long' }, async () => {
    const random = new Random(11);
    for (let round = 0; round < 1500; round += 1) {
      const file = random.pick(FILES).slice();
      // Headers of pages and the footer are what loops depend on.
      const changes = 1 + random.below(3);
      for (let change = 0; change < changes; change += 1) {
        const at = random.below(2) === 0 ? random.below(file.length) : file.length - 1 - random.below(6000);
        file[Math.max(0, at)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
      }
      file.set(MAGIC, file.length - 4);
      const problem = await problemOf(file);
      if (problem !== undefined)
        expect([round, problem.message, problem.name]).toEqual([round, problem.message, 'FormatError']);
    }
  });
});

/** What reading all columns ends in. */
async function problemOf(bytes: Uint8Array): Promise<Error | undefined> {
  try {
    const source = await openSource(bytes);
    const { columns, groups } = await readFooter(source);
    for (const column of columns.filter(({ meaning }) => meaning !== undefined)) {
      for (const group of groups) {
        const cursor = new ColumnCursor(source, group, column);
        for (let count = await cursor.fill(); count > 0; count = await cursor.fill()) cursor.skip(count);
      }
    }
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
