import { describe } from '../base/errors.js';
import { countSets } from '../engine/answers.js';
import type { EvaluateOptions } from '../engine/question.js';
import { takeApart } from '../engine/taking.js';
import type { Catalog } from '../events/catalog.js';
import { parseQuery } from '../events/query.js';
import { eventExpression, queryExpression, type Scope } from '../events/scope.js';
import { parseKey } from '../names/keys.js';
import type { Moment } from '../time/moment.js';
import { Period } from '../time/period.js';
import type { Measure, MeasureScope } from './measure.js';

/** Where measures, which are pure, meet a store: what they need to know is listed, what they ask is counted in one question. */

/** How a measure is asked. */
export interface AskOptions extends EvaluateOptions {
  /** Decides what is final, running or in the future (default: the clock of the instance). */
  readonly now?: Moment | undefined;
}

/** The answer of a measure, from the keys of a scope. */
export async function askMeasure<Args, Answer>(
  events: Scope,
  measure: Measure<Args, Answer>,
  args: Args,
  options: AskOptions,
): Promise<Answer> {
  checkAsked(measure, args);
  const now = options.now === undefined ? events.now() : options.now;
  const scope: Scope = { ...events, now: () => now };
  const told = measure.looksAt?.(args) ?? [];
  const catalog = told.length === 0 ? undefined : await listKeys(scope, told, options);
  const ask = measure.ask(args, measureScope(scope, now, catalog));
  return ask.table(await countSets(ask, { ...events.defaults, ...options }));
}

/** @throws TypeError for what plain JavaScript callers have no compiler to tell them: no measure, no arguments, no list */
function checkAsked<Args>({ ask, fields }: Measure<Args, unknown> = {} as never, args: Args): void {
  if (typeof ask !== 'function') {
    throw new TypeError("expected a measure of 'bitmapist-wasm/measures', got a value without ask");
  }
  if (typeof args !== 'object' || args === null) {
    throw new TypeError(`expected the arguments of a measure, got ${describe(args)}`);
  }
  for (const { kind, name, optional } of fields) {
    const value = args[name];
    const isList = kind === 'events' || kind === 'expressions';
    if (!isList || Array.isArray(value) || (optional && value === undefined)) continue;
    throw new TypeError(`expected ${name} to be a list, got ${describe(value)}`);
  }
}

function measureScope(scope: Scope, now: Moment, catalog: Catalog | undefined): MeasureScope {
  return {
    timeZone: scope.timeZone,
    now,
    set: (name, period, last) => eventExpression(scope, name, period, last),
    query: (text, period) => queryExpression(scope, parseQuery(text), period),
    isSegment: (name) => scope.segments.has(name),
    firstPeriod(name) {
      const firsts = eventsOf(scope, name).flatMap((event) => catalog?.get(event)?.first ?? []);
      return firsts.sort(Period.compare)[0];
    },
    get names() {
      return catalog?.names ?? [];
    },
  };
}

/** Names are listed in one go, by what their keys have in common. */
async function listKeys(
  scope: Scope,
  told: readonly string[] | 'all',
  { signal }: AskOptions,
): Promise<Catalog> {
  const { readCatalog } = await import('../events/catalog.js');
  const names = told === 'all' ? [''] : told.flatMap((name) => eventsOf(scope, name));
  return readCatalog(scope, { prefix: names.length === 0 ? '' : names.reduce(commonBeginning), signal });
}

/** The events that a name stands for: a segment may be made of several. */
function eventsOf(scope: Scope, name: string): string[] {
  if (!scope.segments.has(name)) return [name];
  const { bitmaps } = takeApart([
    scope.segments.expressionOf(name, Period.of('day', scope.now(), scope.timeZone)),
  ]);
  return bitmaps.flatMap(({ key }) => parseKey(scope.prefix, key)?.event ?? []);
}

function commonBeginning(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
