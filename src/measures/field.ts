/**
 * What kind of argument a field holds:
 * - `event`: the name of an event or a segment.
 * - `events`: a list of such names; `least` and `most` are how many.
 * - `unit`, `choice`: one of `choices`.
 * - `number`: a whole number from `least` to `most`.
 * - `date`: a date, or the text of a period that a date is enough for.
 * - `expression`: an expression text.
 * - `expressions`: a list of such texts; `least` and `most` are how many.
 * - `numbers`: a list of whole numbers from `least` to `most`; as text, with commas between them.
 * - `flag`: true or false.
 */
export type FieldKind =
  | 'event'
  | 'events'
  | 'unit'
  | 'number'
  | 'numbers'
  | 'date'
  | 'choice'
  | 'expression'
  | 'expressions'
  | 'flag';

/** An argument of a measure, as data. */
export interface Field<Name extends string = string> {
  /** What it holds. */
  readonly kind: FieldKind;
  /** In camelCase, as in arguments and JSON: `timeGroup`. Forms and addresses say `time_group`, commands `--time-group`. */
  readonly name: Name;
  /** What people call it, as above a control. */
  readonly label: string;
  /** Of a list: what people call one of it, if that is not the label. */
  readonly each?: string | undefined;
  /** What it does, in half a sentence without a capital, as in a command's help. */
  readonly help: string;
  /** Whether it may be missing. */
  readonly optional?: boolean | undefined;
  /** What a control begins with, and what a missing argument mostly stands for. */
  readonly default?: string | number | boolean | undefined;
  /** The smallest number, or the fewest of a list. */
  readonly least?: number | undefined;
  /** The largest number, or the most of a list. */
  readonly most?: number | undefined;
  /** Of a list: whether its order matters, so that what is given twice is not taken for once. */
  readonly ordered?: boolean | undefined;
  /** Values to choose from, each with its label; of an event: words that may stand instead of a name. */
  readonly choices?: Readonly<Record<string, string>> | undefined;
  /** Numbers that a control may suggest. */
  readonly suggestions?: readonly number[] | undefined;
  /** Of names: whether they stand for dateless flags, or may (`perhaps`) if there are no dates. */
  readonly dateless?: boolean | 'perhaps' | undefined;
  /** Whether a command takes it as an argument after the source, not as an option. */
  readonly positional?: boolean | undefined;
  /** What the control stands below together with its neighbours, such as `People who did`. */
  readonly group?: string | undefined;
  /** What forms and addresses call the field and its choices, if that is not its name in snake case. */
  readonly form?: FormNames | undefined;
}

/** Names of the reference's form that are not those of the arguments. */
export interface FormNames {
  /** Instead of the field's name. */
  readonly name: string;
  /** Instead of each choice. */
  readonly choices: Readonly<Record<string, string>>;
}
