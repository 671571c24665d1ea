import { describe, expect, it } from 'vitest';
import {
  renderCsv,
  renderHtmlTable,
  renderMarkdown,
  renderSvgCurves,
  renderSvgHeatmap,
  renderText,
} from '../../src/report.js';
import { wideTable } from '../support/report/tables.js';

describe('a year of days by a year of days', () => {
  // More cells than a call of a function takes arguments.
  const table = wideTable(366, 366);

  it.each([
    ['text', renderText],
    ['CSV', renderCsv],
    ['HTML', renderHtmlTable],
    ['Markdown', renderMarkdown],
    ['a heatmap', renderSvgHeatmap],
    ['curves', renderSvgCurves],
  ])('renders as %s', { tags: 'long' }, (_, render) => {
    expect(render(table).length).toBeGreaterThan(365);
  });
});
