import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { describe, expect, it } from 'vitest';
import { containerIds } from '../../src/bitmap/ids.js';
import { decodeRoaring } from '../../src/bitmaps.js';
import type { WriteParquetOptions } from '../../src/events/parquet.js';
import { writeParquet } from '../../src/events/parquet.js';
import { Bitmapist, parseKey } from '../../src/index.js';
import { peekParquet, readParquet } from '../../src/parquet.js';
import { readColumns } from '../support/formats/parquet/columns.js';
import { hasGolden } from '../support/golden/files.js';
import { readMarks } from '../support/golden/marks.js';
import { readKeys } from '../support/golden/reference.js';
import { describeKeys } from '../support/store/listed.js';

describe('writeParquet', () => {
  it('writes who did what in which period, in order', async () => {
    const bitmapist = new Bitmapist({ trackHourly: true, trackUnique: true });
    await bitmapist.markEvent('b', [4_294_967_295, 7], { now: '2026-11-22T10:30:00Z' });
    await bitmapist.markEvent('a', 70_000, {
      now: '2026-01-01T00:00:00Z',
      trackHourly: false,
      trackUnique: false,
    });
    expect(await rowsOf(bitmapist)).toEqual([
      ['a', 'day', '2026-01-01', '2026-01-01T00:00:00', 70_000],
      ['a', 'month', '2026-01', '2026-01-01T00:00:00', 70_000],
      ['a', 'week', '2026-W01', '2025-12-29T00:00:00', 70_000],
      ['b', 'day', '2026-11-22', '2026-11-22T00:00:00', 7],
      ['b', 'day', '2026-11-22', '2026-11-22T00:00:00', 4_294_967_295],
      ['b', 'hour', '2026-11-22T10', '2026-11-22T10:00:00', 7],
      ['b', 'hour', '2026-11-22T10', '2026-11-22T10:00:00', 4_294_967_295],
      ['b', 'month', '2026-11', '2026-11-01T00:00:00', 7],
      ['b', 'month', '2026-11', '2026-11-01T00:00:00', 4_294_967_295],
      ['b', 'unique', 'unique', undefined, 7],
      ['b', 'unique', 'unique', undefined, 4_294_967_295],
      ['b', 'week', '2026-W47', '2026-11-16T00:00:00', 7],
      ['b', 'week', '2026-W47', '2026-11-16T00:00:00', 4_294_967_295],
    ]);
  });

  it('orders names as their bytes are ordered, and leaves out keys of other kinds', async () => {
    const bitmapist = new Bitmapist();
    for (const name of ['😀', '\ufb01', 'z', 'é']) await bitmapist.markUnique(name, 1);
    await bitmapist.store.put('trackist_other', Uint8Array.of(1));
    const leftOut: string[] = [];
    const rows = await rowsOf(bitmapist, { onLeftOut: (key) => leftOut.push(key) });
    expect(rows.map(([event]) => event)).toEqual(['z', 'é', '\ufb01', '😀']);
    expect(leftOut).toEqual(['trackist_other']);
  });

  it('writes a store without events as a table without rows', async () => {
    for (const rows of ['periods', 'marks', 'bitmaps'] as const) {
      expect(await rowsOf(new Bitmapist(), { rows })).toEqual([]);
    }
  });

  it('writes whatever was marked, of any ids, and reads it back', async () => {
    const marks = fc.array(
      fc.record({
        event: fc.constantFrom('a', 'b', 'ü'),
        id: fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 300 })),
        at: fc.date({ min: new Date('2025-12-20'), max: new Date('2026-01-10'), noInvalidDate: true }),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(marks, fc.boolean(), async (all, trackHourly) => {
        const bitmapist = new Bitmapist({ trackHourly, trackUnique: true, timeZone: 'America/New_York' });
        await bitmapist.markEvents(all);
        const rows = (await rowsOf(bitmapist)).map(([event, , period, , id]) => `${event} ${period} ${id}`);
        expect(rows.sort()).toEqual(await plainRows(bitmapist));
        const file = readParquet(await fileOf(bitmapist, { rows: 'marks' }), { columns: { user: 'id' } });
        const copy = new Bitmapist({ trackHourly, trackUnique: true, timeZone: 'America/New_York' });
        await copy.markEvents(file as never);
        expect(await describeKeys(copy.store)).toEqual(await describeKeys(bitmapist.store));
      }),
      { numRuns: 30 },
    );
  });

  it('fills more than one group of rows', async () => {
    const bitmapist = new Bitmapist();
    const ids = Uint32Array.from({ length: 300_000 }, (_, index) => index * 3);
    await bitmapist.markUnique('a', ids);
    await bitmapist.markUnique('b', [5]);
    const { id, event } = await readColumns(await fileOf(bitmapist));
    expect(id!.length).toBe(300_001);
    expect(id!.findIndex((value, index) => value !== (ids[index] ?? 5))).toBe(-1);
    expect(event!.indexOf('b')).toBe(300_000);
  });

  it('says of marks the hour, or else the beginning of the day, or else of the week or month', async () => {
    const bitmapist = new Bitmapist({ timeZone: 'Europe/Berlin' });
    const mark = (event: string, id: number, now: string, trackHourly: boolean) =>
      bitmapist.markEvent(event, id, { now, trackHourly });
    await mark('a', 1, '2026-11-22T10:30', true);
    await mark('a', 2, '2026-11-22', false);
    await mark('a', 3, '2026-11-22T00:10', true);
    await mark('a', 4, '2026-11-23', false);
    await mark('weeks', 5, '2026-11-22', false);
    await bitmapist.store.delete(['trackist_weeks_2026-11-22', 'trackist_weeks_2026-11']);
    await mark('months', 6, '2026-11-22', false);
    await bitmapist.store.delete(['trackist_months_2026-11-22', 'trackist_months_W2026-47']);
    expect(await rowsOf(bitmapist, { rows: 'marks' })).toEqual([
      ['a', '2026-11-21T23:00:00.000Z', 2],
      ['a', '2026-11-21T23:00:00.000Z', 3],
      ['a', '2026-11-22T09:00:00.000Z', 1],
      ['a', '2026-11-22T23:00:00.000Z', 4],
      ['months', '2026-10-31T23:00:00.000Z', 6],
      ['weeks', '2026-11-15T23:00:00.000Z', 5],
    ]);
  });

  it('tells of what marks cannot say: flags, and months and weeks without days beside days', async () => {
    const bitmapist = new Bitmapist({ trackUnique: true });
    await bitmapist.markEvent('a', 1, { now: '2026-11-22' });
    await bitmapist.markEvent('a', 2, { now: '2025-03-05' });
    await bitmapist.store.delete(['trackist_a_2025-3-5']);
    const leftOut: string[] = [];
    const rows = await rowsOf(bitmapist, { rows: 'marks', onLeftOut: (key) => leftOut.push(key) });
    expect(rows).toEqual([['a', '2026-11-22T00:00:00.000Z', 1]]);
    expect(leftOut.sort()).toEqual(['trackist_a_2025-3', 'trackist_a_W2025-10', 'trackist_a_u']);
  });

  it('writes the texts that people are known by, if it is told who knows them', async () => {
    const bitmapist = new Bitmapist();
    await bitmapist.markUnique('a', [1, 2, 3]);
    await bitmapist.markUnique('b', [1]);
    const texts = new Map([
      [1, 'u_1'],
      [3, 'u_3'],
    ]);
    const people = { textsOf: async (ids: ArrayLike<number>) => Array.from(ids, (id) => texts.get(id)) };
    const columns = await readColumns(await fileOf(bitmapist, { people: people as never }));
    expect(columns.id).toEqual([1, 2, 3, 1]);
    expect(columns.person).toEqual(['u_1', undefined, 'u_3', 'u_1']);
  });

  it('writes a portable Roaring bitmap for each key, as CRoaring reads it', async () => {
    const bitmapist = new Bitmapist({ trackUnique: true });
    const run = Array.from({ length: 70_000 }, (_, index) => index);
    const ids = { a: [5, 4_294_967_295], b: run, c: run.map((id) => id * 7) };
    for (const [event, list] of Object.entries(ids)) await bitmapist.markUnique(event, list);
    const file = await (await fileOf(bitmapist, { rows: 'bitmaps' })).arrayBuffer();
    const rows = await parquetReadObjects({ file, compressors, utf8: false });
    await roaringLibraryInitialize();
    for (const [index, [event, list]] of Object.entries(ids).entries()) {
      const row = rows[index]!;
      expect([row.event, row.unit, row.period, row.start]).toEqual([event, 'unique', 'unique', null]);
      expect(row.count).toBe(BigInt(list.length));
      const bitmap = new RoaringBitmap32();
      bitmap.deserialize('portable', row.ids);
      expect([...bitmap.toUint32Array()]).toEqual(list);
      bitmap.dispose();
      const own = Array.from(decodeRoaring(row.ids), (container) => [...containerIds(container)]).flat();
      expect(own).toEqual(list);
    }
  });

  it('writes rows that are read as events only if they are marks', async () => {
    const bitmapist = new Bitmapist();
    await bitmapist.markEvent('a', 7, { now: '2026-11-22' });
    const columns = { user: 'id', event: 'event' };
    for (const rows of ['periods', 'bitmaps'] as const) {
      const file = await fileOf(bitmapist, { rows });
      const sentence = `expected rows that are events, got an export whose rows are ${rows}`;
      const read = readParquet(file, { columns: { ...columns, time: 'start' } });
      await expect(read.next()).rejects.toThrow(sentence);
      await expect(peekParquet(file)).rejects.toThrow(sentence);
    }
    const marks = readParquet(await fileOf(bitmapist, { rows: 'marks' }), { columns });
    const { value } = await marks.next();
    expect(value).toEqual([{ event: 'a', id: 7, at: new Date('2026-11-22') }]);
  });

  it('refuses rows that there are none of, and names that are no text', async () => {
    const bitmapist = new Bitmapist();
    await expect(rowsOf(bitmapist, { rows: 'ids' as never })).rejects.toThrow(
      'expected periods, marks or bitmaps as rows, got "ids"',
    );
    await bitmapist.markUnique('\ud800', 1);
    await expect(rowsOf(bitmapist)).rejects.toThrow('expected names of events that are UTF-8, got "\\ud800"');
  });

  it('ends with the reason of a signal', async () => {
    const bitmapist = new Bitmapist();
    await bitmapist.markUnique('a', 1);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(rowsOf(bitmapist, { signal })).rejects.toThrow('enough');
  });

  it.skipIf(!hasGolden).each(['git_redis', 'onlineretail'])(
    'gives %s back to the bit as marks',
    { tags: 'long' },
    async (name) => {
      const options = { trackHourly: true, trackUnique: true };
      const bitmapist = new Bitmapist(options);
      await bitmapist.markEvents(
        readMarks(name).map(({ event, id, at }) => ({ event, id, at: new Date(at) })),
      );
      const copy = new Bitmapist(options);
      const file = readParquet(await fileOf(bitmapist, { rows: 'marks' }), { columns: { user: 'id' } });
      await copy.markEvents(file as never);
      expect(await describeKeys(copy.store)).toEqual(readKeys(name));
    },
  );
});

async function fileOf(bitmapist: Bitmapist, options: WriteParquetOptions = {}): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of writeParquet(bitmapist, options)) chunks.push(chunk);
  return new Blob(chunks);
}

/** All rows, times as text. */
async function rowsOf(bitmapist: Bitmapist, options: WriteParquetOptions = {}): Promise<unknown[][]> {
  const columns = Object.values(await readColumns(await fileOf(bitmapist, options)));
  return Array.from(columns[0] ?? [], (_, row) =>
    columns.map((values) => {
      const value = values[row];
      return value instanceof Date ? value.toISOString() : value;
    }),
  );
}

async function plainRows(bitmapist: Bitmapist): Promise<string[]> {
  const rows: string[] = [];
  for await (const key of bitmapist.store.keys('')) {
    const { event, period } = parseKey('trackist_', key)!;
    for (const id of await bitmapist.query(`"${event}"@${period}`).ids())
      rows.push(`${event} ${period} ${id}`);
  }
  return rows.sort();
}
