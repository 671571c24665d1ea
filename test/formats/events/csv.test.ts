import { createReadStream } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CsvError,
  type EventRow,
  peekEvents,
  type Reading,
  readEvents,
  type SkippedRow,
} from '../../../src/csv.js';
import { chunksOf } from '../../support/formats/chunks.js';
import { collectRows } from '../../support/formats/rows.js';
import { goldenPath, hasGolden, readGolden } from '../../support/golden/files.js';
import { usedBytes } from '../../support/memory.js';

const HEADER = 'user,timestamp,event\n';

const ID = 'expected a user id from 0 to 4294967295';
const TEXTS = '; if people are known by texts, read them with people';
const DATE = 'expected unix seconds or an ISO 8601 date of the years 1 to 9999';

describe('events as CSV', () => {
  it('reads unix seconds and ISO 8601 dates', async () => {
    const text = [
      '1,1291191960,login',
      '2,100000000,login',
      '3,100000001.5,login',
      '4,2026-11-22,login',
      '5,2026-11-22T13:05:07.25Z,login',
      '6,2026-11-22T13:05,login',
      '7,2026-11-22 13:05:07,login',
      '8,2026-11-22T13:05:07+02:00,login',
      '4294967295,253402300799,login',
    ].join('\n');
    expect((await rowsOf(HEADER + text)).map(({ id, at }) => [id, at])).toEqual([
      [1, new Date(1_291_191_960_000)],
      [2, new Date('1973-03-03T09:46:40Z')],
      [3, new Date('1973-03-03T09:46:41.5Z')],
      [4, '2026-11-22'],
      [5, new Date('2026-11-22T13:05:07.25Z')],
      [6, '2026-11-22T13:05'],
      [7, '2026-11-22 13:05:07'],
      [8, new Date('2026-11-22T11:05:07Z')],
      [4_294_967_295, new Date('9999-12-31T23:59:59Z')],
    ]);
  });

  it('finds its columns by name, among others and in any order', async () => {
    const text =
      '\uFEFFcountry, event ,timestamp,user\r\nDE,login,100000000,7\r\n\r\n"a\r\nb","log,in ""x""",100000000,8';
    expect(await rowsOf(text)).toEqual([
      { event: 'login', id: 7, at: new Date(1e11) },
      { event: 'log,in "x"', id: 8, at: new Date(1e11) },
    ]);
  });

  it('finds a column whose name is quoted after a byte order mark', async () => {
    const text = '\uFEFF"user","timestamp","event"\n7,2026-11-22,\uFEFFlogin\n';
    for (const chunkLength of [1, 2, 3, 100]) {
      expect(await rowsOf(text, chunkLength)).toEqual([{ event: '\uFEFFlogin', id: 7, at: '2026-11-22' }]);
    }
  });

  it('reads a header without rows as no events', async () => {
    expect(await rowsOf(HEADER)).toEqual([]);
    expect(await rowsOf('user,timestamp,event')).toEqual([]);
  });

  it('reads the same whatever the chunks, line ends, quotes and packing', { tags: 'long' }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            event: names,
            id: fc.nat(2 ** 32 - 1),
            seconds: fc.integer({ min: 1e8, max: 2 ** 32 }),
          }),
          {
            maxLength: 30,
          },
        ),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '\uFEFF'),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (rows, lineEnd, mark, endsWithLine, packed, chunkLength) => {
          const lines = rows.map(({ event, id, seconds }) => `${id},${seconds},${field(event)}`);
          const text =
            mark + ['user,timestamp,event', ...lines].join(lineEnd) + (endsWithLine ? lineEnd : '');
          const bytes = packed ? gzipSync(text) : Buffer.from(text);
          const expected = rows.map(({ event, id, seconds }) => ({
            event,
            id,
            at: new Date(seconds * 1000),
          }));
          expect(await rowsOf(bytes, chunkLength)).toEqual(expected);
        },
      ),
      { seed: 21, numRuns: 200 },
    );
  });

  it.each([
    ['an unknown user', '1,100000000,a\nx,100000000,a\n', 3, 1, `${ID}, got "x"${TEXTS}`],
    ['a user beyond 32 bits', '4294967296,100000000,a', 2, 0, `${ID}, got "4294967296"${TEXTS}`],
    ['a negative user', '-1,100000000,a', 2, 0, `${ID}, got "-1"${TEXTS}`],
    ['a broken number', '1.5,100000000,a', 2, 0, `${ID}, got "1.5"${TEXTS}`],
    ['no user', ',100000000,a', 2, 0, 'expected a user id from 0 to 4294967295, got ""'],
    ['a hexadecimal user', '0x10,100000000,a', 2, 0, `${ID}, got "0x10"${TEXTS}`],
    ['no event', '1,100000000,', 2, 0, 'expected an event name, got an empty field'],
    ['a missing field', '1,100000000,a\n\n1,100000000\n', 4, 1, 'expected 3 fields, got 2'],
    ['a field too many', '1,100000000,a,b', 2, 0, 'expected 3 fields, got 4'],
    ['a date of no calendar', '1,2026-02-30,a', 2, 0, `${DATE}, got "2026-02-30"`],
    ['an hour of no day', '1,2026-02-20T24:00Z,a', 2, 0, `${DATE}, got "2026-02-20T24:00Z"`],
    ['the year 0', '1,0000-02-20,a', 2, 0, `${DATE}, got "0000-02-20"`],
    [
      "Excel's number of a day",
      '1,46328.395833,a',
      2,
      0,
      `${DATE}, got "46328.395833", perhaps the day number of a spreadsheet: write 2026-11-02T09:30:00`,
    ],
    [
      'a year alone',
      '1,2026,a',
      2,
      0,
      `${DATE}, got "2026", perhaps a year or a month: write a day of it, as 2026-11-02`,
    ],
    ['words for a date', '1,yesterday,a', 2, 0, `${DATE}, got "yesterday"`],
    ['no date', '1,,a', 2, 0, `${DATE}, got ""`],
    ['an offset of no zone', '1,2026-02-20T10:00+99:00,a', 2, 0, `${DATE}, got "2026-02-20T10:00+99:00"`],
    ['an offset of a date', '1,2026-02-20Z,a', 2, 0, `${DATE}, got "2026-02-20Z"`],
    [
      'a second after the year 9999',
      '1,253402300800,a',
      2,
      0,
      `${DATE}, got "253402300800"; if the whole file is in one unit, say it with the time format`,
    ],
    [
      'a quote left open',
      '1,100000000,a\n2,100000000,"b\n3,100000000,c',
      3,
      1,
      'expected a closing quote, got the end of the file',
    ],
    [
      'text behind a quote',
      '1,100000000,a\n2,100000000,"b"c\n',
      3,
      1,
      'expected a comma or the end of the line after a closing quote, got more text',
    ],
  ])('names the line and the rows before it for %s', async (_, body, line, rows, message) => {
    for (const chunkLength of [1, 7, 65_536]) {
      const { error, read } = await failureOf(Buffer.from(HEADER + body), chunkLength);
      expect(error.message).toBe(`line ${line}: ${message}`);
      expect([error.line, error.rows, read.length]).toEqual([line, rows, rows]);
    }
  });

  it('refuses dates without a time of day where the caller needs one', async () => {
    const rows = collect(
      readEvents([Buffer.from(`${HEADER}1,100000000,a\n2,2026-11-22T13:05,a\n3,2026-11-22,a\n`)], {
        needsTime: true,
      }),
    );
    await expect(rows).rejects.toThrow(
      'line 4: expected a date with a time of day to mark its hour, got "2026-11-22"',
    );
  });

  it('counts lines, not rows, where quoted fields hold line breaks', async () => {
    const { error } = await failureOf(
      Buffer.from(`${HEADER}1,100000000,"a\nb\nc"\n2,100000000,"d\n"\nx,100000000,e`),
    );
    expect([error.line, error.rows]).toEqual([7, 2]);
  });

  it('refuses an empty file', async () => {
    for (const text of ['', '\n\r\n', '\uFEFF']) {
      const { error } = await failureOf(Buffer.from(text));
      expect(error.message).toMatch(
        /^line \d: expected a header with the names of columns, got an empty file$/,
      );
    }
  });

  it('refuses lines that end with carriage returns alone, all of which would be a header', async () => {
    for (const end of ['\r', '\r\r\r', '\r\n', '\n']) {
      const { error } = await failureOf(
        Buffer.from(`user,timestamp,event,place\r7,2026-11-22,a,b\r8,2026-11-22,a,b${end}`),
      );
      expect(error.message).toBe(
        'line 1: expected lines that end with a line feed, got carriage returns alone',
      );
    }
    const { rows } = await collectRows(
      readEvents(new Blob(['user,timestamp,event,"a\r\nplace"\r\n7,2026-11-22,a,b\r\n'])),
    );
    expect(rows).toHaveLength(1);
  });

  it('keeps no file by the names of its events', async () => {
    const before = await usedBytes();
    const names = new Set<string>();
    for (let index = 0; index < 32; index++) {
      for (const quote of ['', '"']) {
        const row = `7,${quote}2026-11-22${quote},the event of file ${index}${quote}\n`;
        const file = Buffer.from('user,timestamp,event\n7,2026-11-22,a\n'.concat(row.repeat(20_000)));
        for await (const rows of readEvents(file)) for (const { event } of rows) names.add(event);
      }
    }
    expect((await usedBytes()) - before).toBeLessThan(2 ** 23);
    expect(names.size).toBe(65);
  });

  it('refuses bytes that are no UTF-8, and hands out the rows before them', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}1,100000000,é\n2,100000000,b`),
      Buffer.from([0xff]),
      Buffer.from('\n3,100000000,c\n'),
    ]);
    for (const chunkLength of [1, 5, 65_536]) {
      const { error, read } = await failureOf(bytes, chunkLength);
      expect(error.message).toBe('line 3: expected UTF-8 text, got other bytes');
      expect(read.map(({ event }) => event)).toEqual(['é']);
    }
    const cut = await failureOf(Buffer.from(`${HEADER}1,100000000,é`).subarray(0, -1));
    expect(cut.read).toEqual([]);
    expect(cut.error.message).toBe('line 2: expected UTF-8 text, got a part of a character at the end');
  });

  it('hands out nothing from the row on in which an accent of another encoding ends a chunk', async () => {
    const text = `${HEADER}1,100000000,a\n2,100000000,caf\xe9\n3,100000000,b\n4,100000000,c\n`;
    const bytes = Buffer.from(text, 'latin1');
    const { error, read } = await failureOf(bytes, text.indexOf('\xe9') + 1);
    expect([error.message, error.rows]).toEqual(['line 3: expected UTF-8 text, got other bytes', 1]);
    expect(read.map(({ id }) => id)).toEqual([1]);
  });

  it('refuses a gzip file that ends early, and says how far it came', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index},${1e8 + index * 7919},event\n`);
    const whole = gzipSync(HEADER + lines.join(''));
    const { error, read } = await failureOf(whole.subarray(0, whole.length / 2));
    expect(error.message).toMatch(/^line \d+: expected gzip data/);
    expect(error.rows).toBe(read.length);
    expect(read.length).toBeGreaterThan(1000);
    expect(error.line).toBe(read.length + 2);
  });

  it('gives up on a quote that is never closed instead of keeping the whole file', async () => {
    let pulled = 0;
    async function* endless() {
      yield Buffer.from(`${HEADER}1,100000000,"a\n`);
      for (;;) {
        pulled += 65_536;
        yield Buffer.alloc(65_536, 'x\n');
      }
    }
    await expect(collect(readEvents(endless()))).rejects.toThrow(
      'line 2: expected a row of at most 1048576 characters, got a longer one (is a quote left open?)',
    );
    expect(pulled).toBeLessThan(2 ** 21);
  });

  it('takes a row of a MiB of characters, and none that is longer, however it arrives', async () => {
    const row = (length: number) => `1,100000000,${'x'.repeat(length - 12)}`;
    for (const chunkLength of [65_536, 1_000_003, 2 ** 22]) {
      for (const end of ['\n2,100000000,b\n', '']) {
        const rows = await rowsOf(HEADER + row(2 ** 20) + end, chunkLength);
        expect(rows.map(({ event }) => event.length)).toEqual(end ? [2 ** 20 - 12, 1] : [2 ** 20 - 12]);
        const { error } = await failureOf(Buffer.from(HEADER + row(2 ** 20 + 1) + end), chunkLength);
        expect(error.message).toMatch('line 2: expected a row of at most 1048576 characters');
      }
    }
  });

  it('leaves broken rows out if it is told to, and says which and why', async () => {
    const lines = [
      'user,timestamp,event',
      '1,100000000,a',
      'x,100000000,b',
      '2,100000000',
      '"3",never,"c\nd"',
      '4,100000000,',
      '5,100000000,e',
      '6,100000000,caf\xe9',
      '7,2026-11-22T13:05:07Z,f',
    ];
    for (const chunkLength of [1, 7, 65_536]) {
      const skipped: SkippedRow[] = [];
      const bytes = chunksOf(Buffer.from(lines.join('\n'), 'latin1'), chunkLength);
      const rows = await collect(readEvents(bytes, { skipBroken: true, onSkip: (row) => skipped.push(row) }));
      expect(rows.map(({ id }) => id)).toEqual([1, 5, 7]);
      expect(skipped).toEqual([
        { place: 'line 3', problem: `${ID}, got "x"${TEXTS}`, skipped: 1 },
        { place: 'line 4', problem: 'expected 3 fields, got 2', skipped: 2 },
        { place: 'line 5', problem: `${DATE}, got "never"`, skipped: 3 },
        { place: 'line 7', problem: 'expected an event name, got an empty field', skipped: 4 },
        {
          place: 'line 9',
          problem: 'expected text, got bytes of another encoding in "caf\uFFFD"',
          skipped: 5,
        },
      ]);
    }
  });

  it('ends at a quote that is wrong also if broken rows are left out, since nobody knows where its row ends', async () => {
    const text = `${HEADER}1,100000000,a\n2,100000000,"b"c\n3,100000000,d\n`;
    await expect(collect(readEvents(Buffer.from(text), { skipBroken: true }))).rejects.toThrow(
      'line 3: expected a comma or the end of the line after a closing quote, got more text',
    );
  });

  it('reads the texts that people are known by, whatever they look like', async () => {
    const text = 'user_id,time,event\nu_8f3a,100000000,a\n007,100000000,a\n"a,b",100000000,a\n,100000000,a\n';
    const reading = collect(readEvents(Buffer.from(text), { people: true, skipBroken: true }));
    expect((await reading).map(({ id }) => id)).toEqual(['u_8f3a', '007', 'a,b']);
    const long = `user,timestamp,event\n${'é'.repeat(500)},100000000,a\n${'é'.repeat(501)},100000000,a\n`;
    const { rows, error } = await collectRows(readEvents(Buffer.from(long), { people: true }));
    expect(rows).toHaveLength(1);
    expect(String(error)).toContain('line 3: expected a user\'s text of 1 to 1000 bytes of UTF-8, got "');
  });

  it('takes \\N, which databases write for nothing, for nothing', async () => {
    const text = 'user_id\ttime\tevent\nu_1\t100000000\ta\n\\N\t100000000\ta\nu_2\t100000000\t\\N\n';
    const skipped: string[] = [];
    const options = {
      skipBroken: true,
      people: true,
      onSkip: ({ problem }: SkippedRow) => skipped.push(problem),
    };
    expect((await collect(readEvents(Buffer.from(text), options))).map(({ id }) => id)).toEqual(['u_1']);
    expect(skipped).toHaveLength(2);
    const numbers = Buffer.from(`${HEADER}1,100000000,a\n2,100000000,\\N\n`);
    expect((await failureOf(numbers)).error).toMatchObject({
      line: 3,
      rows: 1,
      problem: 'expected an event name, got an empty field',
    });
  });

  it('passes over the line that tells a spreadsheet the delimiter', async () => {
    for (const [line, mark] of [
      ['sep=;', ';'],
      ['SEP=\t', '\t'],
      ['sep=,', ','],
    ] as const) {
      const text = `${line}\r\nuser,timestamp,event\r\n7,2026-11-22,a\r\n`.replaceAll(/,(?!\r)/g, mark);
      expect(await rowsOf(text)).toEqual([{ event: 'a', id: 7, at: '2026-11-22' }]);
      expect((await peekEvents(Buffer.from(text))).names).toEqual(['user', 'timestamp', 'event']);
    }
  });

  it('reads UTF-16 without its mark, wherever chunks end', async () => {
    const text = `${HEADER}7,2026-11-22,é😀\n`;
    const little = Buffer.from(text, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      for (const chunkLength of [1, 2, 3, 65_536]) {
        const rows = await collect(readEvents(chunksOf(bytes, chunkLength)));
        expect(rows).toEqual([{ event: 'é😀', id: 7, at: '2026-11-22' }]);
      }
    }
  });

  it('names one event for all rows, and reads each column in any place', async () => {
    const text = 'time,n,user_id\n2026-11-22,x,7\n';
    expect(await collect(readEvents(Buffer.from(text), { event: 'login' }))).toEqual([
      { event: 'login', id: 7, at: '2026-11-22' },
    ]);
  });

  it('tells what it found out before the first rows, and of a file without any', async () => {
    const told: unknown[] = [];
    const onReading = (reading: Reading) => told.push(reading);
    for await (const rows of readEvents(Buffer.from('User;ts;event\n7;1795351507000;a\n'), { onReading })) {
      told.push(rows.length);
    }
    await collect(readEvents(Buffer.from(HEADER), { onReading }));
    expect(told).toEqual([
      {
        columns: { user: 'User', time: 'ts', event: 'event' },
        notes: [
          'columns were told by their names: user=User,time=ts',
          'a semicolon stands between fields',
          'times are milliseconds since 1970',
        ],
      },
      1,
      { columns: { user: 'user', time: 'timestamp', event: 'event' }, notes: [] },
    ]);
  });

  it('reads lines with and without quotes alike', { tags: 'long' }, async () => {
    const value = fc.constantFrom(
      ...[
        '7',
        '4294967295',
        '4294967296',
        '0',
        '007',
        '',
        'x',
        '12345678901',
        ' 7',
        '100000000',
        '1795351507',
      ],
      ...[
        '1795351507000',
        '2026-11-22',
        '2026-11-22 13:05:07',
        '2026-11-22T13:05:07.5Z',
        '2026-02-30T10:00:00Z',
      ],
      ...['2026-11-22T13:05:07+02:00', '2026-11-22T13:05:07.1234567891', '2026-11-22T13:05', 'a', 'é', '😀'],
    );
    const row = fc.array(value, { minLength: 3, maxLength: 5 });
    const options = fc.record({ skipBroken: fc.boolean(), needsTime: fc.boolean() });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 6 }), options, fc.boolean(), async (rows, given, crlf) => {
        const end = crlf ? '\r\n' : '\n';
        const usual = ['1', '1795351507', 'a', 'x'];
        const write = (quote: string) =>
          [
            'user,timestamp,event,more',
            ...[usual, ...rows].map((each) => each.map((text) => quote + text + quote)),
          ].join(end);
        const plain = await collectRows(readEvents(Buffer.from(write('')), given));
        const quoted = await collectRows(readEvents(Buffer.from(write('"')), given));
        read += plain.rows.length;
        expect(plain.rows).toEqual(quoted.rows);
        expect(plain.error === undefined).toBe(quoted.error === undefined);
      }),
      { seed: 22, numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(1000);
  });

  it('ends when the caller stops or aborts, and lets go of its input', async () => {
    let released = 0;
    async function* endless() {
      try {
        yield Buffer.from(HEADER);
        for (;;) yield Buffer.from('1,100000000,a\n');
      } finally {
        released++;
      }
    }
    for await (const rows of readEvents(endless())) {
      expect(rows).toHaveLength(1);
      break;
    }
    const aborting = new AbortController();
    const reading = collect(readEvents(endless(), { signal: aborting.signal }), (rows) => {
      if (rows.length === 10) aborting.abort(new Error('enough'));
    });
    await expect(reading).rejects.toThrow('enough');
    expect(released).toBe(2);
  });

  it('reads a Blob, a stream and an ArrayBuffer, as a browser hands them over', async () => {
    const blob = new Blob([HEADER, '1,100000000,a\n']);
    expect(await collect(readEvents(await blob.arrayBuffer()))).toHaveLength(1);
    expect(await collect(readEvents(blob))).toHaveLength(1);
    expect(await collect(readEvents(blob.stream()))).toHaveLength(1);
  });

  it.skipIf(!hasGolden)('reads every real data set to its last row', { tags: 'long' }, async () => {
    const sizes = {
      cdnow: 100_905,
      onlineretail: 71_035,
      git_express: 7033,
      git_redis: 14_545,
      git_cargo: 31_930,
      git_curl: 41_108,
    };
    for (const [name, size] of Object.entries(sizes)) {
      const packed = await collect(readEvents(createReadStream(goldenPath(`data/${name}.csv.gz`))));
      expect(packed).toHaveLength(size);
      expect(await rowsOf(readGolden(`data/${name}.csv.gz`))).toEqual(packed);
    }
  });
});

const names = fc.oneof(
  fc.constantFrom('login', 'country:United_Kingdom'),
  // A carriage return at the very end belongs to the line end.
  fc
    .string({ minLength: 1, unit: fc.constantFrom(...'ab,"\n é\r', '😀') })
    .filter((name) => !name.endsWith('\r')),
);

/** A field as RFC 4180 writes it. */
function field(text: string): string {
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function collect(
  batches: AsyncIterable<readonly EventRow[]>,
  onRows: (rows: readonly EventRow[]) => void = () => {},
): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for await (const batch of batches) {
    rows.push(...batch);
    onRows(rows);
  }
  return rows;
}

function rowsOf(text: string | Uint8Array, chunkLength = 65_536): Promise<EventRow[]> {
  return collect(readEvents(chunksOf(Buffer.from(text), chunkLength)));
}

async function failureOf(
  bytes: Uint8Array,
  chunkLength = 65_536,
): Promise<{ error: CsvError; read: EventRow[] }> {
  let read: readonly EventRow[] = [];
  const reading = collect(readEvents(chunksOf(bytes, chunkLength)), (rows) => {
    read = rows;
  });
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CsvError)) throw new Error('expected a CsvError', { cause: error });
  return { error, read: [...read] };
}
