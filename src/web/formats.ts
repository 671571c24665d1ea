import { type Answer, plainAnswers } from '../measures.js';
import { renderCsv, renderSvg } from '../report.js';
import { Refusal } from './refusal.js';
import { makeNonce, type Reply } from './reply.js';

/** Answers for programs: CSV, SVG, JSON. */

/** All tables one after the other, each below its title if there are several. */
export function csvReply(answers: readonly Answer[], name: string): Reply {
  const body = renderCsv(answers.flatMap((answer) => answer.tables));
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
  if (format === 'rows') return asJson(plainAnswers(answers));
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
