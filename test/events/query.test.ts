import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyntaxProblem } from '../../src/base/errors.js';
import {
  formatQuery,
  MAX_QUERY_DEPTH,
  MAX_QUERY_EVENTS,
  MAX_QUERY_LENGTH,
  parseQuery,
  type QueryNode,
} from '../../src/events/query.js';
import { Period } from '../../src/time/period.js';

const at = (event: string, period: QueryNodePeriod): QueryNode => ({ op: 'event', event, period });
type QueryNodePeriod = Extract<QueryNode, { op: 'event' }>['period'];

const PERIODS = '2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-22, 2026-11-22T13, day-1';

/** Periods compare by their text: what they hold is private. */
const plain = (node: QueryNode): unknown => JSON.parse(JSON.stringify(node));
const parsed = (text: string): unknown => plain(parseQuery(text));

describe('expression text', () => {
  it('reads an event in every kind of period', () => {
    for (const period of ['2026', '2026-Q4', '2026-11', '2026-W47', '2026-11-22', '2026-11-22T13']) {
      expect(parsed(`signup@${period}`)).toEqual(plain(at('signup', Period.parse(period))));
    }
    expect(parsed('signup@unique')).toEqual(at('signup', 'unique'));
    expect(parsed('signup@{period}')).toEqual(at('signup', '{period}'));
    for (const unit of ['year', 'quarter', 'month', 'week', 'day', 'hour'] as const) {
      expect(parsed(`signup@${unit}`)).toEqual(at('signup', { unit, back: 0 }));
      expect(parsed(`signup@${unit}-12`)).toEqual(at('signup', { unit, back: 12 }));
    }
  });

  it('reads a range of periods, whose ends may be of different units, or count from the current one', () => {
    for (const [from, to] of [
      ['2026-11-01', '2026-11-20'],
      ['2026-09', '2026-11'],
      ['2026-W40', '2026-11-20T13'],
      ['2026-11-20', '2026-11'],
      ['2026', '2026'],
    ] as const) {
      const period = { from: Period.parse(from), to: Period.parse(to) };
      expect(parsed(`a@${from}..${to}`)).toEqual(plain(at('a', period)));
    }
    const [sixDaysAgo, today] = [
      { unit: 'day', back: 6 },
      { unit: 'day', back: 0 },
    ] as const;
    expect(parsed('a@day-6..day')).toEqual(at('a', { from: sixDaysAgo, to: today }));
    expect(parsed('a@2026-11..day')).toEqual(plain(at('a', { from: Period.parse('2026-11'), to: today })));
    expect(parsed('"a..b"@unique')).toEqual(parsed('a..b@unique'));
  });

  it('reads calls of atLeast and exactly, which may be nested, and keeps events of these names', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => at(name, 'unique'));
    for (const op of ['atLeast', 'exactly'] as const) {
      expect(parsed(`${op}(2, a@unique, b@unique, c@unique)`)).toEqual({ op, k: 2, of: [a, b, c] });
      expect(parsed(`${op}( 1,a@unique )`)).toEqual({ op, k: 1, of: [a] });
      expect(parsed(`~${op}(2,a@unique|b@unique,c@unique,${op}(1,b@unique))&a@unique`)).toEqual({
        op: 'and',
        of: [
          {
            op: 'not',
            of: { op, k: 2, of: [{ op: 'or', of: [a, b] }, c, { op, k: 1, of: [b] }] },
          },
          a,
        ],
      });
      for (const text of [`${op}@unique`, `"${op}"@unique`]) expect(parsed(text)).toEqual(at(op, 'unique'));
      expect(parsed(`(${op}@unique | a@unique)`)).toEqual({ op: 'or', of: [at(op, 'unique'), a] });
      expect(parsed(`${op}(1, ${op}@unique)`)).toEqual({ op, k: 1, of: [at(op, 'unique')] });
    }
    expect(parsed('atLeast(1, x,y@unique, a@unique)')).toEqual({
      op: 'atLeast',
      k: 1,
      of: [at('x,y', 'unique'), a],
    });
  });

  it('binds ~ strongest, then &, then ^, then |', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => at(name, 'unique'));
    expect(parsed('a@unique | b@unique ^ c@unique & ~d@unique')).toEqual({
      op: 'or',
      of: [a, { op: 'xor', of: [b, { op: 'and', of: [c, { op: 'not', of: d }] }] }],
    });
    expect(parsed('~(a@unique|b@unique)&c@unique')).toEqual({
      op: 'and',
      of: [{ op: 'not', of: { op: 'or', of: [a, b] } }, c],
    });
  });

  it('keeps a chain of one operator in one node, and parentheses in their own', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => at(name, 'unique'));
    expect(parsed('a@unique & b@unique & c@unique')).toEqual({ op: 'and', of: [a, b, c] });
    expect(parsed('a@unique & (b@unique & c@unique)')).toEqual({
      op: 'and',
      of: [a, { op: 'and', of: [b, c] }],
    });
  });

  it('reads names with everything but operators unquoted, and all others in quotes', () => {
    for (const name of ['country:United_Kingdom', 'purchase:5plus-cds', 'a.b/c*', '日本', '-', '2026']) {
      expect(parsed(`${name}@day`)).toEqual(at(name, { unit: 'day', back: 0 }));
    }
    expect(parsed(String.raw`"paid (~&^|) \"plan\" \\ @2026"@day`)).toEqual(
      at(String.raw`paid (~&^|) "plan" \ @2026`, { unit: 'day', back: 0 }),
    );
  });

  it('returns frozen data', () => {
    const node = parseQuery('a@day & ~b@2026');
    expect(Object.isFrozen(node)).toBe(true);
    if (node.op !== 'and') throw new Error('expected an and');
    expect(Object.isFrozen(node.of) && node.of.every(Object.isFrozen)).toBe(true);
  });

  it.each([
    ['', 0, 'expected an event such as signup@2026-11, "~" or "(", got the end of the expression'],
    ['a@day &', 7, 'expected an event such as signup@2026-11, "~" or "(", got the end of the expression'],
    ['a@day & | b@day', 8, 'expected an event such as signup@2026-11, "~" or "(", got "|"'],
    ['a', 1, 'expected "@" and a period, got the end of the expression'],
    ['a b@day', 1, 'expected "@" and a period, got " "'],
    [
      'a@',
      2,
      'expected a period such as 2026-11, week, day-1 or unique after "@", got the end of the expression',
    ],
    ['a@day b@day', 6, 'expected "&", "^", "|" or the end of the expression, got "b"'],
    ['(a@day', 6, 'expected "&", "^", "|" or ")", got the end of the expression'],
    ['a@day)', 5, 'expected "&", "^", "|" or the end of the expression, got ")"'],
    ['a@day 😀', 6, 'expected "&", "^", "|" or the end of the expression, got "😀"'],
    ['"a', 2, 'expected a closing quote, got the end of the expression'],
    [String.raw`"a\n"@day`, 3, String.raw`expected \" or \\ after the backslash, got "n"`],
    ['b@day & ""@day', 8, 'expected an event name, got an empty one'],
    [
      'b@day & a@tomorrow',
      10,
      'expected a period such as 2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-22, 2026-11-22T13, day-1 or unique, got "tomorrow"',
    ],
    ['a@2026-11..', 11, `expected a period such as ${PERIODS} on each side of "..", got ""`],
    ['a@..2026-11', 2, `expected a period such as ${PERIODS} on each side of "..", got ""`],
    ['a@2026-11..unique', 11, `expected a period such as ${PERIODS} on each side of "..", got "unique"`],
    ['a@{period}..day', 2, `expected a period such as ${PERIODS} on each side of "..", got "{period}"`],
    ['a@2026..2027..2028', 8, `expected a period such as ${PERIODS} on each side of "..", got "2027..2028"`],
    ['a@2026-11..2026-13', 11, 'expected a date of the calendar, got 2026-13-01 in "2026-13"'],
    ['b@day | a@2026-11..2026-10', 19, 'expected a range that ends after it starts, got 2026-11..2026-10'],
    ['a@2026-11..2026-10-31', 11, 'expected a range that ends after it starts, got 2026-11..2026-10-31'],
    ['a@day..day-6', 7, 'expected a range that ends after it starts, got day..day-6'],
    ['a@2026-11 .. 2026-12', 10, 'expected "&", "^", "|" or the end of the expression, got "."'],
    [
      'atLeast(',
      8,
      'expected a whole number, as in atLeast(2, a@week, b@week), got the end of the expression',
    ],
    ['exactly(a@day)', 8, 'expected a whole number, as in exactly(2, a@week, b@week), got "a"'],
    ['atLeast(1)', 9, 'expected ",", got ")"'],
    ['atLeast(1, a@day', 16, 'expected "&", "^", "|", "," or ")", got the end of the expression'],
    ['atLeast(1, a@day,)', 17, 'expected an event such as signup@2026-11, "~" or "(", got ")"'],
    ['atLeast(1.5, a@day)', 9, 'expected ",", got "."'],
    [
      'a@day|atLeast(3, a@day, b@day)',
      14,
      'expected a whole number of sets from 1 to 2, those that are given, got 3',
    ],
    ['exactly(0, a@day)', 8, 'expected a whole number of sets from 1 to 1, those that are given, got 0'],
    ['atLeast (1, a@day)', 7, 'expected "@" and a period, got " "'],
    ['b@day & a@2026-W54', 10, 'expected an ISO week of 2026, got week 54 in "2026-W54"'],
  ])('says what is wrong with %j and where', (text, offset, message) => {
    const error = problemOf(text);
    expect(error.message).toBe(message);
    expect(error.offset).toBe(offset);
    expect(error.text).toBe(text);
  });

  it('refuses months, weeks, days and hours that no calendar has, where they stand', () => {
    for (const period of ['2026-13', '2026-00', '2025-W53', '2026-02-30', '2026-11-22T24', '0000']) {
      expect(problemOf(`a@day | b@${period}`).offset).toBe(10);
    }
  });

  it('answers deep nesting with a sentence', () => {
    for (const text of [
      '('.repeat(100_000),
      'atLeast(1,'.repeat(100_000),
      '~'.repeat(100_000),
      '(~'.repeat(100_000),
    ]) {
      expect(problemOf(text).message).toBe(
        `expected at most ${MAX_QUERY_DEPTH} nested "(" and "~", got more`,
      );
    }
    const open = '('.repeat(MAX_QUERY_DEPTH);
    expect(parsed(`${open}a@unique${open.replaceAll('(', ')')}`)).toEqual(at('a', 'unique'));
    expect(problemOf(`${open}(a@unique${open.replaceAll('(', ')')})`).offset).toBe(MAX_QUERY_DEPTH + 1);
    const closed = '~'.repeat(MAX_QUERY_DEPTH);
    expect(formatQuery(parseQuery(`${closed}a@unique`))).toBe(`${closed}a@unique`);
  });

  it('reads long chains, and answers longer ones with a sentence', () => {
    const chainOf = (events: number) => Array(events).fill('a@unique').join('|');
    const chain = parseQuery(chainOf(MAX_QUERY_EVENTS));
    expect(chain.op === 'or' && chain.of.length).toBe(10_000);
    for (const events of [MAX_QUERY_EVENTS + 1, 100_000]) {
      const { message, offset } = problemOf(chainOf(events));
      expect(message).toBe('expected at most 10000 events in an expression, got more');
      expect(offset).toBe(MAX_QUERY_EVENTS * 'a@unique|'.length);
    }
    // Events count wherever they stand.
    const scattered = Array.from({ length: 2501 }, () => '~(a@unique & a@unique) ^ (a@unique | a@unique)');
    expect(problemOf(scattered.join('|')).message).toContain('at most 10000 events');
  });

  it('answers long texts with a sentence, at once', () => {
    const long = (length: number) => `${'a'.repeat(length - '@unique'.length)}@unique`;
    expect(formatQuery(parseQuery(long(MAX_QUERY_LENGTH)))).toHaveLength(1_000_000);
    const { message, offset } = problemOf(long(MAX_QUERY_LENGTH + 1));
    expect([message, offset]).toEqual([
      'expected an expression of at most 1000000 characters, got 1000001',
      MAX_QUERY_LENGTH,
    ]);
    const start = performance.now();
    const million = problemOf(Array(1_000_000).fill('a@2026-11').join('|'));
    expect(performance.now() - start).toBeLessThan(1000);
    expect(million.excerpt.length).toBeLessThan(200);
  });

  it('shows the place in one line, however long the text', () => {
    expect(problemOf('a@day\n&\tb').excerpt).toBe('a@day & b\n         ^');
    const [line, caret] = problemOf(`${'a@day | '.repeat(50)}?& b@day${' | c@day'.repeat(50)}`).excerpt.split(
      '\n',
    );
    expect(line).toMatch(/^….*\?& b@day.*…$/);
    expect(line!.length).toBeLessThan(80);
    expect(line![caret!.indexOf('^')]).toBe('&');
    expect(problemOf('a\u001b\u202e@day &\u009b').excerpt).toBe(
      `a\\u001b\\u202e@day &\\u009b\n${' '.repeat('a\\u001b\\u202e@day &\\u009b'.length)}^`,
    );
    for (const shift of ['', 'x']) {
      const { excerpt } = problemOf(`${shift}${'😀'.repeat(60)}@day & ) ${'😀'.repeat(60)}`);
      expect(excerpt).toMatch(/^…(😀)+@day & \) (😀)+…\n +\^$/u);
    }
  });

  it('refuses what is no text', () => {
    expect(() => parseQuery(5 as never)).toThrow(TypeError);
  });

  it('prints with no more parentheses than needed', () => {
    for (const text of [
      'a@2026-11 & ~b@week-1 | c@unique ^ d@{period}',
      '~(a@day | b@day) & (c@day ^ d@day)',
      'a@day & (b@day & c@day)',
      '~~"two words"@2026-W01',
      'a@2026-11-01..2026-11-20 & b@day-6..day',
      '~atLeast(2, a@day | b@day, c@day & ~d@day, exactly(1, a@2026-Q4)) & (e@day ^ f@day)',
    ]) {
      expect(formatQuery(parseQuery(text))).toBe(text);
    }
  });

  it('reads back what it prints', { tags: 'long' }, () => {
    fc.assert(
      fc.property(queries, (node) => {
        const text = formatQuery(node);
        expect(parsed(text)).toEqual(plain(node));
        expect(parsed(text.replace(/ ([&^|]) /g, '\n$1\t'))).toEqual(plain(node));
      }),
      { seed: 20, numRuns: 500 },
    );
  });
});

