import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { Bitmapist } from '../../../src/bitmapist.js';
import type { ClickHouseClientLike, ClickHouseRequest } from '../../../src/store/clickhouse/client.js';
import { ClickHouseStore } from '../../../src/store/clickhouse/store.js';
import type { SetQuestion } from '../../../src/store/types.js';

/** A client that answers what it is told to, and notes what it is asked. */
class ToldClient implements ClickHouseClientLike {
  readonly requests: ClickHouseRequest[] = [];
  rows: unknown = [];
  bytes: unknown = Buffer.alloc(0);

  async query(request: ClickHouseRequest) {
    this.requests.push(request);
    if (this.rows instanceof Error) throw this.rows;
    return { json: async () => this.rows };
  }

  async exec(request: ClickHouseRequest & { values?: unknown }) {
    this.requests.push(request);
    return { stream: Readable.from([this.bytes]) };
  }

  async command(request: ClickHouseRequest) {
    this.requests.push(request);
  }
}

function open() {
  const client = new ToldClient();
  return { client, store: new ClickHouseStore(client, { table: 'd.t' }) };
}

const KEYS = ["trackist_it's_2026-11-2", 'trackist_b_u', 'no key of an event'];
const QUESTION: SetQuestion = {
  keys: KEYS,
  parts: [
    { kind: 'bitmap', number: 0, operands: [] },
    { kind: 'bitmap', number: 1, operands: [] },
    { kind: 'bitmap', number: 2, operands: [] },
    { kind: 'and', number: 0, operands: [0, 1] },
    { kind: 'not', number: 0, operands: [3] },
    { kind: 'or', number: 0, operands: [0, 2] },
  ],
  roots: [0, 3, 4, 2, 5],
};

describe('a store over ClickHouse', () => {
  it('counts sets in one query, names as parameters, complements by where keys end', async () => {
    const { client, store } = open();
    const signal = new AbortController().signal;
    client.rows = [{ counts: ['5', 2], ends: [17, '3'] }];
    expect(await store.countSets(QUESTION, { signal })).toEqual([5, 2, 24 - 2, 0, 5]);
    expect(client.requests).toMatchObject([
      {
        query_params: {
          database: 'd',
          table: 't',
          events: ["it's", 'b'],
          units: ['day', 'unique'],
          periods: ['2026-11-02', 'unique'],
        },
        abort_signal: signal,
        format: 'JSONEachRow',
      },
    ]);
    expect(client.requests[0]!.query).not.toMatch(/it's|2026/);
  });

  it('asks in several queries what is too much for one', async () => {
    const { client, store } = open();
    const keys = Array.from({ length: 4000 }, (_, index) => `trackist_e${index}_u`);
    const parts = keys.map((_, number) => ({ kind: 'bitmap', number, operands: [] }) as const);
    const asked: unknown[][] = [];
    client.query = async (request) => {
      const events = request.query_params!.events as unknown[];
      asked.push(events);
      return { json: async () => [{ counts: events.map(() => 7), ends: events.map(() => 1) }] };
    };
    const counts = await store.countSets({ keys, parts, roots: parts.map((_, index) => index) });
    expect(counts).toEqual(keys.map(() => 7));
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.flat()).toHaveLength(4000);
  });

  it.each([
    ['no row', [], 'expected one row from ClickHouse, got 0'],
    ['no list', [{ ends: [1, 1] }], 'expected 2 counts from ClickHouse, got undefined'],
    ['a number less', [{ counts: [1], ends: [1, 1] }], 'expected 2 counts from ClickHouse, got 1'],
    ['a fraction', [{ counts: [1, 1.5], ends: [1, 1] }], 'as counts from ClickHouse, got 1.5'],
    ['a negative number', [{ counts: [1, -1], ends: [1, 1] }], 'as counts from ClickHouse, got -1'],
    ['text', [{ counts: [1, 'x'], ends: [1, 1] }], 'as counts from ClickHouse, got "x"'],
    ['too much', [{ counts: [1, 2 ** 33], ends: [1, 1] }], 'got 8589934592'],
    ['nothing', [{ counts: [1, null], ends: [1, 1] }], 'as counts from ClickHouse, got null'],
    ['no rows', 'text', 'expected rows of d.t from ClickHouse, got string'],
    [
      'an error',
      new Error('Code: 60.'),
      'expected an answer of ClickHouse about d.t, got an error: Code: 60.',
    ],
  ])('believes no answer that has %s', async (_, rows, sentence) => {
    const { client, store } = open();
    client.rows = rows;
    const error = await store.countSets(QUESTION).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StoreError);
    expect((error as Error).message).toContain(sentence);
  });

  it('reads bitmaps by number, and believes none twice, none beyond those asked for', async () => {
    const { client, store } = open();
    const row = (number: number) => [number, 0, 0, 0, 0, 1, 9, 0, 0, 0];
    client.bytes = Uint8Array.from(row(2));
    const reader = store.reader();
    expect(await reader.byteLengths(KEYS)).toEqual([0, 2, 0]);
    expect(await reader.byteLengths(KEYS)).toEqual([0, 2, 0]);
    expect(client.requests).toHaveLength(1);
    for (const bytes of [[...row(1), ...row(1)], row(3), row(0)]) {
      client.bytes = Uint8Array.from(bytes);
      await expect(store.reader().byteLengths(KEYS)).rejects.toThrow(
        'expected a row for each key, by a number from 1 to 2, got another row of number ',
      );
    }
    client.bytes = 'text';
    await expect(store.reader().byteLengths(KEYS)).rejects.toThrow(
      'expected bytes from ClickHouse, got string',
    );
  });

  it('reads no more keys as of one moment than one query names', async () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `trackist_e${index}_u`);
    await expect(open().store.snapshot(keys)).rejects.toThrow(
      /^expected to read at most \d+ of the bitmaps at one moment, got 40000$/,
    );
  });

  it('marks with one insertion', async () => {
    const { client, store } = open();
    const bitmapist = new Bitmapist({ store });
    await bitmapist.markEvent('a', [1, 2], { now: '2026-11-22' });
    expect(client.requests).toHaveLength(1);
    const [{ query, values }] = client.requests as [ClickHouseRequest & { values: Readable }];
    expect(query).toMatch(/^INSERT INTO /);
    const bytes = Buffer.concat(await values.toArray()).toString('latin1');
    expect(bytes).toContain('\x01a\x03day\x0a2026-11-22');
    expect(bytes.split('\0\x02\x01\0\0\0\x02\0\0\0')).toHaveLength(4);
  });

  it('asks nothing once it has been told to stop', async () => {
    const { client, store } = open();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(store.countSets(QUESTION, { signal })).rejects.toThrow('enough');
    await expect(store.has(KEYS[0]!, 1, { signal })).rejects.toThrow('enough');
    await expect(store.keys('', { signal }).next()).rejects.toThrow('enough');
    await expect(store.write([{ key: KEYS[0]!, ids: [1], value: 1 }], { signal })).rejects.toThrow('enough');
    expect(client.requests).toEqual([]);
  });
});
