import { describe, expect, it } from 'vitest';
import { MEASURES } from '../../src/explorer/engine/measures.js';
import { summarize } from '../../src/explorer/page/summary.js';
import type { Field } from '../../src/measures.js';

function fieldsOf(measure: string): readonly Field[] {
  return MEASURES.find(({ name }) => name === measure)!.fields;
}

describe('controls in one line', () => {
  it('name what is asked for, the unit and the size', () => {
    const address =
      'select1=signup&select2=active&time_group=months&num_results=12&num_of_rows=10&as_percent=1';
    expect(summarize(fieldsOf('cohort'), new URLSearchParams(address))).toBe(
      'signup → active, months, 12 × 10',
    );
  });

  it('join what narrows a selection, and tell what is not as it begins', () => {
    const address = 'select1=signup&select1b=pro&select2=active&time_group=days&as_percent=0';
    expect(summarize(fieldsOf('cohort'), new URLSearchParams(address))).toBe(
      'signup & pro → active, days, counts',
    );
  });

  it('list events, a span and what is switched on', () => {
    const address = 'events=active&events=signup&unit=week&from=2026-01-01&to=2026-02-01&any=1';
    expect(summarize(fieldsOf('trend'), new URLSearchParams(address))).toBe(
      'active, signup, week, any of them, 2026-01-01 – 2026-02-01',
    );
  });

  it('say what the answer is broken down by', () => {
    const address = 'events=active&unit=week&by=pro&by=team@unique';
    expect(summarize(fieldsOf('trend'), new URLSearchParams(address))).toBe(
      'active, week, by pro and team@unique',
    );
  });

  it('say other numbers with their names', () => {
    const field = { label: 'Window', help: '', kind: 'number', name: 'window', default: 7 } as const;
    const brackets = {
      ...field,
      label: 'Brackets',
      kind: 'numbers',
      name: 'brackets',
      default: undefined,
    } as const;
    const params = new URLSearchParams('window=14&brackets=1,3,7');
    expect(summarize([field, brackets], params)).toBe('window 14, brackets 1,3,7');
    expect(summarize([field], new URLSearchParams('window=7'))).toBe('');
  });
});
