import { open, readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import { Bitmapist } from '../../../src/index.js';
import { ColumnsError, type EventRow, peekParquet, RowError, readParquet } from '../../../src/parquet.js';
import { readColumns } from '../../support/formats/parquet/columns.js';
import { COLUMNS, FIXTURE_ROWS, VARIANTS } from '../../support/formats/parquet/table.js';
import { hasGolden } from '../../support/golden/files.js';
import { readMarks } from '../../support/golden/marks.js';
import { readKeys } from '../../support/golden/reference.js';
import { describeKeys } from '../../support/store/listed.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/parquet/', import.meta.url));

describe('columns of files that DuckDB wrote', () => {
  it('are there for every way to write them', async () => {
    const files = (await readdir(FIXTURES)).sort();
    expect(files).toEqual(
      Object.keys(VARIANTS)
        .map((name) => `${name}.parquet`)
        .sort(),
    );
  });

  it.each(Object.keys(VARIANTS))('are read as they were written, in %s.parquet', async (name) => {
    const columns = await readColumns(await readFile(`${FIXTURES}${name}.parquet`));
    expect(Object.keys(columns).sort()).toEqual(Object.keys(COLUMNS).sort());
    for (const [column, { value }] of Object.entries(COLUMNS)) {
      const expected = Array.from({ length: FIXTURE_ROWS }, (_, i) => value(i));
      expect([column, columns[column]]).toEqual([column, expected]);
    }
  });
});

