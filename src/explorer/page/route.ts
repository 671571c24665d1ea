import { signal } from '@preact/signals';
import { MEASURES } from '../engine/measures.js';
import type { NamedSegment } from '../engine/protocol.js';

/** What the page shows is in the address, after the `#`: `#/cohort?select1=signup&time_group=weeks`. The data is not. */

/** The tabs of the page, with their titles. */
export const VIEWS: ReadonlyMap<string, string> = new Map([
  ['overview', 'Overview'],
  ['dashboard', 'Dashboard'],
  ['events', 'Events'],
  ...MEASURES.map(({ name, title }) => [name, title] as const),
  ['expression', 'Expression'],
]);

/** What pages and their parameters were called before they took the names of measures and fields: links live long. */
const OLD_VIEWS: readonly { readonly old: string; readonly view: string; readonly param: string }[] = [
  // Another page has that name now, which has no such parameter.
  { old: 'retention', view: 'cohort', param: 'select1' },
  { old: 'trends', view: 'trend', param: 'event' },
];
const OLD_PARAMS: ReadonlyMap<string, string> = new Map([
  ['group', 'time_group'],
  ['results', 'num_results'],
  ['rows', 'num_of_rows'],
  ['start', 'start_date'],
  ['event', 'events'],
]);

export interface Route {
  readonly view: string;
  readonly params: URLSearchParams;
}

/** Parameters that every view understands; they stay when the view changes. */
const COMMON = ['set', 'asof', 'segment'];

/** What each view showed last, so that coming back to it is coming back to that. */
const remembered = new Map<string, URLSearchParams>();

export const route = signal<Route>(readRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = readRoute(location.hash);
});

/** The address of a view: with the given parameters, or with those it had last. */
export function hrefOf(view: string, params?: Readonly<Record<string, string>> | URLSearchParams): string {
  const { params: current } = route.value;
  const next = new URLSearchParams(params ?? remembered.get(view));
  for (const name of COMMON) {
    next.delete(name);
    for (const value of current.getAll(name)) next.append(name, value);
  }
  return hashOf({ view, params: next });
}

/** Changes parameters of the view that is shown; an empty text takes a parameter away. */
export function setParams(changes: Readonly<Record<string, string | readonly string[]>>): void {
  const { view, params } = route.value;
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const each of [value].flat()) if (each !== '') next.append(name, each);
  }
  remembered.set(view, next);
  route.value = { view, params: next };
  history.replaceState(history.state, '', hashOf(route.value));
}

/**
 * Shows in the address all that the view holds, defaults too. What the reader did not choose stays unchosen, so that other
 * data may suggest something else.
 */
export function completeAddress(params: URLSearchParams): void {
  const { view } = route.peek();
  history.replaceState(history.state, '', hashOf({ view, params }));
}

/** The segments that the address defines: `segment=NAME=EXPRESSION`, the last of each name. */
export function readSegments(params: URLSearchParams): NamedSegment[] {
  const byName = new Map(
    params.getAll('segment').map((text) => {
      const [name = '', expression = ''] = text.split(/=(.*)/s);
      return [name, { name, expression }];
    }),
  );
  return [...byName.values()];
}

/** Puts segments in place of those of the address. */
export function setSegments(segments: readonly NamedSegment[]): void {
  setParams({ segment: segments.map(({ name, expression }) => `${name}=${expression}`) });
}

/** An ISO date among the parameters; empty if there is none, or one that no calendar has. */
export function readDate(params: URLSearchParams, name: string): string {
  const text = params.get(name) ?? '';
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : '';
}

function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const given = new URLSearchParams(query);
  const renamed = OLD_VIEWS.find(({ old, param }) => old === path && given.has(param))?.view;
  const view = renamed ?? (VIEWS.has(path) ? path : 'overview');
  const params =
    renamed === undefined
      ? given
      : new URLSearchParams([...given].map(([name, value]) => [OLD_PARAMS.get(name) ?? name, value]));
  if (renamed !== undefined) history.replaceState(history.state, '', hashOf({ view, params }));
  remembered.set(view, params);
  return { view, params };
}

function hashOf({ view, params }: Route): string {
  const query = params.toString();
  return query === '' ? `#/${view}` : `#/${view}?${query}`;
}
