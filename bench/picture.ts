/** A picture of what tables cost: bars beside each other, group by group, the longest of each group as wide as the picture. */

export interface Bar {
  readonly label: string;
  readonly milliseconds: number;
  /** How it is drawn: what we need, what others need, or the least that it can be. */
  readonly kind: 'ours' | 'peer' | 'floor';
}

export interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LABEL_WIDTH = 170;
const FIGURE_WIDTH = 70;
const BAR_HEIGHT = 16;
const STEP = 22;
const TITLE_HEIGHT = 30;
const MARGIN = 16;

/** Legible on light and dark pages, which it asks the reader's browser about. */
const STYLE = [
  '.page{fill:#fff}.ink{fill:#1f2933}.title{fill:#1f2933;font-weight:600}',
  '.ours{fill:#1f78b4}.peer{fill:#9aa5b1}.floor{fill:#d9822b}',
  '@media(prefers-color-scheme:dark){.page{fill:#12181e}.ink,.title{fill:#e6edf3}',
  '.ours{fill:#6cb8f0}.peer{fill:#66727f}.floor{fill:#f3a35c}}',
].join('');

export function drawBars(title: string, groups: readonly Group[]): string {
  const parts: string[] = [];
  let y = MARGIN;
  for (const group of groups) {
    parts.push(text(MARGIN, y + 14, 'title', group.title));
    y += TITLE_HEIGHT;
    const longest = Math.max(...group.bars.map(({ milliseconds }) => milliseconds));
    for (const { label, milliseconds, kind } of group.bars) {
      const room = WIDTH - 2 * MARGIN - LABEL_WIDTH - FIGURE_WIDTH;
      const width = Math.max(1, Math.round((room * milliseconds) / longest));
      parts.push(
        text(MARGIN + LABEL_WIDTH - 8, y + 12, 'ink', label, 'end'),
        `<rect class="${kind}" x="${MARGIN + LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="2"/>`,
        text(MARGIN + LABEL_WIDTH + width + 6, y + 12, 'ink', formatMs(milliseconds)),
      );
      y += STEP;
    }
    y += MARGIN;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img"`,
    ` font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="13">`,
    `<title>${escapeText(title)}</title><style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${y}" rx="6"/>\n`,
    parts.join('\n'),
    '\n</svg>\n',
  ].join('');
}

function text(x: number, y: number, kind: string, content: string, anchor?: 'end'): string {
  const end = anchor === undefined ? '' : ` text-anchor="${anchor}"`;
  return `<text class="${kind}" x="${x}" y="${y}"${end}>${escapeText(content)}</text>`;
}

function formatMs(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(2) : milliseconds.toFixed(0)} ms`;
}

function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
