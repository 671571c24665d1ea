import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../../../src/store/redis/reading/batch.js';
import { ReplyParser, ReplyProblem } from '../../../../src/store/redis/reading/parser.js';

const PONG = '+PONG\r\n';
const REFUSALS = ['-LOADING\r\n', '!6\r\nBUSY \n\r\n'];

/** A batch of reads with targets of these lengths, full of what was there before. */
function batchOf(lengths: readonly number[]): Batch {
  return new Batch(
    lengths.map((length, index) => ({
      key: `k${index}`,
      byteOffset: 0,
      target: new Uint8Array(length).fill(0xee),
    })),
  );
}

/** Hands the bytes over in pieces, from one buffer that is written over each time, as a socket does. */
function pushInPieces(parser: ReplyParser, bytes: Buffer, ends: readonly number[]): void {
  const buffer = Buffer.alloc(bytes.length + 3);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    if (end <= start) continue;
    buffer.fill('$');
    bytes.copy(buffer, 0, start, end);
    parser.push(buffer, end - start);
    start = end;
  }
}

interface Told {
  readonly outcomes: (number[] | undefined)[];
  readonly targets: number[][];
  readonly passed: string;
}

/** What comes of batches that are answered with `bytes` in pieces. */
async function parse(batches: readonly Batch[], bytes: Buffer, ends: readonly number[]): Promise<Told> {
  let passed = '';
  const parser = new ReplyParser((part) => {
    passed += part.toString('latin1');
  });
  for (const batch of batches) parser.expect(batch);
  pushInPieces(parser, bytes, ends);
  parser.end();
  const outcomes = await Promise.all(batches.map(({ outcome }) => outcome));
  return {
    outcomes: outcomes.map((found) => found && [...found]),
    targets: batches.flatMap(({ reads }) => reads.map(({ target }) => [...target])),
    passed,
  };
}

interface Reply {
  readonly text: string;
  /** Bytes of the reply; -1 for an error. */
  readonly found: number;
  readonly body?: string;
}

const body = fc.string({
  unit: fc.constantFrom('\r', '\n', '$', '5', '-', '+', '\xff', '\0'),
  maxLength: 20,
});
const reply: fc.Arbitrary<Reply> = fc.oneof(
  body.map((text) => ({ text: `$${text.length}\r\n${text}\r\n`, found: text.length, body: text })),
  fc.constant({ text: '$-1\r\n', found: 0, body: '' }),
  fc.constant({ text: '_\r\n', found: 0, body: '' }),
  fc.constant({ text: '-WRONGTYPE Operation against a key\r\n', found: -1 }),
  body.map((text) => ({ text: `!${text.length}\r\n${text}\r\n`, found: -1 })),
);
/** Any value of RESP3. */
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      '+OK\r\n',
      ':-12\r\n',
      ',1.5\r\n',
      '#t\r\n',
      '(123\r\n',
      '_\r\n',
      '$-1\r\n',
      '*-1\r\n',
      '-ERR no\r\n',
    ),
    body.map((text) => `$${text.length}\r\n${text}\r\n`),
    body.map((text) => `=${text.length + 4}\r\ntxt:${text}\r\n`),
    fc
      .tuple(fc.constantFrom('*', '~'), fc.array(tie('value'), { maxLength: 3 }))
      .map(([mark, items]) => `${mark}${items.length}\r\n${items.join('')}`),
    fc
      .array(fc.tuple(tie('value'), tie('value')), { maxLength: 2 })
      .map((pairs) => `%${pairs.length}\r\n${pairs.flat().join('')}`),
    fc
      .tuple(tie('value'), tie('value'), tie('value'))
      .map(([name, about, rest]) => `|1\r\n${name}${about}${rest}`),
  ),
}));
const push = fc.array(value, { maxLength: 3 }).map((items) => `>${items.length}\r\n${items.join('')}`);