function problemOf(text: string): SyntaxProblem {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof SyntaxProblem) return error;
    throw error;
  }
  throw new Error(`expected ${text} not to parse`);
}

const names = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9:_.*-]{0,9}$/),
  fc
    .string({ minLength: 1, unit: fc.constantFrom(...'ab @~&^|()"\\{}\n') })
    .filter((name) => !/ [&^|] /.test(name)),
  fc.constantFrom('unique', '{period}', '日本', '"', '\\', 'atLeast', 'exactly', 'a,b', ',', '..'),
);
const units = fc.constantFrom('year', 'quarter', 'month', 'week', 'day', 'hour' as const);
const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const fixed = fc.record({ unit: units, at: dates }).map(({ unit, at }) => Period.of(unit as 'year', at));
const current = fc.record({ unit: units, back: fc.nat(99_999_999) });
const ranges = fc
  .oneof(
    fc.tuple(fixed, fixed).map((ends) => ends.sort(Period.compare)),
    fc.tuple(fixed, current),
    fc.tuple(current, fixed),
    fc
      .record({ unit: units, backs: fc.tuple(fc.nat(99), fc.nat(99)) })
      .map(({ unit, backs }) => backs.sort((a, b) => b - a).map((back) => ({ unit, back }))),
  )
  .map(([from, to]) => ({ from, to }));
const periods = fc.oneof(fc.constantFrom('unique' as const, '{period}' as const), current, fixed, ranges);
const { queries } = fc.letrec<{ queries: QueryNode }>((tie) => ({
  queries: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      op: fc.constant('event' as const),
      event: names,
      period: periods as fc.Arbitrary<QueryNodePeriod>,
    }),
    fc.record({ op: fc.constant('not' as const), of: tie('queries') }),
    fc
      .record({
        op: fc.constantFrom('atLeast', 'exactly' as const) as fc.Arbitrary<'atLeast' | 'exactly'>,
        share: fc.double({ min: 0, max: 0.99, noNaN: true }),
        of: fc.array(tie('queries'), { minLength: 1, maxLength: 4 }),
      })
      .map(({ op, share, of }) => ({ op, k: 1 + Math.floor(share * of.length), of })),
    fc.record({
      op: fc.constantFrom('and', 'xor', 'or' as const) as fc.Arbitrary<'and' | 'xor' | 'or'>,
      of: fc.array(tie('queries'), { minLength: 2, maxLength: 4 }),
    }),
  ),
}));
