import { describe, expect, it } from 'vitest';
import {
  renderHtmlTable,
  renderMarkdown,
  renderSvgCurves,
  renderSvgHeatmap,
  renderText,
} from '../../src/report.js';
import { sampleTable } from './tables.js';

describe('an average that does not exist', () => {
  it.each([
    ['text', renderText],
    ['HTML', renderHtmlTable],
    ['Markdown', renderMarkdown],
    ['a heatmap', renderSvgHeatmap],
    ['curves', renderSvgCurves],
  ])('is refused by %s', (_, render) => {
    const refusal = 'expected "weighted" or "mean", got "median"';
    expect(() => render(sampleTable(), { average: 'median' as 'mean' })).toThrow(refusal);
  });
});
