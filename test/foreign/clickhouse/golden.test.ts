import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { ClickHouseStore, copyToClickHouse } from '../../../src/clickhouse.js';
import { datesData } from '../../../src/compat.js';
import { dashboard, measures, parseQuestion, plainRows } from '../../../src/measures.js';
import { loadStore } from '../../../src/node.js';
import { answerOf, readBitops, setOf, sha256, textOf } from '../../support/golden/bitops.js';
import { goldenPath, hasGolden } from '../../support/golden/files.js';
import {
  DATA_SETS,
  describeKey,
  optionsOf,
  periodText,
  readKeys,
  readReference,
  segmentText,
} from '../../support/golden/reference.js';
import { ANSWERED, readAnswers, rounded } from '../../support/measures/answers.js';
import { namesOf } from '../../support/store/conformance.js';
import { type Chdb, ChdbClient, openChdb } from './chdb.js';

/** What the Python reference, and a plain program, say of real data, and what a real ClickHouse says. */

describe.skipIf(!hasGolden).each(DATA_SETS)('the real data of %s in ClickHouse', (name) => {
  const golden = hasGolden ? readReference(name) : undefined!;
  let chdb: Chdb;
  let client: ChdbClient;
  let store: ClickHouseStore;
  let bitmapist: Bitmapist;
  let embedded: Bitmapist;

  beforeAll(async () => {
    chdb = await openChdb();
    client = new ChdbClient(chdb);
    store = new ClickHouseStore(client, { table: `default.${name}` });
    await store.createTable();
    const dump = await loadStore(goldenPath(`rdb/${name}.rdb.gz`));
    // Twice: what is there already stays as it is.
    for (const _ of [1, 2]) await copyToClickHouse(dump, store);
    bitmapist = new Bitmapist({ store });
    embedded = new Bitmapist({ store: dump });
    for (const [segment, handler] of Object.entries(golden.meta.handlers ?? {})) {
      for (const each of [bitmapist, embedded]) each.defineSegment(segment, segmentText(handler));
    }
  });
  afterAll(() => chdb?.close());

  it('has the very keys, and bitmaps with the very bytes', async () => {
    const keys = await namesOf(store, '');
    const reader = store.reader();
    const byteLengths = await reader.byteLengths(keys);
    expect(await store.byteLengths(keys)).toEqual(byteLengths);
    const reads = keys.map((key, index) => ({
      key,
      byteOffset: 0,
      target: new Uint8Array(byteLengths[index]!),
    }));
    await reader.read(reads);
    expect(reads.map(({ key, target }) => describeKey(key, target)).sort()).toEqual(readKeys(name));
  });

  it('has every count and every name of the reference', async () => {
    const sets = golden.counts.map(([kind, event, args]) =>
      bitmapist.query(`"${event}"@${periodText(kind, args)}`),
    );
    expect(await bitmapist.counts(sets)).toEqual(golden.counts.map(([, , , count]) => count));
    expect(await bitmapist.eventNames()).toEqual(golden.event_names);
    for (const [prefix, names] of Object.entries(golden.event_names_prefix)) {
      expect(await bitmapist.eventNames({ prefix })).toEqual(names);
    }
  });

  it('has every combination of sets', async () => {
    const bitops = readBitops(name);
    const sets = bitops.map(({ expr }) => setOf(bitmapist, expr));
    const counts = await embedded.counts(bitops.map(({ expr }) => setOf(embedded, expr)));
    expect(await bitmapist.counts(sets)).toEqual(counts);
    for (const [index, { expr, ...expected }] of bitops.slice(0, 20).entries()) {
      const answer = await answerOf(sets[index]!, Object.keys(expected.contains).map(Number));
      expect(answer.bytes.length, textOf(expr)).toBe(expected.strlen);
      expect(answer.count).toBe(counts[index]);
      if (!textOf(expr).includes('~')) expect(sha256(answer.bytes)).toBe(expected.value_sha256);
    }
  });

  it('has every cohort of the reference, to the last bit, each in one query', {
    timeout: 300_000,
  }, async () => {
    for (const [index, { params, percent, count }] of golden.cohorts.entries()) {
      const { now, ...args } = optionsOf(params);
      const as = index % 2 === 0 ? 'percent' : 'counts';
      client.statements.length = 0;
      const rows = await bitmapist.ask(datesData, { ...args, as }, { now });
      expect(rows, JSON.stringify(params)).toEqual(as === 'percent' ? percent : count);
      expect(client.statements.length, JSON.stringify(params)).toBeLessThanOrEqual(1);
    }
  });

  const answered = ANSWERED.filter((each) => each === name);
  it.each(answered)(
    'has the rows of every measure that a plain program has of %s',
    { timeout: 300_000 },
    async (which) => {
      const answers = readAnswers(which);
      const asked = answers.filter(({ timeZone }) => timeZone === 'UTC');
      expect(new Set(asked.map(({ question }) => question.measure)).size).toBeGreaterThan(6);
      for (const { question, now, among, rows } of asked) {
        const measure = measures.find((each) => each.name === question.measure)!;
        const document = { ...question, ...measure.rows?.args, ...(among !== undefined && { by: [among] }) };
        const [tables] = await bitmapist.ask(dashboard, { questions: [parseQuestion(document)] }, { now });
        expect(plainRows(measure, tables![0]!).map(rounded), JSON.stringify(question)).toEqual(rows);
      }
    },
  );
});