describe('readParquet', () => {
  const events = {
    user: [7, 8],
    timestamp: [new Date('2026-11-22T10:00:00Z'), new Date('2026-11-23T10:00:00Z')],
    event: ['signup', 'active'],
  };

  it('reads events of bytes, a Blob, an open file and an AsyncBuffer', async () => {
    const bytes = new Uint8Array(fileOf(events));
    const expected = [
      { event: 'signup', id: 7, at: events.timestamp[0] },
      { event: 'active', id: 8, at: events.timestamp[1] },
    ];
    expect(await collect(readParquet(bytes))).toEqual(expected);
    expect(await collect(readParquet(bytes.buffer))).toEqual(expected);
    expect(await collect(readParquet(new Blob([bytes])))).toEqual(expected);
    const later = {
      byteLength: bytes.length,
      slice: async (from: number, to: number) => bytes.buffer.slice(from, to),
    };
    expect(await collect(readParquet(later))).toEqual(expected);
    const file = await open(`${FIXTURES}snappy.parquet`);
    const options = { columns: { user: 'text', time: 'instant', event: 'same' }, people: true };
    expect(await collect(readParquet(file, options))).toHaveLength(FIXTURE_ROWS);
    await file.close();
  });

  it('takes people, times and events of every type that can be one', async () => {
    const file = await readFile(`${FIXTURES}zstd.parquet`);
    const read = async (user: string, time: string, event: string, people = false) => {
      const columns = { user, time, event };
      const [row] = (await collect(readParquet(file, { columns, people, skipBroken: true }))).slice(-1);
      return row;
    };
    const last = FIXTURE_ROWS - 1;
    expect(await read('int64', 'instant', 'text')).toEqual({
      event: `user ${last % 97}`,
      id: last * 1_000_003,
      at: COLUMNS.instant!.value(last),
    });
    expect(await read('decimal18', 'wallUs', 'struct.b.c')).toEqual({
      event: `x${last % 11}`,
      id: last * 10,
      at: COLUMNS.wallUs!.value(last),
    });
    expect(await read('uuid', 'date', 'int32', true)).toEqual({
      event: String(last - 5),
      id: COLUMNS.uuid!.value(last),
      at: COLUMNS.date!.value(last),
    });
    expect(await read('uint64', 'wallNs', 'unlike', true)).toMatchObject({
      id: String(2n ** 64n - 1n - BigInt(last)),
    });
    expect(await read('struct.a', 'instant', 'same')).toMatchObject({ id: last });
  });

  it('leaves out rows without a user on request, and otherwise ends at the first, by its number', async () => {
    const file = await readFile(`${FIXTURES}gzip.parquet`);
    const columns = { user: 'numbers', time: 'date', event: 'same' };
    const skipped: string[] = [];
    const rows = await collect(
      readParquet(file, { columns, skipBroken: true, onSkip: ({ place }) => skipped.push(place) }),
    );
    expect(rows.map(({ id }) => id)).toEqual(range(FIXTURE_ROWS).filter((i) => i % 7 !== 0));
    expect(skipped).toEqual(
      range(FIXTURE_ROWS)
        .filter((i) => i % 7 === 0)
        .map((i) => `row ${i + 1}`),
    );
    const error = await collect(readParquet(file, { columns })).catch((reason) => reason);
    expect(error).toBeInstanceOf(RowError);
    expect(error.message).toBe('row 1: expected a user id from 0 to 4294967295, got nothing');
  });

  it('tells which columns it guessed, and asks if two could be meant', async () => {
    const readings: unknown[] = [];
    const file = fileOf({ user_id: [1], created_at: [new Date(0)], event_name: ['a'] });
    await collect(readParquet(file, { onReading: (reading) => readings.push(reading) }));
    expect(readings).toEqual([
      {
        columns: { user: 'user_id', time: 'created_at', event: 'event_name' },
        notes: ['columns were told by their names: user=user_id,time=created_at,event=event_name'],
      },
    ]);
    const two = fileOf({ user_id: [1], customer_id: [2], time: [new Date(0)], event: ['a'] });
    await expect(collect(readParquet(two))).rejects.toThrow(
      'expected one column of users, got "user_id", "customer_id"',
    );
  });

  it('names a column whose type cannot be what it is for, and the type', async () => {
    const file = await readFile(`${FIXTURES}plain.parquet`);
    const columns = { user: 'int32', time: 'date', event: 'text' };
    const refusal = (change: object) =>
      collect(readParquet(file, { columns: { ...columns, ...change } })).catch((error) => error);
    expect(await refusal({ user: 'boolean' })).toBeInstanceOf(ColumnsError);
    expect((await refusal({ user: 'boolean' })).message).toBe(
      'expected a column of users, numbers or texts, got "boolean" of type BOOLEAN',
    );
    expect((await refusal({ user: 'instant' })).message).toContain('"instant" of type INT64 (TIMESTAMP)');
    expect((await refusal({ time: 'clock' })).message).toContain('"clock" of type INT64 (TIME)');
    expect((await refusal({ time: 'list.list.element' })).message).toContain('a list of INT64');
    expect((await refusal({ event: 'double' })).message).toContain('"double" of type DOUBLE');
    expect((await refusal({ event: 'struct' })).message).toContain(
      'expected a column "struct" of event names',
    );
  });

  it('takes numbers as times in the unit that is given or that they show', async () => {
    const at = Date.parse('2026-11-22T10:00:00.500Z');
    const read = async (time: unknown[], timeFormat?: 'ms' | 'ns') => {
      const file = fileOf({ user: [1], time, event: ['a'] });
      return (await collect(readParquet(file, { timeFormat })))[0]!.at;
    };
    expect(await read([at / 1000])).toEqual(new Date(at));
    expect(await read([BigInt(at)])).toEqual(new Date(at));
    expect(await read([BigInt(at) * 1_000_000n])).toEqual(new Date(at));
    expect(await read([5000n], 'ms')).toEqual(new Date(5000));
    expect(await read(['2026-11-22T10:00:00+01:00'])).toEqual(new Date('2026-11-22T09:00:00Z'));
  });

  it('refuses a timestamp that no calendar has', async () => {
    const schema = [
      { name: 'root', num_children: 3 },
      { name: 'user', type: 'INT32' as const, repetition_type: 'REQUIRED' as const },
      { name: 'time', type: 'INT64' as const, converted_type: 'TIMESTAMP_MICROS' as const },
      { name: 'event', type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const },
    ];
    const columnData = [
      { name: 'user', data: [1, 2] },
      { name: 'time', data: [0n, 2n ** 63n - 1n] },
      { name: 'event', data: ['a', 'a'] },
    ];
    const rows: EventRow[] = [];
    const reading = collect(readParquet(parquetWriteBuffer({ schema, columnData })), rows);
    await expect(reading).rejects.toThrow('row 2: expected unix seconds or an ISO 8601 date');
    expect(rows).toEqual([{ event: 'a', id: 1, at: new Date(0) }]);
  });

  it('reads the columns of a preset, the first that is filled in a row', async () => {
    const file = fileOf({
      type: ['track', 'identify', 'track'],
      userId: ['3', '4', null],
      anonymousId: ['10', '11', '12'],
      timestamp: ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z'],
      event: ['a', null, 'b'],
    });
    const rows = await collect(readParquet(file, { preset: 'segment' }));
    expect(rows.map(({ event, id }) => [event, id])).toEqual([
      ['a', 3],
      ['b', 12],
    ]);
  });

  it('reads a file without rows, and one event for all rows', async () => {
    const empty = parquetWriteBuffer({
      columnData: [
        { name: 'user', data: [], type: 'INT32' },
        { name: 'time', data: [], type: 'TIMESTAMP' },
      ],
    });
    const readings: unknown[] = [];
    const options = { event: 'visit', onReading: (reading: unknown) => readings.push(reading) };
    expect(await collect(readParquet(empty, options))).toEqual([]);
    expect(readings).toHaveLength(1);
    const file = fileOf({ user: [1], time: [new Date(0)] });
    expect(await collect(readParquet(file, options))).toEqual([{ event: 'visit', id: 1, at: new Date(0) }]);
  });

  it('ends with the reason of a signal, also if the file is silent', async () => {
    const file = new Uint8Array(fileOf(events));
    const aborting = new AbortController();
    const silent = { byteLength: file.length, slice: () => new Promise<ArrayBuffer>(() => {}) };
    const reading = collect(readParquet(silent, { signal: aborting.signal }));
    aborting.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    await expect(collect(readParquet(file, { signal: aborting.signal }))).rejects.toThrow('enough');
  });

  it('refuses what cannot be read at any place, and what is no Parquet', async () => {
    await expect(collect(readParquet(new Response('').body as never))).rejects.toThrow(
      'expected bytes, a Blob, an open file or an AsyncBuffer, which can be read at any place, got ReadableStream',
    );
    await expect(collect(readParquet(new Uint8Array(5)))).rejects.toThrow(
      'expected a Parquet file, got 5 bytes',
    );
    const csv = new TextEncoder().encode('user,timestamp,event\n1,2026-11-22,a\n');
    await expect(collect(readParquet(csv))).rejects.toBeInstanceOf(FormatError);
    await expect(collect(readParquet(csv))).rejects.toThrow('expected a Parquet file, which ends in PAR1');
  });

  it.skipIf(!hasGolden).each(['onlineretail', 'git_redis', 'git_express'])(
    'gives exactly the keys of %s',
    { tags: 'long' },
    async (name) => {
      const marks = readMarks(name);
      const file = fileOf({
        user_id: marks.map(({ id }) => id),
        created_at: marks.map(({ at }) => new Date(at)),
        event_name: marks.map(({ event }) => event),
      });
      const bitmapist = new Bitmapist({ trackHourly: true, trackUnique: true });
      await bitmapist.markEvents(readParquet(file) as never);
      expect(await describeKeys(bitmapist.store)).toEqual(readKeys(name));
    },
  );
});

