import type { Table } from '../../index.js';
import { type AnyMeasure, dashboard, type Field, measures } from '../../measures.js';
import type { ChosenDataset } from './chosen.js';
import { expectMarkedFor } from './marks.js';
import type { MeasureAsk, MeasureView } from './protocol.js';

/** Every measure has a page; its fields make the page's controls and its address. */

/** More rows or columns than this nobody reads, and a browser draws them slowly. */
const MAX_SIZE = 120;
/** As many lines as there are colours that can be told apart, unless a measure says how many it takes. */
const MAX_EVENTS = 8;

/** In the order of the page's tabs. */
export const MEASURES: readonly AnyMeasure[] = measures.map((measure) => ({
  ...measure,
  fields: measure.fields.map(limited),
}));

/** Whether a field says how many rows or columns there are. */
export function isSize({ kind, name }: Field): boolean {
  return kind === 'number' && name.startsWith('num');
}

function limited(field: Field): Field {
  if (isSize(field)) return { ...field, most: Math.min(MAX_SIZE, field.most ?? MAX_SIZE) };
  return field.kind === 'events' ? { ...field, most: field.most ?? MAX_EVENTS } : field;
}

/** The table of a measure, or the tables of one that is broken down. */
export async function answerMeasure(
  { bitmapist, marked }: ChosenDataset,
  { measure: asked, args, by }: MeasureAsk,
): Promise<MeasureView> {
  const measure = MEASURES.find(({ name }) => name === asked)!;
  const question = { measure, args, by };
  expectMarkedFor(marked, question);
  const started = performance.now();
  const [tables] = await bitmapist.ask(dashboard, { questions: [question] });
  return { tables: tables as [Table, ...Table[]], milliseconds: performance.now() - started };
}
