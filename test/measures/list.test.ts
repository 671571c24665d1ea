import { describe, expect, it } from 'vitest';
import { measures } from '../../src/measures/list.js';

describe('the measures', () => {
  it('have names of their own', () => {
    const names = measures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(measures)(
    '$name has arguments with names of their own, none of which a question has itself',
    ({ fields }) => {
      const names = fields.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const taken of ['measure', 'by', 'segments', 'format', 'output', 'now', 'timeZone']) {
        expect(names).not.toContain(taken);
      }
    },
  );
});
