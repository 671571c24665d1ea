import { describe } from '../base/errors.js';
import { nearestName } from '../events/hints.js';
import { parseQuery } from '../events/query.js';
import { parseFields } from './arguments.js';
import type { Question } from './dashboard.js';
import { measures } from './list.js';
import type { AnyMeasure } from './measure.js';

/** A question as a JSON document: `{ "measure": "trend", "events": ["signup"], "unit": "week" }`. */
export interface QuestionDocument {
  /** Name of the measure. */
  readonly measure: string;
  /** What the answer is broken down by. */
  readonly by?: readonly string[];
  /** Segments that it speaks of, as expression texts by their names. */
  readonly segments?: Readonly<Record<string, string>>;
  /** The arguments of the measure, under their names. */
  readonly [argument: string]: unknown;
}

/**
 * Reads a question from a document, as JSON has it.
 * @throws TypeError for what is no object; RangeError for a measure that is unknown, an argument that it does not know (with the
 * nearest that it does), one that is missing or cannot be; SyntaxProblem for a text that is no expression
 * @example
 * import { parseQuestion } from 'bitmapist-wasm/measures';
 * const { measure, args } = parseQuestion({ measure: 'trend', events: ['signup'], unit: 'week' });
 * console.log(measure.title, args.unit); // Trend week
 */
export function parseQuestion(document: unknown): Question {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new TypeError(`expected a question such as { "measure": "trend", … }, got ${tell(document)}`);
  }
  const { measure: name, by, segments, ...given } = document as QuestionDocument;
  const measure = measureOf(name);
  const known = [...measure.fields.map((field) => field.name), 'by', 'segments'];
  for (const argument of Object.keys(given)) {
    if (known.includes(argument)) continue;
    const near = hint(argument, known);
    const expected = near === '' ? `${listed(known)} in a question` : 'an argument';
    throw new RangeError(`expected ${expected} of ${measure.name}, got ${quote(argument)}${near}`);
  }
  const args = parseFields(measure, given);
  const missing = measure.fields.find((field) => !field.optional && args[field.name] === undefined);
  if (missing !== undefined) {
    throw new RangeError(`expected ${missing.name} in a question of ${measure.name}, got none`);
  }
  return { measure, args, by: readBy(by), segments: readSegments(segments) };
}

/**
 * The document of a question, which `parseQuestion` reads.
 * @example
 * import { formatQuestion, parseQuestion } from 'bitmapist-wasm/measures';
 * const question = parseQuestion({ measure: 'trend', events: ['signup'], by: ['pro'] });
 * console.log(JSON.stringify(formatQuestion(question))); // {"measure":"trend","events":["signup"],"by":["pro"]}
 */
export function formatQuestion({ measure, args, by, segments }: Question): QuestionDocument {
  return { measure: measure.name, ...args, ...(by && { by }), ...(segments && { segments }) };
}

function measureOf(name: unknown): AnyMeasure {
  const measure = measures.find((each) => each.name === name);
  if (measure !== undefined) return measure;
  const names = measures.map((each) => each.name);
  const near = typeof name === 'string' ? hint(name, names) : '';
  throw new RangeError(`expected the measure ${listed(names)}, got ${tell(name)}${near}`);
}

function readBy(by: unknown): readonly string[] | undefined {
  if (by === undefined) return undefined;
  if (Array.isArray(by) && by.length > 0 && by.every((value) => typeof value === 'string' && value !== '')) {
    return by;
  }
  throw new RangeError(`expected by to be a list of flags, segments or expressions, got ${tell(by)}`);
}

function readSegments(segments: unknown): Readonly<Record<string, string>> | undefined {
  if (segments === undefined) return undefined;
  if (typeof segments !== 'object' || segments === null || Array.isArray(segments)) {
    throw new RangeError(`expected segments by their names, got ${tell(segments)}`);
  }
  for (const text of Object.values(segments)) parseQuery(text);
  return segments as Record<string, string>;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean ${quote(nearest)}?`;
}

/** A value of a document, as it is written there. */
function tell(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : describe(value);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
