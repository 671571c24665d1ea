import { describe, expect, it } from 'vitest';
import { formatQuestion, measures, parseQuestion } from '../../src/measures.js';

const TREND = { measure: 'trend', events: ['signup'], unit: 'week' };

describe('a question', () => {
  it('is read of a document, and makes the same document again', () => {
    const question = parseQuestion(TREND);
    expect([question.measure.name, question.args]).toEqual(['trend', { events: ['signup'], unit: 'week' }]);
    expect(formatQuestion(question)).toEqual(TREND);
    const more = { ...TREND, by: ['pro', 'a@week'], segments: { payers: 'active@{period} & pro@unique' } };
    expect(formatQuestion(parseQuestion(JSON.parse(JSON.stringify(more))))).toEqual(more);
  });

  it.each([
    [null, TypeError, 'expected a question such as { "measure": "trend", … }, got null'],
    [[TREND], TypeError, 'expected a question such as'],
    [{}, RangeError, 'got undefined'],
    [{ ...TREND, measure: 'tren' }, RangeError, 'got "tren"; did you mean "trend"?'],
    [
      { ...TREND, evnets: ['a'] },
      RangeError,
      'expected an argument of trend, got "evnets"; did you mean "events"?',
    ],
    [{ ...TREND, bye: ['a'] }, RangeError, 'expected an argument of trend, got "bye"; did you mean "by"?'],
    [
      { ...TREND, colour: 'red' },
      RangeError,
      'expected events, unit, from, to, any, by or segments in a question of trend, got "colour"',
    ],
    [{ measure: 'trend' }, RangeError, 'expected events in a question of trend, got none'],
    [{ ...TREND, unit: 'fortnight' }, RangeError, 'as unit, got "fortnight"'],
    [
      { ...TREND, by: 'pro' },
      RangeError,
      'expected by to be a list of flags, segments or expressions, got "pro"',
    ],
    [{ ...TREND, by: [] }, RangeError, 'expected by to be a list'],
    [{ ...TREND, segments: ['a'] }, RangeError, 'expected segments by their names, got ["a"]'],
    [{ ...TREND, segments: { a: 'b@' } }, Error, 'expected a period'],
  ] as [unknown, typeof Error, string][])('refuses %j', (document, type, message) => {
    expect(() => parseQuestion(document)).toThrow(type);
    expect(() => parseQuestion(document)).toThrow(message);
  });

  it('may be asked of every measure', () => {
    for (const { name } of measures)
      expect(() => parseQuestion({ measure: name })).toThrow(`of ${name}, got none`);
  });

  it('has no property of its own by the name of an argument', () => {
    for (const { fields } of measures) {
      const names = fields.map(({ name }): string => name);
      expect(names.filter((name) => ['measure', 'by', 'segments'].includes(name))).toEqual([]);
    }
  });
});
