import { describe, expect, it } from 'vitest';
import { compatLabel, printable, selectionLabel } from '../../src/report/labels.js';
import { periodLabel } from '../../src/report.js';
import { Period } from '../../src/time/period.js';
import { hasGolden, readGoldenJson } from '../support/golden/files.js';
import { sampleTable } from '../support/report/tables.js';

describe('labels', () => {
  it.each([
    ['2026', '2026'],
    ['2026-11', 'Nov 2026'],
    ['2026-W47', '2026-W47 · 16 Nov'],
    ['2026-W01', '2026-W01 · 29 Dec'],
    ['2026-11-22', '2026-11-22'],
    ['2026-11-22T13', '2026-11-22T13'],
  ])('say %s as %s', (period, label) => {
    expect(periodLabel(Period.parse(period))).toBe(label);
  });

  it.skipIf(!hasGolden)('are the reference’s in compat, for thousands of days', { tags: 'long' }, () => {
    const golden = readGoldenJson<{ columns: string[]; from_date: string[][] }>('expected/periods.json.gz');
    const [row] = sampleTable().rows;
    for (const timeGroup of ['weeks', 'days'] as const) {
      const column = golden.columns.indexOf(`${timeGroup}_label_html`);
      for (const answers of golden.from_date) {
        const dated = { ...row!, date: `${answers[0]}T00:00:00+00:00` };
        expect(compatLabel(dated, timeGroup, 'html')).toBe(answers[column]);
        expect(compatLabel(dated, timeGroup, 'csv')).toBe(answers[column]!.replace(',', ''));
      }
    }
  });

  it('join what was selected, further selections where there are any', () => {
    expect(selectionLabel(sampleTable())).toBe('signup → login');
    expect(selectionLabel(sampleTable({ select1b: 'paid', select2b: '' }))).toBe('signup & paid → login');
  });

  it('show characters that nobody sees', () => {
    expect(printable('a\u0000\u001b\u200e\u2028\ud800é😀')).toBe(
      'a\\u{0}\\u{1b}\\u{200e}\\u{2028}\\u{d800}é😀',
    );
    const unseen =
      '\t\n\r\u007f\u0080\u009f\u00ad\u034f\u061c\u115f\u180e\u200b\u200d\u200f\u202a\u202e\u2060\u2066\u2069\u3164\ufeff\u{e0041}';
    for (const character of unseen) {
      expect(printable(character)).toBe(`\\u{${character.codePointAt(0)!.toString(16)}}`);
    }
    const seen = 'A ~\u00a0ÅA\u030a日本\u3000❤\ufe0f👍🏽عربى\\';
    expect(printable(seen)).toBe(seen);
  });
});
