import { formatQuery } from '../../index.js';
import { type Field, formName, formText } from '../../measures.js';
import { isSize } from '../engine/measures.js';
import type { DatasetView } from '../engine/protocol.js';

/** What suits the data, for fields of which the address says nothing. */

/** What the address asks for, and suggestions for the rest. */
export function withSuggestions(
  fields: readonly Field[],
  params: URLSearchParams,
  data: DatasetView,
): URLSearchParams {
  const all = new URLSearchParams(params);
  const required = fields.filter(({ kind, optional }) => ['event', 'expression'].includes(kind) && !optional);
  const events = suggestEvents(data.events);
  // An event alone is what people keep doing, unless it is compared with all others: that one goes with everything.
  const alone = fields.some(({ name }) => name === 'nearest') ? 0 : 1;
  for (const field of fields) {
    const name = formName(field);
    if (params.has(name)) continue;
    const given = defaultText(field);
    for (const text of [suggest(field, data, all) ?? given ?? []].flat()) all.append(name, text);
  }
  return inOrder(fields, all);

  function suggest(field: Field, data: DatasetView, chosen: URLSearchParams): string | string[] | undefined {
    switch (field.kind) {
      case 'event':
        return field.optional ? undefined : events[required.length > 1 ? required.indexOf(field) : alone];
      case 'expression':
        return field.default === undefined ? data.examples[required.indexOf(field)] : undefined;
      case 'events':
        return suggestList(events, data.events, field.least);
      case 'expressions':
        return suggestExpressions(field, data);
      case 'unit':
        return suggestUnit(field, data, fields);
      case 'choice':
        // What goes on often begins on the first day: to have come back is to have come later.
        return field.name === 'same' && !params.has('steps') ? 'later' : undefined;
      case 'date':
        return { from: data.firstDay, to: earlier(data.lastDay, data.asOf) }[field.name];
      case 'number': {
        if (!isSize(field)) return undefined;
        const unit = fields.find(({ kind }) => kind === 'unit');
        const chosenUnit = unit && chosen.get(formName(unit));
        const window = windowOf(fields);
        if (window !== undefined && chosenUnit === 'days') return String(WINDOW_DAYS[window]);
        return String(Math.min(Number(field.default), chosenUnit?.startsWith('year') ? FEW_YEARS : FEW));
      }
      default:
        return undefined;
    }
  }
}

/** What a control begins with; a flag that is not set is an answer too. */
function defaultText(field: Field): string | undefined {
  if (field.default !== undefined) return formText(field, field.default);
  return field.kind === 'flag' ? formText(field, false) : undefined;
}

/** Fields in their order, then what else there is. */
function inOrder(fields: readonly Field[], params: URLSearchParams): URLSearchParams {
  const names = fields.map(formName);
  const own = names.flatMap((name) => params.getAll(name).map((text) => [name, text]));
  return new URLSearchParams([...own, ...[...params].filter(([name]) => !names.includes(name))]);
}

/** A mark in the year 2099 is no reason to look that far. */
function earlier(last: string | undefined, asOf: string): string | undefined {
  return last !== undefined && asOf < last ? asOf : last;
}

/** So many periods are read at a glance. */
const FEW = 12;
const FEW_YEARS = 3;
/** A line over all the data may have this many points; a table of a number of periods has a few of them. */
const LINE_POINTS = 210;
const TABLE_PERIODS = 50;
/** Windows are mostly of days, unless the data goes on for years. */
const WINDOW_PERIODS = 400;
/** How many days measures are about whose fields speak of a window: four weeks, or one of which each day is a bar. */
const WINDOW_DAYS: Readonly<Record<string, number>> = { span: 28, window: 28, windows: 7 };

/** The field that speaks of a window. */
function windowOf(fields: readonly Field[]): string | undefined {
  return fields.find(({ name }) => Object.hasOwn(WINDOW_DAYS, name))?.name;
}

/** The finest unit of which the data has some periods, but not too many. */
function suggestUnit(
  { choices = {} }: Field,
  { firstDay, lastDay }: DatasetView,
  fields: readonly Field[],
): string | undefined {
  const isTable = fields.some(({ kind }) => kind === 'number');
  const most = windowOf(fields) !== undefined ? WINDOW_PERIODS : isTable ? TABLE_PERIODS : LINE_POINTS;
  const days = (Date.parse(lastDay ?? '') - Date.parse(firstDay ?? '')) / 86_400_000 || 0;
  const units = Object.keys(choices);
  const fitting = DAYS.find(
    ([unit, length]) => days / length <= most && units.some((each) => each.startsWith(unit)),
  );
  return units.find((each) => each.startsWith(fitting?.[0] ?? 'month'));
}

const DAYS = [
  ['day', 1],
  ['week', 7],
  ['month', 30],
] as const;

const BEGINNINGS = /^(first|sign[-_ ]?up|regist|join|install|created?)/i;
const COMEBACKS = /^(active|log[-_ ]?in|sign[-_ ]?in|visit|open|session|seen)/i;

/** Of sets that are compared, some; of those that are followed over periods, as their help says, an event's. */
function suggestExpressions({ help, least = 1 }: Field, { sets, events }: DatasetView): string[] {
  if (!help.includes('{period}')) return [...sets];
  return events.slice(0, least).map((event) => formatQuery({ op: 'event', event, period: '{period}' }));
}

/** One event alone is the first; several begin with those that belong together. */
function suggestList(likely: readonly string[], events: readonly string[], least = 1): string[] {
  return least <= 1 ? events.slice(0, 1) : [...new Set([...likely, ...events])].slice(0, least);
}

/** Events that likely begin and continue a history: `first_X` and `X`, or names that sound like it. */
function suggestEvents(events: readonly string[]): [begin: string, comeback: string] {
  const first = events.find((event) => event.startsWith('first_') && events.includes(event.slice(6)));
  if (first !== undefined) return [first, first.slice(6)];
  const begin = events.find((event) => BEGINNINGS.test(event)) ?? events[0] ?? '';
  return [begin, events.find((event) => COMEBACKS.test(event)) ?? begin];
}
