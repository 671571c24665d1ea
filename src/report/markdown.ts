import { markdownTable } from 'markdown-table';
import type { CohortTable } from '../measures/types.js';
import { selectionLabel } from './labels.js';
import { type AverageKind, type ReportUnit, unitOf } from './options.js';
import {
  type CellView,
  explainStates,
  notesOf,
  type RowView,
  subtitle,
  UNFINISHED_MARK,
  viewTable,
} from './view.js';

/** What the table shows. */
export interface MarkdownOptions {
  /** Default `percent`. */
  readonly as?: ReportUnit | undefined;
  /** Default `weighted`. */
  readonly average?: AverageKind | undefined;
}

/** The table in Markdown (GitHub's tables), with the selections as code. Signs as in `renderText`. */
export function renderMarkdown(table: CohortTable, options: MarkdownOptions = {}): string {
  const view = viewTable(table, unitOf(options), options.average);
  const line = ({ label, total, cells }: RowView): string[] => [label, total, ...cells.map(cellText)];
  const rows = [
    ['Cohort', 'Size', ...view.columns],
    ...view.rows.map(line),
    line({ ...view.average, label: `**${view.average.label}**` }),
  ];
  const signs = explainStates(view).map(({ sign, meaning }) => `${escapeMark(sign)}: ${meaning}`);
  return [
    `${code(selectionLabel(table))}: ${subtitle(table, view.unit)}`,
    markdownTable(rows, { align: ['l', ...rows[0]!.slice(1).map(() => 'r')] }),
    ...(signs.length === 0 ? [] : [signs.join(' · ')]),
    ...notesOf(table).map(code),
  ]
    .join('\n\n')
    .concat('\n');
}

function cellText({ state, text }: CellView): string {
  return state === 'unfinished' ? `${text}${escapeMark(UNFINISHED_MARK)}` : text.replace('<', '&lt;');
}

function escapeMark(sign: string): string {
  return sign === UNFINISHED_MARK ? `\\${sign}` : sign;
}

/** A code span whose fence is longer than any run of backticks in the text, so that nothing in it is Markdown or HTML. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${text} ${fence}`;
}