describe('peekParquet', () => {
  it('shows names and the first rows, and which columns would be read', async () => {
    const file = fileOf({ user_id: [1, 2], time: [new Date(0), null], event: ['a', 'b'] });
    expect(await peekParquet(file)).toEqual({
      names: ['user_id', 'time', 'event'],
      samples: [
        ['1', '1970-01-01T00:00:00.000Z', 'a'],
        ['2', '', 'b'],
      ],
      columns: { user: 'user_id', time: 'time', event: 'event' },
    });
  });

  it('says why they cannot be told, and shows nothing of what cannot be read', async () => {
    const { names, samples, problem } = await peekParquet(await readFile(`${FIXTURES}brotli.parquet`));
    expect(names).toContain('struct.b.c');
    expect(samples).toHaveLength(10);
    expect(samples[4]![names.indexOf('struct.b.c')]).toBe('x4');
    expect(samples[4]![names.indexOf('boolean')]).toBe('');
    expect(problem).toBeInstanceOf(ColumnsError);
    const flags = fileOf({ user: [true], time: [new Date(0)], event: ['a'] });
    const peek = await peekParquet(flags);
    expect(peek.columns).toEqual({ time: 'time', event: 'event' });
    expect(peek.problem?.message).toContain('"user" of type BOOLEAN');
  });
});

function fileOf(columns: Record<string, unknown[]>): ArrayBuffer {
  return parquetWriteBuffer({ columnData: Object.entries(columns).map(([name, data]) => ({ name, data })) });
}

async function collect(
  batches: AsyncIterable<readonly EventRow[]>,
  rows: EventRow[] = [],
): Promise<EventRow[]> {
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
