import { describe } from '../base/errors.js';
import { parseQuery } from '../events/query.js';
import { Period } from '../time/period.js';
import type { Field } from './field.js';
import type { Measure } from './measure.js';

/** Arguments of measures as others send them: in JSON or command options under their names, in forms and addresses as text. */

/** A query that has been taken apart: by name, each with its text, or with all of its texts. */
export type FormFields = URLSearchParams | Readonly<Record<string, unknown>>;

/**
 * Reads arguments from JSON or command options: under their own names (`timeGroup`), as text or as what they are. Those that
 * are missing or empty are left out, other names left alone.
 * @throws RangeError for a value that the field cannot have; SyntaxProblem for a text that is no expression
 * @example
 * import { cohort, parseFields } from 'bitmapist-wasm/measures';
 * console.log(parseFields(cohort, { select1: 'signup', numResults: '12' })); // { select1: 'signup', numResults: 12 }
 */
export function parseFields<Args>(
  { fields }: Measure<Args>,
  values: Readonly<Record<string, unknown>>,
): Partial<Args> {
  return readAll(fields, (field) => ({ name: field.name, given: own(values, field.name), isForm: false }));
}

/**
 * Reads arguments from what a form sends, or from an address: as text, under the names of `formName`. Fields that are
 * missing or empty have their defaults; other names are left alone.
 * @throws TypeError for what holds no fields; RangeError for what the form cannot send: a field given twice, an unknown
 * choice, a number or date that is not one, a table too large for a page
 * @example
 * import { cohort, parseForm } from 'bitmapist-wasm/measures';
 * const { select1, timeGroup } = parseForm(cohort, new URLSearchParams('select1=signup&time_group=weeks'));
 * console.log(select1, timeGroup); // signup weeks
 */
export function parseForm<Args>(measure: Measure<Args>, fields: FormFields): Partial<Args> {
  if (typeof fields !== 'object' || fields === null) {
    throw new TypeError(`expected the fields of a form, got ${describe(fields)}`);
  }
  const args = readAll<Args>(measure.fields, (field) => {
    const name = formName(field);
    return { name, given: isSearchParams(fields) ? fields.getAll(name) : own(fields, name), isForm: true };
  });
  return measure.complete?.(args) ?? args;
}

/**
 * Arguments as `parseForm` reads them, for an address.
 * @example
 * import { cohort, formatForm } from 'bitmapist-wasm/measures';
 * console.log(formatForm(cohort, { select1: 'a', select2: 'b', timeGroup: 'weeks' }).toString());
 * // select1=a&select2=b&time_group=weeks
 */
export function formatForm<Args>({ fields }: Measure<Args>, args: Partial<Args>): URLSearchParams {
  const texts = new URLSearchParams();
  for (const field of fields) {
    const given: unknown = args[field.name];
    for (const value of field.kind === 'numbers' ? [String(given ?? '')] : [given].flat()) {
      if (value !== undefined && value !== '') texts.append(formName(field), formText(field, value));
    }
  }
  return texts;
}

/**
 * What forms and addresses call a field.
 * @example
 * import { cohort, formName } from 'bitmapist-wasm/measures';
 * console.log(cohort.fields.map(formName).includes('time_group')); // true
 */
