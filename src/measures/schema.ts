import { MAX_VALUES } from './breakdown.js';
import type { Field, FieldKind } from './field.js';
import type { AnyMeasure, Measure } from './measure.js';

/** A JSON schema (draft 2020-12) of an object. */
export interface ArgumentsSchema {
  /** Which draft it follows. */
  readonly $schema: string;
  /** Of the measure. */
  readonly title: string;
  /** Of the measure. */
  readonly description: string;
  /** Arguments are an object. */
  readonly type: 'object';
  /** By name. */
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Names of arguments that must be there. */
  readonly required: readonly string[];
  /** There are no others. */
  readonly additionalProperties: false;
}

/**
 * What `parseFields` reads, as a JSON schema.
 * @example
 * import { argumentsSchema, trend } from 'bitmapist-wasm/measures';
 * console.log(argumentsSchema(trend).required); // [ 'events' ]
 */
export function argumentsSchema<Args>({ title, help, fields }: Measure<Args>): ArgumentsSchema {
  return {
    $schema: DRAFT,
    title,
    description: help,
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    required: fields.filter(({ optional }) => !optional).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** A JSON schema of what documents of questions are. */
export interface QuestionSchema {
  /** Which draft it follows. */
  readonly $schema: string;
  /** For people. */
  readonly title: string;
  /** For people. */
  readonly description: string;
  /** One question, or a list of them. */
  readonly anyOf: readonly Readonly<Record<string, unknown>>[];
  /** Of each measure what `parseQuestion` reads, and that of any. */
  readonly $defs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * What `parseQuestion` reads, as a JSON schema: a question to one of the measures, or a list of such questions. The package has it
 * as a file, `bitmapist-wasm/questions.schema.json`.
 * @example
 * import { measures, questionSchema } from 'bitmapist-wasm/measures';
 * console.log(questionSchema(measures).$defs.trend?.required); // [ 'measure', 'events' ]
 */
export function questionSchema(measures: readonly AnyMeasure[]): QuestionSchema {
  return {
    $schema: DRAFT,
    title: 'Questions of bitmapist-wasm',
    description: 'A question to one of the measures, or a list of them, which make a dashboard.',
    anyOf: [
      { $ref: '#/$defs/question' },
      { type: 'array', items: { $ref: '#/$defs/question' }, minItems: 1 },
    ],
    $defs: {
      question: { anyOf: measures.map(({ name }) => ({ $ref: `#/$defs/${name}` })) },
      ...Object.fromEntries(measures.map((measure) => [measure.name, questionOf(measure)])),
    },
  };
}

function questionOf(measure: AnyMeasure): Record<string, unknown> {
  const { $schema: _, properties, required, ...schema } = argumentsSchema(measure);
  return {
    ...schema,
    properties: { measure: { const: measure.name }, ...properties, by: BY, segments: SEGMENTS },
    required: ['measure', ...required],
  };
}

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const BY = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
  minItems: 1,
  maxItems: MAX_VALUES,
  description: 'what the answer is broken down by: names of flags or segments, or expression texts',
};
const SEGMENTS = {
  type: 'object',
  additionalProperties: { type: 'string', minLength: 1 },
  description: 'segments that the question speaks of: expression texts by their names',
};

const TYPES: Record<FieldKind, Readonly<Record<string, unknown>>> = {
  event: { type: 'string', minLength: 1 },
  events: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
  unit: { type: 'string' },
  choice: { type: 'string' },
  date: { type: 'string' },
  expression: { type: 'string', minLength: 1 },
  expressions: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
  number: { type: 'integer' },
  numbers: { type: 'array', items: { type: 'integer' }, minItems: 1 },
  flag: { type: 'boolean' },
};

function propertyOf({ kind, help, default: value, least, most, choices }: Field): Record<string, unknown> {
  const isList = kind === 'events' || kind === 'expressions';
  const [minimum, maximum] = isList ? ['minItems', 'maxItems'] : ['minimum', 'maximum'];
  const bounds = {
    ...(least !== undefined && { [minimum]: least }),
    ...(most !== undefined && { [maximum]: most }),
  };
  return {
    ...TYPES[kind],
    description: help,
    ...(choices && kind !== 'event' && { enum: Object.keys(choices) }),
    ...(kind === 'numbers' ? { items: { type: 'integer', ...bounds } } : bounds),
    ...(value !== undefined && { default: value }),
  };
}
