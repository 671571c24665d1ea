import type { Table } from '../index.js';
import { type Answer, plainAnswers } from '../measures.js';
import {
  renderCsv,
  renderHtmlPage,
  renderHtmlReport,
  renderMarkdown,
  renderSvg,
  renderSvgCurves,
  renderText,
} from '../report.js';
import { UsageError } from './failure.js';
import type { OutputOptions } from './output.js';
import { colorDepth, columns, jsonFor, textFor } from './terminal.js';

/** Tables in the format that an output takes. */

export interface TableOptions extends OutputOptions {
  readonly format?: string;
}

/** An answer, and what is said of the names in it; standard error says it too. */
export interface NotedAnswer extends Answer {
  readonly notes: readonly string[];
}

/** All that was asked, with a line break at its end: a table as itself, several one after the other or as a list. */
export function formatAnswers(answers: readonly NotedAnswer[], title: string, options: TableOptions): string {
  const { format = 'text', output } = options;
  // Whoever reads text in a terminal has the notes already.
  const isSaid = format === 'text' && output === undefined;
  const tables = answers.flatMap(({ tables, notes }) =>
    tables.map((table) => (isSaid ? table : { ...table, notes: [...table.notes, ...notes] })),
  );
  const [first] = tables;
  const isOne = tables.length === 1;
  switch (format) {
    case 'rows':
      return jsonFor(output, plainAnswers(answers));
    case 'json':
      return jsonFor(output, isOne ? first : tables);
    case 'html': {
      const reports = isOne ? tables : answers.flatMap(titled);
      const fragments = reports.map((table) => renderHtmlReport(table, { inlineStyle: false }));
      return textFor(output, renderHtmlPage(fragments, { title: isOne ? first!.title : title }));
    }
    case 'svg':
    case 'curves':
      if (!isOne)
        throw new UsageError(`expected one table for a picture, got ${tables.length}; html has them all`);
      return textFor(output, format === 'svg' ? renderSvg(first!) : renderSvgCurves(first!));
    case 'csv':
      return textFor(output, renderCsv(tables));
    case 'markdown':
      return textFor(output, tables.map((table) => renderMarkdown(table)).join('\n'));
    default:
      return tables.map((table) => textOfTable(table, output)).join('\n');
  }
}

/** A table for people shows names as they can be seen, and colours beside them. */
export function textOfTable(table: Table, output?: string): string {
  if (output !== undefined) return renderText(table);
  return renderText(table, { colorDepth: colorDepth(), width: columns() });
}

/** What a table is about may be the same as of the next one: on a page of several, each says what is asked of it. */
function titled({ question: { measure }, tables }: Answer): Table[] {
  return tables.map((table) => ({ ...table, title: `${measure.title}: ${table.title}` }));
}
