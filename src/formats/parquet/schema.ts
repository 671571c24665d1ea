/** The columns of a Parquet file, each with what its values mean. */

import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import { parquetSchema } from 'hyparquet';

/** A column that holds one value a row, or none. */
export interface Column {
  /** Names from the outermost structure to the value, with dots between. */
  readonly name: string;
  readonly path: readonly string[];
  readonly physical: PhysicalType;
  /** Bytes of a value, if its type has a fixed length of its own. */
  readonly typeLength: number;
  /** How many of the names may be absent in a row; 0 if every row has a value. */
  readonly maxLevel: number;
  /** What values mean; `undefined` if they can be neither people nor times nor events. */
  readonly meaning: Meaning | undefined;
  /** The type as Parquet's documentation writes it, for messages. */
  readonly type: string;
}

export type PhysicalType =
  | 'BOOLEAN'
  | 'INT32'
  | 'INT64'
  | 'INT96'
  | 'FLOAT'
  | 'DOUBLE'
  | 'BYTE_ARRAY'
  | 'FIXED_LEN_BYTE_ARRAY';

export type TimeUnit = 'ms' | 'us' | 'ns';

/** What the bytes of a value stand for. */
export type Meaning =
  | { readonly kind: 'integer'; readonly signed: boolean }
  | { readonly kind: 'float' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'date' }
  /** Of UTC, or of the clock on somebody's wall. */
  | { readonly kind: 'time'; readonly unit: TimeUnit; readonly isInstant: boolean };

/** Every column; those in lists and maps hold several values a row and mean nothing here. */
export function columnsOf(metadata: FileMetaData): Column[] {
  const columns: Column[] = [];
  const visit = (tree: SchemaTree, maxLevel: number, isRepeated: boolean): void => {
    for (const child of tree.children) {
      const { element } = child;
      const repeats = isRepeated || element.repetition_type === 'REPEATED';
      const level = maxLevel + (element.repetition_type === 'REQUIRED' ? 0 : 1);
      if (child.children.length > 0) visit(child, level, repeats);
      else columns.push(toColumn(child, level, repeats));
    }
  };
  visit(parquetSchema(metadata), 0, false);
  return columns;
}

function toColumn({ element, path }: SchemaTree, maxLevel: number, isRepeated: boolean): Column {
  const type = typeOf(element);
  return {
    name: path.join('.'),
    path,
    physical: element.type as PhysicalType,
    typeLength: element.type_length ?? 0,
    maxLevel,
    meaning: isRepeated ? undefined : meaningOf(element),
    type: isRepeated ? `a list of ${type}` : type,
  };
}

function typeOf({ type, converted_type, logical_type }: SchemaElement): string {
  const logical = logical_type?.type ?? converted_type;
  return logical === undefined ? `${type}` : `${type} (${logical})`;
}

function meaningOf(element: SchemaElement): Meaning | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimalOf(element);
  switch (type) {
    case 'INT32':
      if (converted === 'DATE' || logical?.type === 'DATE') return { kind: 'date' };
      return integerOf(element);
    case 'INT64':
      if (logical?.type === 'TIMESTAMP') {
        return { kind: 'time', unit: UNITS[logical.unit], isInstant: logical.isAdjustedToUTC };
      }
      // Before there were logical types, all timestamps were instants.
      if (converted === 'TIMESTAMP_MILLIS') return { kind: 'time', unit: 'ms', isInstant: true };
      if (converted === 'TIMESTAMP_MICROS') return { kind: 'time', unit: 'us', isInstant: true };
      return integerOf(element);
    case 'INT96':
      return { kind: 'time', unit: 'ns', isInstant: true };
    case 'FLOAT':
    case 'DOUBLE':
      return { kind: 'float' };
    case 'BYTE_ARRAY': {
      // Spark and Impala long wrote text without saying so.
      const isText =
        logical === undefined ? [undefined, 'UTF8', 'ENUM'].includes(converted) : TEXTS.has(logical.type);
      return isText ? { kind: 'text' } : undefined;
    }
    case 'FIXED_LEN_BYTE_ARRAY':
      return logical?.type === 'UUID' && element.type_length === 16 ? { kind: 'uuid' } : undefined;
    default:
      return undefined;
  }
}

/** Digits that the longest decimals of databases have. */
const MAX_SCALE = 76;
const DECIMALS: ReadonlySet<unknown> = new Set(['INT32', 'INT64', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY']);

function decimalOf({ type, scale = 0, type_length: length = 0 }: SchemaElement): Meaning | undefined {
  const hasBytes = type !== 'FIXED_LEN_BYTE_ARRAY' || length > 0;
  return DECIMALS.has(type) && hasBytes && scale >= 0 && scale <= MAX_SCALE
    ? { kind: 'decimal', scale }
    : undefined;
}

const UNITS = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const;
const TEXTS: ReadonlySet<string> = new Set(['STRING', 'ENUM']);

function integerOf({ converted_type: converted, logical_type: logical }: SchemaElement): Meaning | undefined {
  if (converted?.startsWith('TIME') || (logical !== undefined && logical.type !== 'INTEGER'))
    return undefined;
  const isUnsigned = logical === undefined ? converted?.startsWith('UINT') : !logical.isSigned;
  return { kind: 'integer', signed: !isUnsigned };
}
