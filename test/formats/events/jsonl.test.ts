import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadEventsOptions, Reading, SkippedRow } from '../../../src/jsonl.js';
import { ColumnsError, peekJsonLines, RowError, readJsonLines } from '../../../src/jsonl.js';
import { chunksOf } from '../../support/formats/chunks.js';
import { collectRows } from '../../support/formats/rows.js';

const AT = new Date('2026-11-22T12:45:07Z');

function read(text: string | Uint8Array, options?: ReadEventsOptions, chunkLength = 65_536) {
  return collectRows(readJsonLines(chunksOf(Buffer.from(text), chunkLength), options));
}

describe('events as JSON Lines', () => {
  it('are read by the names of their fields, which are told', async () => {
    const readings: Reading[] = [];
    const text =
      '{"user_id":7,"ts":1795351507000,"event_name":"login","a":[1]}\n{"event_name":"b","ts":"2026-11-22","user_id":"8"}';
    const { rows } = await read(text, { onReading: (reading) => readings.push(reading) });
    expect(rows).toEqual([
      { event: 'login', id: 7, at: AT },
      { event: 'b', id: 8, at: '2026-11-22' },
    ]);
    expect(readings).toEqual([
      {
        columns: { user: 'user_id', time: 'ts', event: 'event_name' },
        notes: [
          'columns were told by their names: user=user_id,time=ts,event=event_name',
          'times are milliseconds since 1970',
        ],
      },
    ]);
  });

  it('are read by paths into them, of which members with dots in their names count first', async () => {
    const row = { 'who.id': 1, who: { id: 2, deep: { 'at.ms': 1_795_351_507_000 } }, what: { name: 'x' } };
    const columns = { user: 'who.id', time: 'who.deep.at.ms', event: 'what.name' };
    expect((await read(JSON.stringify(row), { columns })).rows).toEqual([{ event: 'x', id: 1, at: AT }]);
  });

  it('do not take what every object inherits for a field', async () => {
    const { error } = await read('{"a":1,"time":1,"event":"x"}', { columns: { user: 'toString' } });
    expect(error).toBeInstanceOf(ColumnsError);
    const { rows } = await read('{"__proto__":{"user":5},"user":7,"time":1795351507,"event":"constructor"}');
    expect(rows).toEqual([{ event: 'constructor', id: 7, at: AT }]);
  });

  it('keep whole numbers of any length to the last digit if they are texts of people', async () => {
    const text =
      '{"user":90071992547409931,"time":1795351507,"event":"say \\"12345678901234567890\\""}\n' +
      '{"user":7,"time":1795351507,"event":"a"}\n{"user":"7","time":1795351507,"event":"a"}';
    const { rows } = await read(text, { people: true });
    expect(rows.map(({ id }) => id)).toEqual(['90071992547409931', '7', '7']);
    expect(rows[0]!.event).toBe('say "12345678901234567890"');
    const event = await read('{"user":7,"time":1795351507,"event":90071992547409931}');
    expect(event.rows[0]!.event).toBe('90071992547409931');
    const fraction = await read('{"user":1.5,"time":1795351507,"event":"a"}', { people: true });
    expect(String(fraction.error)).toContain(
      'line 1: expected a text or a whole number below 2^53 as user, got 1.5',
    );
  });

  it('are broken if half a character is in the text of a person, which nothing could keep', async () => {
    const good = '{"user":"\\ud83d\\ude80","time":1795351507,"event":"a"}';
    const text = [good, '{"user":"u\\ud83d","time":1795351507,"event":"a"}', good].join('\n');
    const { rows, error } = await read(text, { people: true });
    expect(rows.map(({ id }) => id)).toEqual(['\u{1f680}']);
    expect(String(error)).toContain(
      'line 2: expected a user\'s text of 1 to 1000 bytes of UTF-8, got "u\\ud83d"',
    );
    expect((await read(text, { people: true, skipBroken: true })).rows).toHaveLength(2);
  });

  it('have nanoseconds to the last digit, so that a day ends when it ends', async () => {
    const { rows } = await read('{"user":7,"time":1795391999999999999,"event":"a"}');
    expect(rows[0]!.at).toEqual(new Date('2026-11-22T23:59:59.999Z'));
  });

  it('tell their columns by the first hundred rows, in which some fields may be missing', async () => {
    const lines = Array.from({ length: 99 }, () => '{"type":"start"}');
    const row = '{"user":7,"time":1795351507,"event":"a"}';
    const { rows, error } = await read([...lines, row].join('\n'), { skipBroken: true });
    expect([rows.length, error]).toEqual([1, undefined]);
    expect((await read([...lines, ...lines, row].join('\n'), { skipBroken: true })).error).toBeInstanceOf(
      ColumnsError,
    );
  });

  it('are nobody and nothing in an empty file', async () => {
    expect(await read('')).toEqual({ rows: [] });
    expect(await read('\n \r\n')).toEqual({ rows: [] });
  });

  it.each([
    ['[{"user":1}]', 'expected a JSON object, got a list'],
    ['7', 'expected a JSON object, got 7'],
    ['{"user":1', 'expected a JSON object, got "{\\"user\\":1"'],
    ['{"user":null,"time":1795351507,"event":"a"}', 'expected a user id from 0 to 4294967295, got nothing'],
    [
      '{"user":true,"time":1795351507,"event":"a"}',
      'expected a user id from 0 to 4294967295, got true; if people are known by texts, read them with people',
    ],
    [
      '{"user":{"id":1},"time":1795351507,"event":"a"}',
      'expected a user id from 0 to 4294967295, got an object; if people are known by texts, read them with people',
    ],
    [
      '{"user":1.5,"time":1795351507,"event":"a"}',
      'expected a user id from 0 to 4294967295, got 1.5; if people are known by texts, read them with people',
    ],
    [
      '{"user":"u_8f3a","time":1795351507,"event":"a"}',
      'expected a user id from 0 to 4294967295, got "u_8f3a"; if people are known by texts, read them with people',
    ],
    ['{"user":1,"time":1795351507}', 'expected an event name, got nothing'],
    ['{"user":1,"time":1795351507,"event":["a"]}', 'expected an event name, got a list'],
    [
      '{"user":1,"event":"a"}',
      'expected unix seconds or an ISO 8601 date of the years 1 to 9999, got nothing',
    ],
    [
      '{"user":1,"time":1795351507000,"event":"a"}',
      'expected unix seconds as before, got "1795351507000", perhaps milliseconds since 1970; if the whole file is in one unit, say it with the time format',
    ],
  ])('name the line of %s, after the rows before it, or are left out', async (line, problem) => {
    const good = '{"user":1,"time":1795351507,"event":"a"}';
    const text = [good, '', line, good].join('\n');
    for (const chunkLength of [1, 9, 65_536]) {
      const { rows, error } = await read(text, {}, chunkLength);
      expect(error).toBeInstanceOf(RowError);
      expect(error).toMatchObject({ place: 'line 3', rows: 1, message: `line 3: ${problem}` });
      expect(rows).toHaveLength(1);
      const skipped: SkippedRow[] = [];
      const lenient = await read(text, { skipBroken: true, onSkip: (row) => skipped.push(row) }, chunkLength);
      expect([lenient.rows.length, lenient.error]).toEqual([2, undefined]);
      expect(skipped).toEqual([{ place: 'line 3', problem, skipped: 1 }]);
    }
  });

  it('are bounded: a line that never ends is broken, and not kept', async () => {
    const good = '{"user":1,"time":1795351507,"event":"a"}\n';
    async function* long() {
      yield Buffer.from(`${good}{"a":"`);
      for (let times = 0; times < 100; times++) yield Buffer.alloc(65_536, 'x');
      yield Buffer.from(`"}\n${good}`);
    }
    const { rows, error } = await collectRows(readJsonLines(long()));
    expect(rows).toHaveLength(1);
    expect(error).toMatchObject({
      message: 'line 2: expected a line of at most 4194304 characters, got a longer one',
    });
    expect((await collectRows(readJsonLines(long(), { skipBroken: true }))).rows).toHaveLength(2);
  });

  it('are not the elements of an array, of which the last alone would pass for a row', async () => {
    const row = '{"user":1,"time":1795351507,"event":"a"}';
    const problem = "expected JSON Lines, an object a line, got a JSON array; jq -c '.[]' makes lines of it";
    for (const text of [`[${row},${row}]`, `\n[\n  ${row},\n  ${row}\n]\n`]) {
      for (const skipBroken of [false, true]) {
        const { rows, error } = await read(text, { skipBroken }, 9);
        expect([rows, error]).toEqual([
          [],
          expect.objectContaining({ problem, rows: 0, isSkippable: false }),
        ]);
      }
      await expect(peekJsonLines(Buffer.from(text))).rejects.toThrow(problem);
    }
    // Elsewhere, a list is a row that is broken.
    expect((await read(`${row}\n[]\n${row}\n`, { skipBroken: true })).rows).toHaveLength(2);
  });

  it('are the same packed, with a byte order mark and in UTF-16', async () => {
    const text = '{"user":1,"time":1795351507,"event":"é😀"}\r\n';
    const expected = [{ event: 'é😀', id: 1, at: AT }];
    const notes: string[] = [];
    const onReading = (reading: Reading) => notes.push(...reading.notes);
    expect((await read(gzipSync(text))).rows).toEqual(expected);
    expect((await read(`\uFEFF${text}`)).rows).toEqual(expected);
    const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
    for (const bytes of [utf16, Buffer.from(utf16).swap16()]) {
      for (const chunkLength of [1, 3, 65_536]) {
        expect((await read(bytes, { onReading }, chunkLength)).rows).toEqual(expected);
      }
    }
    expect(notes.filter((note) => note === 'the text is UTF-16')).toHaveLength(6);
  });

  it('are the same wherever chunks end, whole and broken', { tags: 'long' }, async () => {
    const line = fc.constantFrom(
      '{"user":1,"time":1795351507,"event":"é"}\n',
      '{"user":"2","time":"2026-11-22","event":"a"}\r\n',
      '\n',
      '{"user":3,"time":1795351507000,"event":"a"}\n',
      '{"user":x}\n',
      '[]\n',
      '{',
      '\uFEFF',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 8 }),
        fc.boolean(),
        fc.nat(20),
        async (lines, skipBroken, cut) => {
          const bytes = Buffer.from(lines.join('')).subarray(0, -1 - cut);
          const whole = await read(bytes, { skipBroken });
          for (const chunkLength of [1, 2, 3, 7]) {
            expect(await read(bytes, { skipBroken }, chunkLength)).toEqual(whole);
          }
        },
      ),
      { seed: 41, numRuns: 150 },
    );
  });

  it('are looked at before they are read', async () => {
    const text =
      '{"event":"a","properties":{"time":1795351507,"distinct_id":"x","$os":null}}\n{"event":"b","x":[1]}\n';
    expect(await peekJsonLines(Buffer.from(text))).toEqual({
      names: ['event', 'properties.time', 'properties.distinct_id', 'properties.$os', 'x'],
      samples: [
        ['a', '1795351507', 'x', '', ''],
        ['b', '', '', '', '[1]'],
      ],
      columns: { user: 'properties.distinct_id', time: 'properties.time', event: 'event' },
    });
    expect((await peekJsonLines(Buffer.from('{"a":1}'))).problem).toBeInstanceOf(ColumnsError);
    await expect(peekJsonLines(Buffer.from('a\n'))).rejects.toThrow('expected a JSON object');
  });
});
