import { describe, expect, it } from 'vitest';
import { formatQuery, parseQuery, SyntaxProblem } from '../../src/index.js';
import {
  askedNames,
  askedQueries,
  askedSegments,
  type Field,
  namesOfQuery,
  parseQuestion,
  trend,
} from '../../src/measures.js';

const flags: Field = { kind: 'events', name: 'flags', label: '', help: '', optional: true, dateless: true };
const either: Field = { kind: 'event', name: 'either', label: '', help: '', choices: { any: 'Any' } };
const measure = {
  ...parseQuestion({ measure: 'trend', events: ['signup'] }).measure,
  fields: [...trend.fields, flags, { ...either, dateless: 'perhaps' as const }],
};

describe('what a question asks for', () => {
  it('is named in its fields, and in what it is broken down by', () => {
    const args = { events: ['signup', 'login'], flags: ['pro'], either: 'web' };
    expect(
      askedNames({ measure, args, by: ['phone', 'login@2026-11 & ~old@unique', 'new@{period}'] }),
    ).toEqual([
      { name: 'signup', isFlag: false },
      { name: 'login', isFlag: false },
      { name: 'pro', isFlag: true },
      { name: 'web', isFlag: undefined },
      { name: 'phone', isFlag: true },
      { name: 'login', isFlag: false },
      { name: 'old', isFlag: true },
      { name: 'new', isFlag: undefined },
    ]);
  });

  it('leaves out words that stand instead of a name', () => {
    expect(askedNames({ measure, args: { events: ['any'], either: 'any' } })).toEqual([
      { name: 'any', isFlag: false },
    ]);
  });

  it('has expressions, of which flags are some', () => {
    const overlap = parseQuestion({ measure: 'overlap', sets: ['a@2026-11', 'b@unique'], by: ['pro'] });
    expect(askedQueries(overlap).map((query) => formatQuery(query))).toEqual([
      'a@2026-11',
      'b@unique',
      'pro@unique',
    ]);
    const queries = askedQueries({ measure, args: { events: ['signup'], flags: ['pro'] } });
    expect(queries.map((query) => formatQuery(query))).toEqual(['pro@unique']);
  });

  it('is refused if a text is no expression', () => {
    expect(() => askedNames({ measure, args: {}, by: ['a@'] })).toThrow(SyntaxProblem);
  });

  it('is every name of an expression', () => {
    expect(namesOfQuery(parseQuery('~(a@unique | b@2026-11) & c@{period}'))).toEqual([
      { name: 'a', isFlag: true },
      { name: 'b', isFlag: false },
      { name: 'c', isFlag: undefined },
    ]);
  });
});

describe('segments that questions bring along', () => {
  const questionOf = (segments?: Record<string, string>) => ({ segments });

  it('are those of all of them, which may repeat them', () => {
    const questions = [
      questionOf({ a: 'x@unique' }),
      questionOf(),
      questionOf({ a: 'x@unique', b: 'y@unique' }),
    ];
    expect([...askedSegments(questions)]).toEqual([
      ['a', 'x@unique'],
      ['b', 'y@unique'],
    ]);
  });

  it('are refused if a name means two things', () => {
    expect(() => askedSegments([questionOf({ a: 'x@unique' }), questionOf({ a: 'y@unique' })])).toThrow(
      new RangeError('expected one meaning of the segment "a", got two'),
    );
  });
});
