import { Bitmapist, type Table } from '../index.js';
import {
  type AnyMeasure,
  askedSegments,
  type Field,
  parseForm,
  parseQuestion,
  type Question,
  type QuestionDocument,
} from '../measures.js';
import { bounded } from './bounded.js';
import type { Limits } from './options.js';
import { isFault, Refusal, refusalOf } from './refusal.js';

/** Questions as requests ask them, and their answers. */

/** What an answer may be broken down by, as a field of every form. */
const BY: Field = {
  kind: 'events',
  name: 'by',
  label: 'Broken down by',
  each: 'Flag or segment',
  help: 'flags or segments, or expressions, each of whose people have numbers of their own',
  group: 'Broken down by',
  optional: true,
  dateless: true,
};

/** A measure whose form and address say what it is broken down by, too. */
export function withBy(measure: AnyMeasure): AnyMeasure {
  return { ...measure, fields: [...measure.fields, BY] };
}

/** The question of an address, with the defaults that its form shows. */
export function questionOf(measure: AnyMeasure, fields: URLSearchParams): Question {
  const args = parseForm(withBy(measure), fields);
  return parseQuestion({ measure: measure.name, ...args });
}

/** What the form shows of an address: each field as it was filled in, whether or not they make a question together. */
export function chosenOf(measure: AnyMeasure, fields: URLSearchParams): Record<string, unknown> {
  const read = withBy(measure).fields.map((field): Record<string, unknown> => {
    try {
      return parseForm({ fields: [asTyped(field)] } as unknown as AnyMeasure, fields);
    } catch {
      return {};
    }
  });
  return Object.assign({}, ...read);
}

/** Expressions as texts, of which the form shows those that are none, too. */
function asTyped(field: Field): Field {
  if (field.kind === 'expression') return { ...field, kind: 'event' };
  return field.kind === 'expressions' ? { ...field, kind: 'events' } : field;
}

/**
 * The questions of a body, one or a list.
 * @throws Refusal that says which of them is none
 */
export function questionsOf(body: unknown, most: number): Question[] {
  const documents = [body].flat();
  if (documents.length === 0 || documents.length > most) {
    throw new Refusal(400, `expected 1 to ${most} questions, got ${documents.length}`);
  }
  return documents.map((document, at) => {
    try {
      const question = parseQuestion(document);
      // Refuses what is too large for a page.
      question.measure.complete?.(question.args);
      return question;
    } catch (error) {
      const place = documents.length === 1 ? '' : `question ${at + 1}: `;
      const refusal = refusalOf(error);
      throw new Refusal(400, place + (isFault(refusal) ? 'expected a question, got none' : refusal.message));
    }
  });
}

/** Segments by name. */
export type SegmentTexts = Readonly<Record<string, string>>;

/** The same events with further segments, of which the given instance hears nothing. */
export function withSegments(bitmapist: Bitmapist, segments: SegmentTexts): Bitmapist {
  const extended = new Bitmapist(bitmapist.options);
  for (const name of bitmapist.segmentNames) {
    extended.defineSegment(name, (period) =>
      period === 'unique' ? bitmapist.unique(name) : bitmapist.events(name, period.unit, period),
    );
  }
  for (const [name, text] of Object.entries(segments)) extended.defineSegment(name, text);
  return extended;
}

/** The tables of questions, which are asked as one. */
export async function answersOf(
  bitmapist: Bitmapist,
  questions: readonly Question[],
  { bytes, numbers }: Limits,
  signal: AbortSignal,
): Promise<(readonly Table[])[]> {
  const segments = askedSegments(questions);
  const asked = segments.size === 0 ? bitmapist : withSegments(bitmapist, Object.fromEntries(segments));
  return asked.ask(bounded(numbers), { questions }, { signal, maxBytes: bytes });
}

/** Documents of a configuration, read once. @throws TypeError or RangeError that names the one that is no question */
export function readSaved(saved: Readonly<Record<string, QuestionDocument>> = {}): Map<string, Question> {
  return new Map(
    Object.entries(saved).map(([name, document]) => {
      try {
        return [name, parseQuestion(document)];
      } catch (error) {
        throw new RangeError(`saved question ${JSON.stringify(name)}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }),
  );
}
