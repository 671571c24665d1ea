import { markdownTable } from 'markdown-table';
import type { Table } from '../tables/table.js';
import { type CellView, type RowView, RUNNING_MARK, type ViewOptions, viewTable } from '../tables/view.js';

/**
 * The table in Markdown (GitHub's tables), with the title as code. Signs as in `renderText`.
 * @throws RangeError for a unit that does not exist, as all reports
 * @example
 * import { Bitmapist } from 'bitmapist-wasm';
 * import { trend } from 'bitmapist-wasm/measures';
 * import { renderMarkdown } from 'bitmapist-wasm/report';
 * const bitmapist = new Bitmapist({ clock: () => new Date('2026-11-24') });
 * await bitmapist.markEvent('active', [7, 8], { now: '2026-11-22' });
 * const table = await bitmapist.ask(trend, { events: ['active'], from: '2026-11-22', to: '2026-11-22' });
 * console.log(renderMarkdown(table).split('\n').at(-2)); // | 2026-11-22 |      2 |
 */
export function renderMarkdown(table: Table, options: ViewOptions = {}): string {
  const view = viewTable(table, options);
  const { hasSizes, summary } = view;
  const line = ({ label, size, cells }: RowView): string[] => [
    label,
    ...(hasSizes ? [size] : []),
    ...cells.map(cellText),
  ];
  const head = [view.rowHead, ...(hasSizes ? ['Size'] : []), ...view.columns];
  const first = summary === undefined ? [] : [line({ ...summary, label: `**${summary.label}**` })];
  const rows = [head, ...first, ...view.rows.map(line)];
  const signs = view.signs.map(({ sign, meaning }) => `${escapeMark(sign)}: ${meaning}`);
  return [
    `${code(view.title)}: ${view.subtitle}`,
    markdownTable(rows, { align: ['l', ...head.slice(1).map(() => 'r')] }),
    ...(signs.length === 0 ? [] : [signs.join(' · ')]),
    ...view.notes.map(code),
  ]
    .join('\n\n')
    .concat('\n');
}

function cellText({ state, text }: CellView): string {
  return state === 'running'
    ? `${text}${escapeMark(RUNNING_MARK)}`
    : text.replace('<', '&lt;').replace('>', '&gt;');
}

function escapeMark(sign: string): string {
  return sign === RUNNING_MARK ? `\\${sign}` : sign;
}

/** A code span whose fence is longer than any run of backticks in the text, so that nothing in it is Markdown or HTML. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text} ${fence}`;
}