export function formName({ name, form }: Field): string {
  return form?.name ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * A value as forms and addresses have it.
 * @example
 * import { cohort, formText } from 'bitmapist-wasm/measures';
 * const field = cohort.fields.find(({ name }) => name === 'as');
 * console.log(formText(field!, 'counts')); // 0
 */
export function formText({ form }: Field, value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return form?.choices[String(value)] ?? String(value);
}

/** What was given for a field, and under which name. */
interface Given {
  readonly name: string;
  readonly given: readonly unknown[];
  /** Whether everything is text, as a browser's controls send it. */
  readonly isForm: boolean;
}

function readAll<Args>(
  fields: readonly Field<keyof Args & string>[],
  look: (field: Field) => Given,
): Partial<Args> {
  const args: Record<string, unknown> = {};
  for (const field of fields) {
    const value = readField(field, look(field));
    if (value !== undefined) args[field.name] = value;
  }
  return args as Partial<Args>;
}

function readField(field: Field, { name, given, isForm }: Given): unknown {
  const values = given.filter((value) => value !== undefined && value !== '');
  const other = values.find((value) => typeof value !== 'string');
  if (isForm && other !== undefined) throw unexpected(name, 'text', other);
  if (field.kind === 'events' || field.kind === 'expressions') return readList(field, name, values);
  if (field.kind === 'numbers') return readNumbers(field, name, values);
  if (given.length > 1) throw new RangeError(`expected ${name} once, got it ${given.length} times`);
  return values.length === 0 ? undefined : readValue(field, name, values[0], isForm);
}

function readValue(field: Field, name: string, value: unknown, isForm: boolean): unknown {
  switch (field.kind) {
    case 'number':
      return readNumber(field, name, value);
    case 'unit':
    case 'choice':
      return readChoice(field, name, value, isForm);
    case 'flag':
      if (value === true || value === '1' || value === 'true') return true;
      if (value === false || value === '0' || value === 'false') return false;
      throw unexpected(name, isForm ? '1 or 0' : 'true or false', value);
    case 'date':
      // Text of moments is read where it is used; a browser's control knows dates, and a link perhaps periods.
      if (isForm && !isDate(value as string)) {
        throw unexpected(name, 'a date such as 2026-11-22, or a period such as 2026-W47', value);
      }
      return value;
    default:
      if (typeof value !== 'string') throw unexpected(name, 'text', value);
      if (field.kind === 'expression') parseQuery(value);
      return value;
  }
}

function readList(
  { kind, least = 0, most = Infinity, ordered }: Field,
  name: string,
  values: readonly unknown[],
) {
  const other = values.find((value) => typeof value !== 'string');
  if (other !== undefined) {
    throw unexpected(name, kind === 'events' ? 'names of events' : 'expression texts', other);
  }
  const texts = ordered ? (values as string[]) : [...new Set(values as string[])];
  if (texts.length === 0) return undefined;
  if (texts.length < least || texts.length > most) {
    throw unexpected(name, `a list of ${least} to ${most}`, texts.length);
  }
  if (kind === 'expressions') for (const text of texts) parseQuery(text);
  return texts;
}

/** As numbers, or as their text. */
function readNumbers(field: Field, name: string, values: readonly unknown[]): unknown[] | undefined {
  const each = values.flatMap((value) => (typeof value === 'string' ? value.split(/[\s,]+/) : [value]));
  return each.length === 0 ? undefined : each.map((value) => readNumber(field, name, value));
}

function readNumber({ least = 0, most = Number.MAX_SAFE_INTEGER }: Field, name: string, given: unknown) {
  const value = typeof given === 'string' && /^-?\d{1,16}$/.test(given) ? Number(given) : given;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value;
  throw unexpected(name, `a whole number from ${least} to ${most}`, given);
}

function readChoice({ kind, choices, form }: Field, name: string, given: unknown, isForm: boolean): string {
  const values = Object.keys(choices!);
  const texts = isForm && form !== undefined ? values.map((value) => form.choices[value]!) : values;
  const value = values[texts.indexOf(given as string)];
  if (value !== undefined) return value;
  const known = `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
  if (kind === 'choice') throw unexpected(name, known, given);
  const words = name.replace(/_|(?=[A-Z])/g, ' ').toLowerCase();
  throw new RangeError(`expected ${known} as ${words}, got ${describe(given)}`);
}

/** Of a period, or a date, which is one too. */
function isDate(text: string): boolean {
  try {
    Period.parse(text);
    return true;
  } catch {
    return false;
  }
}

function own(values: Readonly<Record<string, unknown>>, name: string): unknown[] {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === undefined ? [] : [value].flat();
}

/** Also those of another realm. */
function isSearchParams(fields: FormFields): fields is URLSearchParams {
  return typeof fields.getAll === 'function';
}

function unexpected(name: string, expected: string, got: unknown): RangeError {
  return new RangeError(`expected ${name} to be ${expected}, got ${describe(got)}`);
}
