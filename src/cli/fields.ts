import { InvalidArgumentError, type Option } from 'commander';
import type { Field } from '../measures.js';
import { UsageError } from './failure.js';
import { option, required, splitNames } from './options.js';

/** Fields of measures as options and arguments of their commands. */

/** An option for each field of a measure, but for those that are arguments. */
export function optionsOf(fields: readonly Field[]): Option[] {
  return fields.filter(({ positional }) => !positional).map(optionOf);
}

/** The fields of a measure that are arguments, as a command's usage has them: `<expression...>`. */
export function argumentsOf(fields: readonly Field[]): string {
  return fields
    .filter(({ positional }) => positional)
    .map(({ kind, optional }) => {
      const name = kind === 'expressions' ? 'expression...' : kind;
      return optional ? ` [${name}]` : ` <${name}>`;
    })
    .join('');
}

function optionOf(field: Field): Option {
  const { kind, name, help, choices, default: value } = field;
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const flags = kind === 'flag' ? flag : `${flag} <${NOUNS[kind] ?? kind}>`;
  const repeated = LISTS[kind] ?? '';
  const otherwise = value === undefined || /\(default/.test(help) ? '' : ` (default: ${value})`;
  const text = `${help}${repeated}${otherwise}`;
  const made = field.optional ? option(flags, text) : required(flags, text);
  if (choices !== undefined && kind !== 'event') return made.choices(Object.keys(choices));
  return kind === 'flag' ? made : made.argParser((text, previous) => readField(field, text, previous));
}

/** What stands for a value of a list. */
const NOUNS: Partial<Record<Field['kind'], string>> = {
  events: 'event',
  expressions: 'expression',
  numbers: 'numbers',
};
const LISTS: Partial<Record<Field['kind'], string>> = {
  events: '; several with commas between them, or repeated',
  expressions: '; may be repeated',
};

function readField(field: Field, text: string, previous: unknown): unknown {
  const { kind, optional } = field;
  if (text === '' && !optional) throw new UsageError('expected an event name, got an empty string');
  switch (kind) {
    case 'events':
      return [...((previous as string[] | undefined) ?? []), ...splitNames(text)];
    case 'expressions':
      return [...((previous as string[] | undefined) ?? []), text];
    case 'date':
      if (text !== '') return text;
      throw new InvalidArgumentError('Expected a date such as 2026-11-22, or a period such as 2026-W47.');
    case 'number':
      return readNumber(field, text);
    case 'numbers':
      return text
        .split(',')
        .map((each) => readNumber(field, each.trim(), 'whole numbers with commas between them,'));
    default:
      return text;
  }
}

function readNumber(
  { least = 0, most = Number.MAX_SAFE_INTEGER }: Field,
  text: string,
  what = 'a whole number',
): number {
  if (/^-?\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new InvalidArgumentError(`Expected ${what} from ${least} to ${most}.`);
}
