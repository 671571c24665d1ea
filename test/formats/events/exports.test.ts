import { describe, expect, it } from 'vitest';
import { Bitmapist } from '../../../src/bitmapist.js';
import { type EventRow, type ReadEventsOptions, type Reading, readEvents } from '../../../src/csv.js';
import { readJsonLines } from '../../../src/jsonl.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { chunksOf } from '../../support/formats/chunks.js';
import { hasGolden, readGolden } from '../../support/golden/files.js';
import { describeKey, readKeys } from '../../support/golden/reference.js';
import { namesOf } from '../../support/store/conformance.js';

/** Real data in the shapes that exports have: the very keys and bytes that the reference writes come out of all of them. */

interface Shape {
  readonly write: (rows: readonly string[][]) => Uint8Array;
  readonly read: (
    bytes: Iterable<Uint8Array>,
    options: ReadEventsOptions,
  ) => AsyncIterable<readonly EventRow[]>;
  readonly options?: ReadEventsOptions;
  readonly columns: Reading['columns'];
  readonly notes: readonly string[];
}

const iso = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString();
const TODAY = { user: 'user', time: 'timestamp', event: 'event' };
const RENAMED = { user: 'user_id', time: 'created_at', event: 'event_name' };
const GUESS = 'columns were told by their names: user=user_id,time=created_at,event=event_name';
const lines = (rows: readonly string[][], delimiter: string): string =>
  rows.map((row) => `${row.join(delimiter)}\n`).join('');

const SHAPES: Record<string, Shape> = {
  'tabs, and names of columns that are guessed': {
    write: (rows) => Buffer.from(`user_id\tcreated_at\tevent_name\n${lines(rows, '\t')}`),
    read: readEvents,
    columns: RENAMED,
    notes: [GUESS, 'a tab stands between fields'],
  },
  'semicolons, quotes and ISO 8601 with offsets': {
    write: (rows) =>
      Buffer.from(
        `Event_Name;"Country";Created_At;User_Id\r\n${rows
          .map(([user, seconds, event]) => {
            const local = iso(String(Number(seconds) + 19_800)).replace('.000Z', '+05:30');
            return `"${event}";x;${local};${user}\r\n`;
          })
          .join('')}`,
      ),
    read: readEvents,
    columns: { user: 'User_Id', time: 'Created_At', event: 'Event_Name' },
    notes: [
      'columns were told by their names: user=User_Id,time=Created_At,event=Event_Name',
      'a semicolon stands between fields',
    ],
  },
  'bars, in UTF-16 of which the high bytes come first': {
    write: (rows) => Buffer.from(`\uFEFFuser|timestamp|event\r\n${lines(rows, '|')}`, 'utf16le').swap16(),
    read: readEvents,
    columns: TODAY,
    notes: ['the text is UTF-16', 'a bar stands between fields'],
  },
  'UTF-16, and columns that are given': {
    write: (rows) =>
      Buffer.from(
        `\uFEFFuser,who,at,time,event,what\n${rows.map(([u, t, e]) => `0,${u},${t},0,x,${e}\n`).join('')}`,
        'utf16le',
      ),
    read: readEvents,
    options: { columns: { user: 'who', time: 'at', event: 'what' } },
    columns: { user: 'who', time: 'at', event: 'what' },
    notes: ['the text is UTF-16'],
  },
  microseconds: {
    write: (rows) =>
      Buffer.from(`user,timestamp,event\n${rows.map(([u, t, e]) => `${u},${t}000000,${e}\n`).join('')}`),
    read: readEvents,
    columns: TODAY,
    notes: ['times are microseconds since 1970'],
  },
  'JSON Lines with numbers': {
    write: (rows) =>
      Buffer.from(
        rows.map(([u, t, e]) => `{"user_id":${u},"created_at":${t}000,"event_name":"${e}"}\n`).join(''),
      ),
    read: readJsonLines,
    columns: RENAMED,
    notes: [GUESS, 'times are milliseconds since 1970'],
  },
  'JSON Lines with texts, deep in it': {
    write: (rows) =>
      Buffer.from(
        rows
          .map(([distinct_id, t, event]) =>
            JSON.stringify({ event, properties: { distinct_id, time: iso(t!) } }),
          )
          .join('\r\n'),
      ),
    read: readJsonLines,
    options: { preset: 'mixpanel' },
    columns: { user: 'properties.distinct_id', time: 'properties.time', event: 'event' },
    notes: [],
  },
};

describe.skipIf(!hasGolden).each(['onlineretail', 'git_express', 'git_redis'])(
  'the real data of %s',
  (name) => {
    const rows = !hasGolden
      ? []
      : readGolden(`data/${name}.csv.gz`)
          .toString()
          .trimEnd()
          .split('\n')
          .slice(1)
          .map((line) => line.split(','));

    it.each(Object.entries(SHAPES))(
      'gives the keys of the reference as %s',
      { tags: 'long' },
      async (_, shape) => {
        const readings: Reading[] = [];
        const bytes = shape.write(rows);
        const options = { ...shape.options, onReading: (reading: Reading) => readings.push(reading) };
        const store = new MemoryStore();
        const bitmapist = new Bitmapist({ store, trackHourly: true, trackUnique: true });
        const marked = await bitmapist.markEvents(shape.read(chunksOf(bytes, 60_001), options));
        expect(marked.rows).toBe(rows.length);
        expect(readings).toEqual([{ columns: shape.columns, notes: shape.notes }]);
        const keys = await namesOf(store, '');
        const described = await Promise.all(
          keys.map(async (key) => {
            const target = new Uint8Array((await store.byteLengths([key]))[0]!);
            await store.read([{ key, byteOffset: 0, target }]);
            return describeKey(key, target);
          }),
        );
        expect(described.sort()).toEqual(readKeys(name));
      },
    );
  },
);
