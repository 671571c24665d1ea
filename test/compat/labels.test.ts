import { describe, expect, it } from 'vitest';
import { compatLabel } from '../../src/compat/labels.js';
import { hasGolden, readGoldenJson } from '../support/golden/files.js';

describe('the labels of the reference', () => {
  it('have a comma in its HTML alone', () => {
    const date = '2026-11-22T10:00:00+09:00';
    const labelsOf = (format: 'html' | 'csv') =>
      (['days', 'weeks', 'months', 'years'] as const).map((group) => compatLabel(date, group, format));
    expect(labelsOf('html')).toEqual(['22 Nov, 2026', 'Week 47, 22 Nov', '22 Nov', '2026']);
    expect(labelsOf('csv')).toEqual(['22 Nov 2026', 'Week 47 22 Nov', '22 Nov', '2026']);
  });

  it.skipIf(!hasGolden)('are its own, for thousands of days', () => {
    const golden = readGoldenJson<{ columns: string[]; from_date: string[][] }>('expected/periods.json.gz');
    for (const timeGroup of ['weeks', 'days'] as const) {
      const column = golden.columns.indexOf(`${timeGroup}_label_html`);
      for (const answers of golden.from_date) {
        const date = `${answers[0]}T00:00:00+00:00`;
        expect(compatLabel(date, timeGroup, 'html')).toBe(answers[column]);
        expect(compatLabel(date, timeGroup, 'csv')).toBe(answers[column]!.replace(',', ''));
      }
    }
  });
});
