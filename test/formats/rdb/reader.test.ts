import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/base/errors.js';
import type { ByteInput } from '../../../src/formats/input.js';
import {
  RdbError,
  type RdbProgress,
  type RdbReadOptions,
  readRdb,
  readRdbBatches,
} from '../../../src/formats/rdb/reader.js';
import { encodeKey } from '../../../src/names/key-text.js';
import { chunksOf } from '../../support/formats/chunks.js';
import {
  checksumBytes,
  dump,
  expiresAtMs,
  junk,
  length,
  type Raw,
  raw,
  text,
} from '../../support/formats/rdb/dump.js';
import { opcodes, values } from '../../support/formats/rdb/parts.js';

/** `db/key=value[@expiry]` of every string of a dump. */
async function read(input: ByteInput, options?: RdbReadOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { db, key, bytes, expiresAtMs } of readRdb(input, options)) {
    const expiry = expiresAtMs === undefined ? '' : `@${expiresAtMs}`;
    found.push(`${db}/${key}=${Buffer.from(bytes).toString('latin1')}${expiry}`);
  }
  return found;
}

async function failure(input: ByteInput, options?: RdbReadOptions): Promise<RdbError> {
  const error = await read(input, options).then(
    (found) => expect.fail(`expected an error, got ${found}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FormatError);
  expect(error).toBeInstanceOf(RdbError);
  return error as RdbError;
}

const last: Raw = [0, text('last'), text('x')];

describe('strings', () => {
  it.each([
    ['raw bytes', [3, 'a', 0, 0xff], 'a\0\xff'],
    ['nothing at all', [0], ''],
    ['a 14 bit length', [0x40 | (300 >> 8), 300 & 255, 'y'.repeat(300)], 'y'.repeat(300)],
    ['a 32 bit length', [0x80, 0, 0, 0, 2, 'ab'], 'ab'],
    ['a 64 bit length', [0x81, 0, 0, 0, 0, 0, 0, 0, 2, 'ab'], 'ab'],
    ['users 2, 3 and 7, whose byte is the digit 1', [0xc0, 1], '1'],
    ['a negative number of 8 bits', [0xc0, 0x80], '-128'],
    ['the largest number of 8 bits', [0xc0, 0x7f], '127'],
    ['minus one of 8 bits', [0xc0, 0xff], '-1'],
    ['a number of 16 bits', [0xc1, 0x39, 0x30], '12345'],
    ['the smallest number that takes 16 bits', [0xc1, 0x80, 0x00], '128'],
    ['the largest number of 16 bits', [0xc1, 0xff, 0x7f], '32767'],
    ['minus one of 16 bits', [0xc1, 0xff, 0xff], '-1'],
    ['the smallest number that takes 32 bits', [0xc2, 0x00, 0x80, 0, 0], '32768'],
    ['minus one of 32 bits', [0xc2, 0xff, 0xff, 0xff, 0xff], '-1'],
    ['a negative number of 16 bits', [0xc1, 0x00, 0x80], '-32768'],
    ['a number of 32 bits', [0xc2, 0xff, 0xff, 0xff, 0x7f], '2147483647'],
    ['a negative number of 32 bits', [0xc2, 0, 0, 0, 0x80], '-2147483648'],
    // One literal, then 3 + 7 + 2 bytes from one byte back, then two literals.
    ['LZF', [0xc3, length(8), 15, 0, 'a', 0xe0, 3, 0, 1, 'bc'], `${'a'.repeat(13)}bc`],
    ['LZF that repeats two bytes', [0xc3, length(5), 6, 1, 'xy', 0x40, 1], 'xyxyxy'],
  ] as [string, Raw[], string][])('reads %s as a value and as a key', async (_, encoded, value) => {
    expect(await read(dump([0, text('key'), encoded, last]))).toEqual([`0/key=${value}`, '0/last=x']);
    const [first] = await read(dump([0, encoded, text('value'), last]));
    expect(Buffer.from(encodeKey(first!.slice(2, -6))).toString('latin1')).toBe(value);
  });

  it.each([0, 1, 63, 64, 16_383, 16_384, 65_536])(
    'of %i bytes are read, as values and keys',
    async (size) => {
      const long = 'x'.repeat(size);
      expect(await read(dump([0, text('key'), text(long), 0, text(long), text('v'), last]))).toEqual([
        `0/key=${long}`,
        `0/${long}=v`,
        '0/last=x',
      ]);
      // The other forms of the same length, which other writers may take.
      const bytes = new DataView(new ArrayBuffer(8));
      bytes.setUint32(4, size);
      for (const head of [
        raw(0x80, new Uint8Array(bytes.buffer, 4)),
        raw(0x81, new Uint8Array(bytes.buffer)),
      ]) {
        expect(await read(dump([0, text('key'), head, long, last]))).toEqual([`0/key=${long}`, '0/last=x']);
      }
    },
  );

  it.each([
    [[0x80, 0x20, 0, 0, 0], 'expected another 536870895 bytes, got the end'],
    [[0x80, 0x20, 0, 0, 1], 'of at most 536870912 bytes, got one of 536870913'],
    [[0x80, 0xff, 0xff, 0xff, 0xff], 'of at most 536870912 bytes, got one of 4294967295'],
    [[0x81, 0, 0, 0, 1, 0, 0, 0, 0], 'of at most 536870912 bytes, got one of 4294967296'],
    [[0xc3, 0x80, 0xff, 0xff, 0xff, 0xff, 5], 'of at most 536870912 bytes, got one of 4294967295'],
    [[0x81, 0, 0x20, 0, 0, 0, 0, 0, 0], 'of at most 536870912 bytes, got one of 9007199254740992'],
  ])('that claim a length at the edge of what can be are refused for it: %j', async (head, message) => {
    const file = dump([0, text('key'), head, 'x'.repeat(8)]);
    expect((await failure(file)).message).toContain(message);
    // Those that are not wanted are passed over as far as there is something.
    expect((await failure(file, { prefix: 'other' })).message).toMatch(
      /expected another \d+ bytes, got the end/,
    );
  });

  it('that are keys are refused beyond 16 MiB', async () => {
    const longest = await failure(dump([0, [0x80, 1, 0, 0, 0], 'x']));
    expect(longest.message).toContain('expected another 16777206 bytes, got the end');
    const longer = await failure(dump([0, [0x80, 1, 0, 0, 1], 'x']));
    expect(longer.message).toContain('expected a key of at most 16777216 bytes, got one of 16777217');
  });

  it('may be as long as the caller says, and not a byte longer, packed or not', async () => {
    const packed = [0xc3, 5, 10, 0, 'a', 0xe0, 0, 0];
    for (const value of [text('x'.repeat(10)), packed]) {
      expect(await read(dump([0, text('k'), value]), { maxValueBytes: 10 })).toHaveLength(1);
      expect((await failure(dump([0, text('k'), value]), { maxValueBytes: 9 })).message).toContain(
        'expected a value of key "k" of at most 9 bytes, got one of 10',
      );
    }
  });

  it.each([1, 2, 3, 7, 40, 1000])('reads the same from chunks of %i bytes', async (size) => {
    const big = new Uint8Array(5000).map((_, i) => i * 7);
    const file = dump([0xfe, 3, 0, text('big'), text(big), 2, text('set'), 2, text('a'), text('b'), last]);
    const chunks = chunksOf(file, size);
    const expected = [`3/big=${Buffer.from(big).toString('latin1')}`, '3/last=x'];
    expect(await read(chunks)).toEqual(expected);
    expect(await read(new Blob([file]))).toEqual(expected);
  });

  it('keeps keys apart that are no UTF-8, and can write them back', async () => {
    const keys = [
      [0xff],
      [0xfe],
      [0xc3, 0xa9],
      [0xe9],
      [0xed, 0xb3, 0xbf],
      [0xef, 0xbb, 0xbf, 0x61],
      [0xf0, 0x9f, 0x98],
    ];
    const found: string[] = [];
    for await (const { key } of readRdb(dump(keys.map((key) => [0, text(Uint8Array.from(key)), text('')])))) {
      found.push(key);
    }
    expect(new Set(found).size).toBe(keys.length);
    expect(found[2]).toBe('é');
    expect(found.map((key) => [...encodeKey(key)])).toEqual(keys);
  });

  it('hands out values that do not change with the input', async () => {
    const file = dump([0, text('key'), text('value')]);
    for await (const { bytes } of readRdb(file)) {
      file.fill(0);
      expect(Buffer.from(bytes).toString()).toBe('value');
      break;
    }
  });
});

describe('what is chosen', () => {
  const file = dump([
    [0xfe, 0, 0, text('a:1'), text('zero')],
    [0xfe, length(300), 0, text('a:1'), text('other'), 0, text('b'), text('two')],
    [expiresAtMs(1000), 0, text('a:old'), text('gone'), 0, text('a:new'), text('here')],
    [0xfd, 2, 0, 0, 0, 0xf8, length(77), 0, text('a:seconds'), text('3')],
    [0xfc, checksumBytes(2n ** 64n - 1n), 0xf9, 5, 0, text('a:past'), text('4')],
  ]);

  it('is everything that has not expired', async () => {
    expect(await read(file)).toEqual(['0/a:1=zero', '300/a:1=other', '300/b=two', '300/a:new=here']);
  });

  it('is expired keys too where they are asked for', async () => {
    expect(await read(file, { keepExpired: true, prefix: 'a:' })).toEqual([
      '0/a:1=zero',
      '300/a:1=other',
      '300/a:old=gone@1000',
      '300/a:new=here',
      '300/a:seconds=3@2000',
      '300/a:past=4@-1',
    ]);
  });

  it('depends on the moment', async () => {
    expect(await read(file, { nowMs: 1000, prefix: 'a:old' })).toEqual(['300/a:old=gone@1000']);
    expect(await read(file, { nowMs: 1001, prefix: 'a:old' })).toEqual([]);
  });

  it('is counted: what has expired and would have been chosen, and every key', async () => {
    const reports: RdbProgress[] = [];
    await read(file, { prefix: 'b', onProgress: (progress) => reports.push(progress) });
    await read(file, { prefix: 'a:', onProgress: (progress) => reports.push(progress) });
    expect(reports.map(({ keys, strings, expired }) => [keys, strings, expired])).toEqual([
      [7, 1, 0],
      [7, 3, 3],
    ]);
  });

  it('is one database, a prefix, whatever a filter says', async () => {
    expect(await read(file, { db: 0 })).toEqual(['0/a:1=zero']);
    expect(await read(file, { prefix: 'b' })).toEqual(['300/b=two']);
    expect(await read(file, { filter: (key, db) => db === 300 && key.endsWith('1') })).toEqual([
      '300/a:1=other',
    ]);
  });

  it('does not materialise values that are not wanted', async () => {
    const promise = [0xc3, length(3), length(2 ** 40), 1, 'ab'];
    expect(await read(dump([0, text('huge'), promise, last]), { prefix: 'last' })).toEqual(['0/last=x']);
    expect((await failure(dump([0, text('huge'), promise, last]))).message).toMatch(
      'expected a value of key "huge" of at most 536870912 bytes, got one of 1099511627776',
    );
  });
});

describe('what is skipped', () => {
  const cases = [...opcodes, ...values].flatMap(({ name, dialects, bytes }) =>
    dialects.map((dialect) => ({ name, dialect, bytes })),
  );

  it.each(cases)('$name, in a dump of $dialect', async ({ dialect, bytes }) => {
    const templates =
      dialect === 'redis' ? opcodes.find(({ name }) => name === 'names of fields')!.bytes : [];
    const file = dump([templates, bytes, last], dialect === 'redis' ? 'REDIS0016' : 'VALKEY080');
    expect(await read(file)).toEqual(['0/last=x']);
  });

  it('as many templates as there may be, and no more', { tags: 'long' }, async () => {
    const templates = new Uint8Array(7 * (2 ** 20 + 2));
    const view = new DataView(templates.buffer);
    for (let at = 0; at < templates.length; at += 7) {
      templates.set([0xf2, 0x80], at);
      view.setUint32(at + 2, at);
    }
    const error = await failure([raw('REDIS0016'), templates]);
    expect(error.message).toContain('expected at most 1048576 templates, got more');
    expect(error.byteOffset).toBe(9 + 7 * (2 ** 20 + 1));
  });

  it('a million elements in no time and constant memory', async () => {
    const elements = new Uint8Array(2e6).fill(1);
    const file = dump([0xfa, text('a'), text('b'), 2, text('set'), length(1e6)]);
    const chunks = [file.subarray(0, -9), elements, raw(last, 0xff, junk(0)), new Uint8Array(8)];
    expect(await read(chunks)).toEqual(['0/last=x']);
  });
});

describe('checksum and frame', () => {
  const file = dump([0xfa, text('redis-ver'), text('7.0.15'), last]);

  it('refuses a file of which one byte is another', async () => {
    const changed = file.with(file.length - 10, 'y'.charCodeAt(0));
    const error = await failure(changed);
    expect(error.message).toMatch(
      /^expected the checksum [0-9a-f]{16}, got [0-9a-f]{16}, after 1 key \(at byte \d+\)$/,
    );
    expect(error.byteOffset).toBe(file.length - 8);
    expect(error.progress).toMatchObject({ keys: 1, strings: 1 });
  });

  it('takes a checksum of zero for none', async () => {
    expect(await read(raw(file.subarray(0, -8), new Uint8Array(8)))).toEqual(['0/last=x']);
  });

  it('asks for none before version 5', async () => {
    expect(await read(raw('REDIS0004', last, 0xff))).toEqual(['0/last=x']);
    const first = dump([last], 'REDIS0005');
    expect(await read(first)).toEqual(['0/last=x']);
    expect((await failure(first.with(-1, first.at(-1)! ^ 1))).message).toMatch('expected the checksum');
  });

  it('reads gzip, in chunks of any size', async () => {
    const packed = new Uint8Array(gzipSync(file));
    expect(await read(packed)).toEqual(['0/last=x']);
    expect(await read([...packed].map((byte) => Uint8Array.of(byte)))).toEqual(['0/last=x']);
  });

  it('refuses gzip that is cut off or damaged', async () => {
    const packed = new Uint8Array(gzipSync(file));
    const cut = await failure(packed.subarray(0, -4));
    expect(cut.message).toMatch('expected gzip data');
    expect(cut.byteOffset).toBe(file.length);
    expect((await failure(packed.fill(0x55, 12, 40))).message).toMatch('expected gzip data');
  });

  const mark = '0123456789abcdef0123456789abcdef01234567';

  it.each([
    ['a line end', '\n'],
    ['the mark of a transfer', mark],
    ['both', `${mark}\r\n`],
    ['white space of every kind', ' \t\v\f\r\n'],
    ['zeros that fill up a disk', new Uint8Array(100_000)],
    ['a mark and zeros', [mark, new Uint8Array(100)]],
  ] as [string, Raw][])('reads past %s', async (_, after) => {
    const whole = raw(file, after);
    const reports: RdbProgress[] = [];
    expect(await read(whole, { onProgress: (progress) => reports.push(progress) })).toEqual(['0/last=x']);
    expect(reports.at(-1)?.byteOffset).toBe(whole.length);
    for (const size of [1, 7, 47]) {
      expect(await read(chunksOf(whole.subarray(0, file.length + 200), size))).toEqual(['0/last=x']);
    }
    expect(await read(raw('REDIS0003', last, 0xff, after))).toEqual(['0/last=x']);
  });

  const commands = 'the commands of an append-only file, whose writes would be missing';

  it.each([
    ['commands', '*1\r\n$4\r\nPING\r\n', commands, 0],
    ['an annotated command', '#TS:1628217470\r\n*1\r\n', commands, 0],
    ['commands after a line end', '\n*1\r\n', commands, 1],
    ['commands after a mark', `${mark}*1\r\n`, commands, 40],
    ['an annotated command after both', `${mark}\n#TS:1628217470\r\n*1\r\n`, commands, 41],
    ['a command cut off', '*', commands, 0],
    ['a comment', '# TS', 'other bytes', 0],
    ['a mark cut off', mark.slice(1), 'other bytes', 0],
    ['a mark with a letter too many', `${mark}a`, 'other bytes', 40],
    ['a mark after a line end', `\n${mark}`, 'other bytes', 1],
    ['a mark in capitals', mark.toUpperCase(), 'other bytes', 0],
    ['two marks', mark + mark, 'other bytes', 40],
    ['another dump', file, 'other bytes', 0],
  ] as [string, Raw, string, number][])('refuses %s after the end', async (_, after, got, at) => {
    const whole = raw(file, after);
    for (const size of [1, 7, 47, whole.length]) {
      expect((await failure(chunksOf(whole, size))).message).toBe(
        `expected nothing after the dump, got ${got}, after 1 key (at byte ${file.length + at})`,
      );
    }
  });

  it.each([
    [
      'nothing',
      raw(),
      'expected a dump, which begins with REDIS or VALKEY and a version, got "", after 0 keys (at byte 0)',
    ],
    ['another format', raw('user,timestamp,event\n'), 'got "user,time"'],
    ['a version that is no number', raw('REDIS00xx', 0xff), 'got "REDIS00xx"'],
    [
      'an unknown type',
      dump([last, 200, text('k')]),
      'expected a value of a known type, got type 200, after 1 key (at byte 17)',
    ],
    ['a module value from before modules were released', dump([6, text('k')]), 'type 6'],
    ['a length where a string must be', dump([0, [0xc4]]), 'expected a string, got a byte 0xc4'],
    ['a string where a length must be', dump([1, text('k'), 0xc0]), 'expected a length, got a byte 0xc0'],
    ['a byte that starts no length', dump([1, text('k'), 0x82]), 'expected a length, got a byte 0x82'],
    ['an unknown module value', dump([7, text('k'), 1, 9]), 'expected a value of a module, got kind 9'],
    ['an unknown array element', dump([28, text('k'), 1, 0, 5, 9]), 'expected one of 4 forms, got number 9'],
    ['a missing template', dump([32, text('k'), 7]), 'expected the number of a template, got 7'],
    [
      'an LZF reference to before the beginning',
      dump([0, text('k'), [0xc3, 4, 9, 0, 'a', 0xe0, 0]]),
      'reference outside of it',
    ],
    [
      'an LZF string that gives less than promised',
      dump([0, text('k'), [0xc3, 2, 9, 0, 'a']]),
      'expected 9 bytes of decompressed data, got 1',
    ],
    [
      'an LZF string that gives more than promised',
      dump([0, text('k'), [0xc3, 3, 1, 1, 'ab']]),
      'reference outside of it',
    ],
    [
      'an LZF promise no data can hold',
      dump([0, text('k'), [0xc3, 2, length(1e8), 0, 'a']]),
      'expected at most 176 bytes',
    ],
  ] as [string, Uint8Array, string][])('refuses %s', async (_, file, message) => {
    expect((await failure(file)).message).toContain(message);
  });

  it('refuses a file cut off at any byte', async () => {
    const whole = dump([
      0xfe,
      2,
      0,
      text('first'),
      text('value'),
      4,
      text('hash'),
      1,
      text('f'),
      [0xc3, 3, 4, 0, 'a', 0x20],
      last,
    ]);
    for (let end = 0; end < whole.length; end++) {
      for (const size of [5, 1000]) {
        const error = await failure(chunksOf(whole.subarray(0, end), size));
        // The first 9 bytes are looked at together.
        expect(error.byteOffset).toBe(end < 9 ? 0 : end);
      }
    }
  });

  it('takes no memory on the word of a length', async () => {
    for (const head of [
      [0x80, 0x1f, 0xff, 0xff, 0xff],
      [0x81, 0, 0, 0, 0, 0x1f, 0xff, 0xff, 0xff],
    ]) {
      const before = process.memoryUsage().arrayBuffers;
      const error = await failure(dump([0, text('k'), head, 'short']));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
      expect(error.message).toMatch(/expected another \d+ bytes, got the end/);
    }
  });
});