describe('replies to a batch', () => {
  it('fill their targets, whatever pieces they come in', async () => {
    const batches = fc.array(
      fc.record({
        replies: fc.array(fc.tuple(fc.array(push, { maxLength: 1 }), reply), { minLength: 1, maxLength: 5 }),
        last: fc.array(push, { maxLength: 1 }),
        end: fc.constantFrom(PONG, PONG, ...REFUSALS),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const after = fc.array(fc.oneof(push, value), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(batches, after, fc.array(fc.nat(400), { maxLength: 8 }), async (asked, rest, cuts) => {
        const text = asked
          .map(
            ({ replies, last, end }) =>
              `${replies.map(([pushes, { text }]) => pushes.join('') + text).join('')}${last.join('')}${end}`,
          )
          .join('');
        const bytes = Buffer.from(text + rest.join(''), 'latin1');
        const ends = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
        const made = asked.map(({ replies }) => batchOf(replies.map(([, { body = '' }]) => body.length + 2)));
        const told = await parse(made, bytes, ends);
        // If the PING is refused, nothing tells that it was not another command.
        expect(told.outcomes).toEqual(
          asked.map(({ replies, end }) => (end === PONG ? replies.map(([, { found }]) => found) : undefined)),
        );
        expect(told.targets).toEqual(
          asked.flatMap(({ replies }) =>
            replies.map(([, { body, found }]) =>
              found < 0 ? [0xee, 0xee] : [...Buffer.from(`${body}\0\0`, 'latin1')],
            ),
          ),
        );
        // What belongs to no batch is handed on as it came; each answer to a PING as well, for whoever asked for it.
        expect(told.passed).toBe(asked.map(({ end }) => end).join('') + rest.join(''));
      }),
      { numRuns: 400 },
    );
  });

  it('come after what was under way before the batch was asked for', async () => {
    await fc.assert(
      fc.asyncProperty(push, fc.nat(200), async (news, cut) => {
        let passed = '';
        const parser = new ReplyParser((part) => {
          passed += part.toString('latin1');
        });
        const bytes = Buffer.from(news, 'latin1');
        const at = cut % bytes.length;
        parser.push(bytes, at);
        const batch = batchOf([3]);
        parser.expect(batch);
        const rest = Buffer.concat([bytes.subarray(at), Buffer.from(`$2\r\nab\r\n${PONG}`)]);
        parser.push(rest, rest.length);
        expect([...(await batch.outcome)!]).toEqual([2]);
        expect(passed).toBe(at === 0 ? PONG : news + PONG);
      }),
    );
  });

  it('count for nothing if the connection ends before the last of them', async () => {
    const text = `$2\r\nab\r\n$1\r\nc\r\n${PONG}`;
    for (let length = 0; length < text.length; length++) {
      const told = await parse([batchOf([2, 2])], Buffer.from(text.slice(0, length)), []);
      expect(told.outcomes).toEqual([undefined]);
    }
  });

  it.each([
    ['a body that is longer than asked', '$3\r\nabc\r\n', 'expected at most 2 bytes, got 3'],
    ['a length of eleven digits', '$12345678901', 'expected a number, got "1"'],
    ['a length that is none', '$x', 'expected a number, got "x"'],
    ['a length of nothing', '$\r', 'expected a number, got "\\r"'],
    ['a length without its end', '$2\rab', 'expected the end of a line, got "a"'],
    ['a length below none', '$-2\r\n', 'expected a length, got -2'],
    ['an error of no length', '!-1\r\n', 'expected a length, got -1'],
    ['a body that goes on', '$2\r\nabc', 'expected the end of a body, got "c"'],
    ['text', '+OK\r\n', 'expected bytes or an error, got "+"'],
    ['a number', ':1\r\n', 'expected bytes or an error, got ":"'],
    ['a list', '*1\r\n', 'expected bytes or an error, got "*"'],
    ['what is no reply', 'HTTP/1.1 400', 'expected bytes or an error, got "H"'],
    ['a reply too many', '$0\r\n\r\n$0\r\n\r\n', 'expected a PONG, got "$"'],
    ['a reply too few', PONG, 'expected bytes or an error, got "+"'],
    ['another end', '$0\r\n\r\n+OK\r\n', 'expected a PONG, got "O"'],
    ['news that are no reply', '>1\r\n?', 'expected a reply, got "?"'],
  ])('are not believed any more after %s', async (_, text, message) => {
    const batch = batchOf([2]);
    const parser = new ReplyParser(() => {});
    parser.expect(batch);
    const bytes = Buffer.from(text);
    expect(() => parser.push(bytes, bytes.length)).toThrow(new ReplyProblem(message));
    parser.end();
    expect(await batch.outcome).toBeUndefined();
  });

  it('are drained into nowhere once nobody waits for them', async () => {
    const [first, second] = [batchOf([2, 2]), batchOf([2])];
    const parser = new ReplyParser(() => {});
    parser.expect(first);
    parser.expect(second);
    const text = Buffer.from(`$2\r\nab\r\n$2\r\ncd\r\n${PONG}$2\r\nef\r\n${PONG}`);
    parser.push(text, 5);
    first.fail(new Error('enough'));
    await expect(first.outcome).rejects.toThrow('enough');
    parser.push(text.subarray(5), text.length - 5);
    expect(first.reads.map(({ target }) => [...target])).toEqual([
      [0x61, 0xee],
      [0xee, 0xee],
    ]);
    expect([...(await second.outcome)!]).toEqual([2]);
    expect(parser.length).toBe(0);
  });

  it('are drained into nowhere also if the memory of their targets has grown and left', async () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const batch = new Batch([{ key: 'k', byteOffset: 0, target: new Uint8Array(memory.buffer, 0, 4) }]);
    const parser = new ReplyParser(() => {});
    parser.expect(batch);
    batch.fail(new Error('enough'));
    await expect(batch.outcome).rejects.toThrow('enough');
    memory.grow(1);
    const reply = Buffer.from(`$4\r\nabcd\r\n${PONG}`);
    parser.push(reply, reply.length);
    expect(parser.length).toBe(0);
    expect([...new Uint8Array(memory.buffer, 0, 4)]).toEqual([0, 0, 0, 0]);
  });
});
