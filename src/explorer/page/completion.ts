import { formatQuery } from '../../index.js';
import type { Suggestion } from '../../report.js';

const MAX_SUGGESTIONS = 50;

/** Names that hold the typed letters, those that begin with them first. */
export function completeName(typed: string, names: readonly string[]): Suggestion[] {
  return matching(typed, names).map((name) => ({ text: name, label: name, from: 0, to: typed.length }));
}

/**
 * What could stand at the caret of an expression: an event, or after its `@`, or `..`, a period.
 * @param periods texts of periods, the likeliest first
 */
export function completeExpression(
  text: string,
  caret: number,
  names: readonly string[],
  periods: readonly string[],
): Suggestion[] {
  const before = text.slice(0, caret);
  const [period] = /(?<=@(?:[^\s~&^|()"@,]*\.\.)?)[^\s~&^|()"@,.]*$/.exec(before) ?? [];
  if (period !== undefined) {
    const from = caret - period.length;
    return periods
      .filter((each) => each.startsWith(period) && each !== period)
      .map((each) => ({ text: each, label: each, from, to: caret }));
  }
  const { from, typed } = nameBefore(before);
  return matching(typed, names).map((name) => ({ text: asOperand(name), label: name, from, to: caret }));
}

/** The event name that is being typed, which may be an open quote. */
function nameBefore(before: string): { from: number; typed: string } {
  const quotes = [...before.matchAll(/(?<!\\)"/g)];
  const open = quotes.length % 2 === 1 ? quotes.at(-1) : undefined;
  if (open !== undefined) return { from: open.index, typed: before.slice(open.index + 1) };
  const [typed = ''] = /[^\s~&^|()"@]*$/.exec(before) ?? [];
  return { from: before.length - typed.length, typed };
}

/** The name as an expression spells it, ready for its period. */
function asOperand(event: string): string {
  return formatQuery({ op: 'event', event, period: 'unique' }).slice(0, -'unique'.length);
}

function matching(typed: string, names: readonly string[]): string[] {
  const letters = typed.toLowerCase();
  const found = names.filter((name) => name.toLowerCase().includes(letters));
  const rank = (name: string): number => (name.toLowerCase().startsWith(letters) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, MAX_SUGGESTIONS);
}
