import type { Table } from '../index.js';
import { plainRows, type Question } from '../measures.js';
import { renderCsv, renderSvg, toCsv } from '../report.js';
import { Refusal } from './refusal.js';
import { makeNonce, type Reply } from './reply.js';

/** Answers for programs: CSV, SVG, JSON. */

/** A question and its tables: one, or one per value that it is broken down by. */
export interface Answer {
  readonly question: Question;
  readonly tables: readonly Table[];
}

/** All tables one after the other, each below its title if there are several. */
export function csvReply(answers: readonly Answer[], name: string): Reply {
  const tables = answers.flatMap((answer) => answer.tables);
  const body = tables
    .map((table) => (tables.length === 1 ? '' : toCsv([[table.title]])) + renderCsv(table))
    .join('\r\n');
  return { type: 'csv', body, headers: attachment(`${name}.csv`) };
}

/** The picture of a table. @throws Refusal for several tables */
export function svgReply(answers: readonly Answer[]): Reply {
  const [table, ...others] = answers.flatMap((answer) => answer.tables);
  if (table === undefined || others.length > 0) {
    throw new Refusal(400, `expected one table for a picture, got ${others.length + 1}`);
  }
  const nonce = makeNonce();
  return { type: 'svg', body: renderSvg(table, { nonce }), nonce };
}

/** A table as it is, several as a list; or their plain rows. */
export function jsonReply(answers: readonly Answer[], format: 'tables' | 'rows'): Reply {
  if (format === 'rows') return asJson(rowsOf(answers));
  const tables = answers.flatMap((answer) => answer.tables);
  const value = tables.length === 1 ? tables[0] : tables;
  // The instant of the answer makes no other answer of it.
  const identity = JSON.stringify(tables.map(({ now: _, ...table }) => table));
  return { ...asJson(value), identity };
}

export function asJson(value: unknown): Reply {
  return { type: 'json', body: `${JSON.stringify(value)}\n` };
}

export function attachment(fileName: string): Record<string, string> {
  return { 'content-disposition': `attachment; filename="${fileName}"` };
}

/** Rows of a table; of several, with what tells the tables apart. */
function rowsOf(answers: readonly Answer[]): unknown {
  const all = answers.flatMap(({ question: { measure, by }, tables }) =>
    tables.map((table, at) => ({
      measure: measure.name,
      title: table.title,
      // Lines of all values may stand in one table.
      ...(by !== undefined && tables.length === by.length && { by: by[at] }),
      rows: plainRows(measure, table),
    })),
  );
  return all.length === 1 ? all[0]!.rows : all;
}
