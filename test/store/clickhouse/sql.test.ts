import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmap } from '../../../src/engine/expression.js';
import { takeApart } from '../../../src/engine/taking.js';
import { Circuit, gateOf } from '../../../src/store/clickhouse/circuit.js';
import { planCounts } from '../../../src/store/clickhouse/counting.js';
import {
  catalog,
  counts,
  createTable,
  has,
  insert,
  remove,
  states,
} from '../../../src/store/clickhouse/sql.js';
import type { Store } from '../../../src/store/types.js';
import { expressionArbitrary, expressionOf } from '../../support/model.js';

const TABLE = '{table:Identifier}';
/** What every count is made of. */
const FROM =
  /FROM \(SELECT groupArray\(ids\) AS bitmaps, groupArray\(if\(bitmapCardinality\(ids\) = 0, 0, bitmapMax\(ids\) \+ 1\)\) AS ends FROM \(.*$/s;

function countsOf(circuit: Circuit, keys: number[], counted: number[]): string {
  return counts(TABLE, circuit, keys, counted)!.replace(FROM, 'FROM …');
}

/** Names of the columns that a query gives. */
function columnsOf(select: string): string[] {
  let flat = select;
  for (let before = ''; before !== flat; ) {
    before = flat;
    flat = flat.replace(/\([^()]*\)/g, '');
  }
  return flat.split(', ').map((column) => column.split(' AS ').at(-1)!.trim());
}

describe('the statement that counts', () => {
  it('counts keys and pairs of them without making a bitmap', () => {
    const circuit = new Circuit();
    const [a, b] = [circuit.key(4), circuit.key(7)];
    const counted = [a, circuit.and(a, b), circuit.andNot(b, a), circuit.xor(a, b), circuit.or(a, b)];
    expect(countsOf(circuit, [7, 4], counted.map(gateOf))).toBe(
      'SELECT [bitmapCardinality(bitmaps[2]), bitmapAndCardinality(bitmaps[2], bitmaps[1]), ' +
        'bitmapAndnotCardinality(bitmaps[1], bitmaps[2]), bitmapXorCardinality(bitmaps[2], bitmaps[1]), ' +
        'bitmapOrCardinality(bitmaps[2], bitmaps[1])] AS counts, ends FROM …',
    );
  });

  it('makes once what several need, in a query within', () => {
    const circuit = new Circuit();
    const [a, b, c] = [circuit.key(0), circuit.key(1), circuit.key(2)];
    const either = circuit.or(a, b);
    const counted = [either, circuit.and(either, c)].map(gateOf);
    expect(countsOf(circuit, [0, 1, 2], counted)).toBe(
      'SELECT [bitmapCardinality(g4), bitmapAndCardinality(bitmaps[3], g4)] AS counts, ends ' +
        'FROM (SELECT bitmaps, ends, bitmapOr(bitmaps[1], bitmaps[2]) AS g4 FROM …',
    );
  });

  it('tells the ends of keys alone, too', () => {
    expect(countsOf(new Circuit(), [0], [])).toBe('SELECT emptyArrayUInt64() AS counts, ends FROM …');
  });

  it('names no column that the query within does not give, whatever is asked', () => {
    const nowhere = {} as Store;
    const asked = fc.array(expressionArbitrary(5), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(asked, (roots) => {
        const leaves = (index: number) => bitmap(nowhere, `${index}`);
        const { bitmaps, parts, roots: places } = takeApart(roots.map((root) => expressionOf(root, leaves)));
        const keys = bitmaps.map(({ key }) => key);
        const limits = { gates: 1e6, keyBytes: 1e6, sizeOf: () => 1 };
        const { circuit, batches } = planCounts({ keys, parts, roots: places }, limits)!;
        for (const batch of batches) {
          const text = counts(TABLE, circuit, batch.keys, batch.counted);
          const selects = text!.replace(FROM, '').split(' FROM (SELECT ');
          for (const [level, select] of selects.entries()) {
            const given = columnsOf(selects[level + 1] ?? '');
            const used = Array.from(select.matchAll(/(?<! AS )\bg\d+/g), ([name]) => name);
            expect(given).toEqual(expect.arrayContaining(used));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is none if queries would be nested too deeply', () => {
    const circuit = new Circuit();
    let wire = circuit.key(0);
    // Each is needed twice by the next.
    for (let place = 1; place < 60; place += 1) {
      wire = circuit.xor(circuit.and(wire, circuit.key(place)), circuit.or(wire, circuit.key(60 + place)));
    }
    const keys = Array.from({ length: 120 }, (_, place) => place);
    expect(counts(TABLE, circuit, keys, [gateOf(wire)])).toBeUndefined();
  });
});

it('no statement holds anything but its own text and parameters', () => {
  const columns =
    "event String, unit String, period String, start DateTime64(0, 'UTC'), ids AggregateFunction(groupBitmap, UInt32)";
  expect(createTable('{database:Identifier}.{table:Identifier}')).toBe(
    `CREATE TABLE IF NOT EXISTS {database:Identifier}.{table:Identifier} (${columns}) ENGINE = AggregatingMergeTree PRIMARY KEY (event, unit, period) ORDER BY (event, unit, period, start)`,
  );
  const keys = 'arrayZip({events:Array(String)}, {units:Array(String)}, {periods:Array(String)})';
  expect(remove(TABLE)).toBe(`DELETE FROM {table:Identifier} WHERE (event, unit, period) IN ${keys}`);
  expect(insert(TABLE)).toBe(
    'INSERT INTO {table:Identifier} (event, unit, period, start, ids) FORMAT RowBinary',
  );
  expect(states(TABLE)).toContain(`indexOf(${keys}, (event, unit, period))`);
  for (const text of [catalog(TABLE), has(TABLE), states(TABLE)]) expect(text).not.toContain("'");
});
