import { describe, expect, it } from 'vitest';
import {
  join,
  type People,
  peopleOf,
  peopleOfText,
  textOf as queryTextOf,
  without,
} from '../../src/measures/people.js';
import { Period } from '../../src/time/period.js';
import { scopeOf, textOf } from '../support/measures/scope.js';

const scope = scopeOf({ segments: ['payers'] });
const january = Period.parse('2026-01');
const march = Period.parse('2026-03');

function told(people: People): [set: string, query: string | undefined] {
  return [textOf(people.set), queryTextOf(people)];
}

describe('people', () => {
  it('are those of an event in a period, or from one to another', () => {
    expect(told(peopleOf(scope, 'active', january))).toEqual(['active@2026-01', 'active@2026-01']);
    expect(told(peopleOf(scope, 'active', january, march))).toEqual([
      'active@2026-01..2026-03',
      'active@2026-01..2026-03',
    ]);
    expect(told(peopleOf(scope, 'paid plan', 'unique'))).toEqual(['paid plan@unique', '"paid plan"@unique']);
    expect(told(peopleOf(scope, 'active', march, Period.parse('2026-03')))[0]).toBe('active@2026-03');
  });

  it('are those of a segment in every period from one to another, since it knows single ones', () => {
    expect(told(peopleOf(scope, 'payers', january, march))).toEqual([
      'payers@2026-01 | payers@2026-02 | payers@2026-03',
      'payers@2026-01 | payers@2026-02 | payers@2026-03',
    ]);
  });

  it('are those of a text, whose placeholder is filled', () => {
    expect(told(peopleOfText(scope, 'active@{period} & ~(pro@unique | a@{period})', january))).toEqual([
      'active@2026-01 & ~(pro@unique | a@2026-01)',
      'active@2026-01 & ~(pro@unique | a@2026-01)',
    ]);
    // Now is 17 March.
    const relative = 'active@day-1 & (a@week-1..day | ~b@unique)';
    expect(told(peopleOfText(scope, relative))[1]).toBe(
      'active@2026-03-16 & (a@2026-W11..2026-03-17 | ~b@unique)',
    );
  });

  it('are joined and taken away, as the text says', () => {
    const [a, b] = [peopleOf(scope, 'a', january), peopleOf(scope, 'b', march)];
    expect(told(join('and', [a, b]))).toEqual(['a@2026-01 & b@2026-03', 'a@2026-01 & b@2026-03']);
    expect(join('or', [a])).toBe(a);
    expect(told(without(a, join('or', [a, b])))).toEqual([
      'a@2026-01 & ~ a@2026-01 | b@2026-03',
      'a@2026-01 & ~(a@2026-01 | b@2026-03)',
    ]);
    expect(without(a, undefined)).toBe(a);
    expect(told(without(join('and', [join('and', [a, b]), a]), b))[1]).toBe(
      'a@2026-01 & b@2026-03 & a@2026-01 & ~b@2026-03',
    );
  });

  it('have no text if it would name more than 100 events', () => {
    const hundredth = january.delta(99);
    const many = peopleOf(scope, 'payers', january, hundredth);
    expect(queryTextOf(many)?.split(' | ')).toHaveLength(100);
    expect(queryTextOf(peopleOf(scope, 'payers', january, hundredth.next()))).toBeUndefined();
    expect(queryTextOf(join('and', [peopleOf(scope, 'a', march), many]))).toBeUndefined();
    expect(queryTextOf(without(peopleOf(scope, 'a', march), many))).toBeUndefined();
    // A range of an event is named once, however long, and a text is as long as it is given.
    expect(queryTextOf(peopleOf(scope, 'a', january, hundredth.next()))).toBe('a@2026-01..2034-05');
    const text = Array.from({ length: 101 }, () => 'a@unique').join(' & ');
    expect(queryTextOf(peopleOfText(scope, text))).toBe(text);
  });
});