describe('while reading', () => {
  it('reports progress, in bytes of the input', { tags: 'long' }, async () => {
    const values = Array.from({ length: 40 }, (_, i) => [0, text(`k${i}`), text(new Uint8Array(100_000))]);
    const file = dump(values);
    const reports: RdbProgress[] = [];
    await read(new Blob([file]), { onProgress: (progress) => reports.push(progress) });
    expect(reports.length).toBeGreaterThanOrEqual(4);
    expect(reports.at(-1)).toEqual({
      inputBytes: file.length,
      byteOffset: file.length,
      keys: 40,
      strings: 40,
      expired: 0,
    });
    const packed = gzipSync(file);
    await read(packed, { onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)).toMatchObject({ inputBytes: packed.length, byteOffset: file.length });
  });

  it('stops when the signal aborts, also where the input is silent, and lets go of the input', async () => {
    const abort = new AbortController();
    let released = false;
    const silent: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          released = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const reading = read(silent, { signal: abort.signal });
    const reason = new Error('enough');
    setTimeout(() => abort.abort(reason), 10);
    await expect(reading).rejects.toBe(reason);
    expect(released).toBe(true);
    await expect(read(raw(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('lets go of the signal, which may outlive many dumps', async () => {
    const { signal } = new AbortController();
    await read(dump([last]), { signal });
    await failure(dump([last]).subarray(0, -1), { signal });
    for await (const _ of readRdb(dump([last, last]), { signal })) break;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('lets go of the input when the caller stops, plain or gzipped', async () => {
    const file = dump([last, 0, text('filler'), text(new Uint8Array(1000))]);
    for (const bytes of [file, gzipSync(file)]) {
      const events: string[] = [];
      const silentAfterwards: AsyncIterable<Uint8Array> = {
        [Symbol.asyncIterator]: () => ({
          next: () => (events.push('next') === 1 ? Promise.resolve({ value: bytes }) : new Promise(() => {})),
          return: async () => {
            events.push('return');
            return { done: true, value: undefined };
          },
        }),
      };
      for await (const { key } of readRdb(silentAfterwards)) {
        expect(key).toBe('last');
        break;
      }
      expect(events.at(-1)).toBe('return');
    }
  });

  it('passes on what the input throws, plain or gzipped', async () => {
    const file = dump([last]);
    const broken = new Error('connection lost');
    for (const bytes of [file, gzipSync(file)]) {
      const chunks = (async function* () {
        yield bytes.subarray(0, 15);
        throw broken;
      })();
      await expect(read(chunks)).rejects.toBe(broken);
    }
  });

  it.each([
    ['text', 'REDIS0011'],
    ['nothing', undefined],
    ['chunks of text', ['REDIS']],
  ])('refuses %s for an input', async (_, input) => {
    await expect(read(input as unknown as ByteInput)).rejects.toThrow(TypeError);
  });
});

describe('batches', () => {
  const entries = (count: number, value: string): Raw[] =>
    Array.from({ length: count }, (_, at): Raw => [0, text(`k${at}`), text(value)]);
  const sizes = async (input: ByteInput): Promise<number[]> => {
    const found: number[] = [];
    for await (const batch of readRdbBatches(input)) found.push(batch.length);
    return found;
  };

  it('are what has arrived, in the order of the dump, and bounded', async () => {
    expect(await sizes(dump(entries(1100, 'x'.repeat(40))))).toEqual([512, 512, 76]);
    expect(await sizes(dump(entries(7, 'x'.repeat(100_000))))).toEqual([3, 3, 1]);
    const keys: string[] = [];
    for await (const batch of readRdbBatches(dump(entries(600, 'x')))) {
      keys.push(...batch.map(({ key }) => key));
    }
    expect(keys).toEqual(Array.from({ length: 600 }, (_, at) => `k${at}`));
  });

  it.each([
    ['a key', 1],
    ['a value', 20],
  ])('are given out before the rest of %s is waited for', async (_, missing) => {
    const whole = dump([...entries(3, 'x'), [0, text('y'.repeat(50)), text('z'.repeat(50))]]);
    const end = whole.length - 9 - (missing === 1 ? 70 : missing);
    const batches = readRdbBatches(
      (async function* () {
        yield whole.subarray(0, end);
        await new Promise(() => {});
      })(),
    );
    expect((await batches.next()).value).toHaveLength(3);
  });

  it('come before the error that ends them', async () => {
    const batches = readRdbBatches(dump([...entries(3, 'x'.repeat(40)), [99, text('y'.repeat(40))]]));
    expect((await batches.next()).value).toHaveLength(3);
    await expect(batches.next()).rejects.toThrow(RdbError);
  });
});
