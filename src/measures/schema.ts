import type { Field, FieldKind } from './field.js';
import type { Measure } from './measure.js';

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
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    description: help,
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    required: fields.filter(({ optional }) => !optional).map(({ name }) => name),
    additionalProperties: false,
  };
}

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
    ...(choices && { enum: Object.keys(choices) }),
    ...(kind === 'numbers' ? { items: { type: 'integer', ...bounds } } : bounds),
    ...(value !== undefined && { default: value }),
  };
}
