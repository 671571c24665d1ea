import { group } from 'd3-array';
import { type Field, formName, formText } from '../../measures.js';
import { isSize } from '../engine/measures.js';
import { readBy } from './by.js';

const NAMING = ['event', 'events', 'expression', 'expressions'];

/** What the controls of a measure hold, in one line: `signup → active, months, 12 × 12`. */
export function summarize(fields: readonly Field[], params: URLSearchParams): string {
  const by = readBy(params);
  const textsOf = (field: Field): string[] => params.getAll(formName(field)).filter((text) => text !== '');
  const of = (kinds: readonly string[]): Field[] => fields.filter(({ kind }) => kinds.includes(kind));
  const named = [...group(of(NAMING), (field) => field.group ?? field.name).values()].map((members) =>
    members
      .map((field) => textsOf(field).join(field.ordered ? ' → ' : ', '))
      .filter(isSomething)
      .join(' & '),
  );
  const units = of(['unit']).flatMap((field) => textsOf(field).map((text) => labelOf(field, text)));
  const [sizes, numbers] = [of(['number']).filter(isSize), of(['number', 'numbers']).filter(isOther)];
  return [
    named.filter(isSomething).join(' → '),
    ...units,
    sizes.flatMap(textsOf).join(' × '),
    ...[...numbers, ...of(['choice', 'flag'])].flatMap((field) => changed(field, textsOf(field))),
    of(['date']).flatMap(textsOf).join(' – '),
    by === undefined ? '' : `by ${by.join(' and ')}`,
  ]
    .filter(isSomething)
    .join(', ');
}

function isOther(field: Field): boolean {
  return !isSize(field);
}

/** What a field holds, if that is not what it begins with. */
function changed(field: Field, texts: readonly string[]): string[] {
  const begin = field.kind === 'flag' ? (field.default ?? false) : field.default;
  return texts
    .filter((text) => begin === undefined || text !== formText(field, begin))
    .map((text) => {
      if (field.kind === 'flag') return text === '1' ? lower(field.label) : `not ${lower(field.label)}`;
      return field.kind === 'choice' ? labelOf(field, text) : `${lower(field.label)} ${text}`;
    });
}

/** The label of a choice. */
function labelOf(field: Field, text: string): string {
  const choices = Object.entries(field.choices ?? {});
  return choices.find(([choice]) => formText(field, choice) === text)?.[1] ?? text;
}

function lower(label: string): string {
  return label.charAt(0).toLowerCase() + label.slice(1);
}

function isSomething(text: string): boolean {
  return text !== '';
}
