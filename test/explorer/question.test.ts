import { describe, expect, it } from 'vitest';
import { MEASURES } from '../../src/explorer/engine/measures.js';
import { questionOf, readQuestions } from '../../src/explorer/page/question.js';
import { withSuggestions } from '../../src/explorer/page/suggestions.js';
import { type AnyMeasure, cohort, parseForm, trend } from '../../src/measures.js';

const [COHORT, TREND] = [cohort, trend] as unknown as AnyMeasure[];
const NONE = { segments: [], lastDays: ['2026-11-26'] };

describe('a question that is kept', () => {
  it('is the document that the command reads', () => {
    const question = questionOf(COHORT!, { select1: 'signup', select2: 'active', numResults: 6 }, NONE);
    expect(question).toEqual({ measure: 'cohort', select1: 'signup', select2: 'active', numResults: 6 });
    expect(readQuestions(JSON.stringify(question))).toEqual([question]);
    expect(readQuestions(JSON.stringify([question, question]))).toEqual([question, question]);
  });

  it.each(MEASURES.map(({ name }) => name))('of %s is read as it was, whatever its arguments', (name) => {
    const measure = MEASURES.find((each) => each.name === name)!;
    const data = {
      events: ['active', 'signup'],
      examples: [],
      sets: ['active@2026-11', 'signup@2026-11'],
      flags: [],
      firstDay: '2026-01-01',
    };
    const view = {
      ...data,
      lastDay: '2026-11-26',
      asOf: '2026-11-26',
      segments: [],
      periods: [],
      hasHours: false,
      memoryBytes: 0,
    };
    const args = parseForm(measure, withSuggestions(measure.fields, new URLSearchParams(), view));
    const question = questionOf(measure, args, NONE);
    expect(readQuestions(JSON.stringify(question))).toEqual([question]);
  });

  it('goes up to now if it went to the last day of the data, and from where it began', () => {
    const args = { events: ['active'], from: '2026-11-01', to: '2026-11-26' };
    expect(questionOf(TREND!, args, NONE)).toEqual({
      measure: 'trend',
      events: ['active'],
      from: '2026-11-01',
    });
    const earlier = { ...args, to: '2026-11-20' };
    expect(questionOf(TREND!, earlier, NONE)).toEqual({ measure: 'trend', ...earlier });
  });

  it('takes along the segments that it speaks of, those within them too, and no others', () => {
    const segments = [
      { name: 'fans', expression: 'active@{period} & "paying ones"@{period}' },
      { name: 'paying ones', expression: 'pro@unique' },
      { name: 'others', expression: 'web@unique' },
    ];
    const question = questionOf(TREND!, { events: ['active', 'fans'] }, { ...NONE, segments });
    expect(question.segments).toEqual({
      fans: 'active@{period} & "paying ones"@{period}',
      'paying ones': 'pro@unique',
    });
    expect(questionOf(TREND!, { events: ['active'] }, { ...NONE, segments })).not.toHaveProperty('segments');
  });
});

describe('a question that is broken down', () => {
  it('keeps what by, and the segments that are among it', () => {
    const segments = [
      { name: 'fans', expression: 'active@2026-11' },
      { name: 'payers', expression: 'pro@unique' },
    ];
    const by = ['fans', 'payers@unique & web@unique'];
    const question = questionOf(TREND!, { events: ['active'] }, { ...NONE, segments, by });
    expect(question).toMatchObject({
      by,
      segments: { fans: 'active@2026-11', payers: 'pro@unique' },
    });
    expect(readQuestions(JSON.stringify(question))).toEqual([question]);
  });
});

describe('a file of questions', () => {
  it.each([
    ['{', 'expected questions as JSON'],
    ['[{"measure":"trend","events":["a"]},{"measure":"tend"}]', 'question 2: expected the measure'],
    ['{"measure":"trend","event":["a"]}', 'did you mean "events"?'],
    ['[7]', 'question 1: expected a question such as'],
  ])('is refused if it is %s', (text, message) => {
    expect(() => readQuestions(text)).toThrow(message);
  });
});
